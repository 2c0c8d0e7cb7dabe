package dev.thaw.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A function platform on this machine, for tests, demo and benchmarks: the real runtimes in
 * processes of their own, and what Lambda does around them.
 *
 * <p>{@link #start} returns when it serves; {@link #close} ends every process it started.
 * Thread-safe.
 */
public final class LocalPlatform implements AutoCloseable {

  /** Each environment needs less than a second, several go at a time. */
  private static final Duration LONGEST_END = Duration.ofSeconds(60);

  private final PlatformContext platform;
  private final Functions functions;
  private final Queues queues;
  private final AsyncInvokes asyncInvokes;
  private final List<QueueTrigger> triggers;
  private final List<TableTrigger> tableTriggers;
  private final List<ScheduledFuture<?>> schedules;

  /** What else functions use, and is closed with the platform. */
  private final List<AutoCloseable> services;

  private final Map<String, String> endpoints;
  private final List<HttpServer> servers;
  private final HttpServer frontDoor;
  private boolean closed;

  private LocalPlatform(
      PlatformContext platform,
      Functions functions,
      Queues queues,
      AsyncInvokes asyncInvokes,
      List<QueueTrigger> triggers,
      List<TableTrigger> tableTriggers,
      List<ScheduledFuture<?>> schedules,
      List<AutoCloseable> services,
      Map<String, String> endpoints,
      List<HttpServer> servers) {
    this.platform = platform;
    this.functions = functions;
    this.queues = queues;
    this.asyncInvokes = asyncInvokes;
    this.triggers = triggers;
    this.tableTriggers = tableTriggers;
    this.schedules = schedules;
    this.services = services;
    this.endpoints = Map.copyOf(endpoints);
    this.servers = servers;
    this.frontDoor = servers.get(0);
  }

  /**
   * @throws IllegalArgumentException when the declaration or an option is wrong; the message says
   *     what to do
   * @throws IOException when a port or folder cannot be had
   */
  public static LocalPlatform start(FunctionsFile file, PlatformOptions options)
      throws IOException {
    Files.createDirectories(options.workDir());
    ExecutorService executor =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "local-platform");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledExecutorService timers =
        Executors.newScheduledThreadPool(
            1,
            task -> {
              Thread thread = new Thread(task, "local-platform-timers");
              thread.setDaemon(true);
              return thread;
            });
    Queues queues = new Queues(file.queues());
    Functions functions = new Functions();
    // Filled below: the addresses are known only once the servers stand, and the servers need the
    // functions.
    Map<String, Map<String, String>> variables = new HashMap<>();
    PlatformContext platform =
        new PlatformContext(
            options,
            new RuntimeLauncher(options, variables),
            new Ledger(options.workDir().resolve("ledger.jsonl")),
            timers,
            executor);
    AsyncInvokes asyncInvokes = new AsyncInvokes(platform);
    InvokeApi invokeApi = new InvokeApi(functions, asyncInvokes);
    List<HttpServer> servers = new ArrayList<>();
    servers.add(
        door(options.port(), new FrontDoor(functions, Caller.OUTSIDE), invokeApi, executor));
    List<AutoCloseable> services = new ArrayList<>();
    Map<String, String> endpoints = new LinkedHashMap<>();
    endpoints.put("AWS_ENDPOINT_URL_SQS", queues.endpoint());
    if (!file.topics().isEmpty()) {
      Topics topics = new Topics(file.topics(), queues, executor);
      services.add(topics);
      endpoints.put("AWS_ENDPOINT_URL_SNS", topics.endpoint());
    }
    if (!file.buckets().isEmpty()) {
      Buckets buckets = new Buckets(file.buckets(), functions, asyncInvokes, executor);
      services.add(buckets);
      endpoints.put("AWS_ENDPOINT_URL_S3", buckets.endpoint());
    }
    Tables tables = null;
    if (!file.tables().isEmpty()) {
      Path home = options.runtime().resolve("../../dynamodb").normalize();
      tables = new Tables(file.tables(), home, options.javaHome(), options.workDir());
      services.add(tables);
      endpoints.put("AWS_ENDPOINT_URL_DYNAMODB", tables.endpoint());
    }
    List<QueueTrigger> triggers = new ArrayList<>();
    List<TableTrigger> tableTriggers = new ArrayList<>();
    List<ScheduledFuture<?>> schedules = new ArrayList<>();
    for (FunctionConfig config : file.functions()) {
      Function function = new Function(config, taskRoot(config, options.workDir()), platform);
      functions.add(function);
      HttpServer door =
          door(0, new FrontDoor(functions, Caller.function(config.name())), invokeApi, executor);
      servers.add(door);
      variables.put(
          config.name(),
          variables(config, "http://127.0.0.1:" + door.getAddress().getPort(), endpoints, queues));
      config
          .queues()
          .forEach(queue -> triggers.add(new QueueTrigger(queues, function, queue, platform)));
      if (tables != null) {
        for (String table : config.tables()) {
          tableTriggers.add(new TableTrigger(tables, table, function));
        }
      }
      config
          .schedules()
          .forEach(
              every ->
                  schedules.add(ScheduleTrigger.start(function, every, asyncInvokes, platform)));
    }
    triggers.forEach(QueueTrigger::start);
    tableTriggers.forEach(TableTrigger::start);
    timers.scheduleWithFixedDelay(
        () -> functions.all().forEach(Function::recycle), 200, 200, TimeUnit.MILLISECONDS);
    return new LocalPlatform(
        platform,
        functions,
        queues,
        asyncInvokes,
        triggers,
        tableTriggers,
        schedules,
        services,
        endpoints,
        servers);
  }

  private static HttpServer door(
      int port, FrontDoor frontDoor, InvokeApi invokeApi, ExecutorService executor)
      throws IOException {
    HttpServer server = Http.server(port, executor);
    server.createContext(InvokeApi.PATH, Http.handler(invokeApi::handle));
    server.createContext("/", Http.handler(frontDoor::handle));
    server.start();
    return server;
  }

  /**
   * The function's own variables, with ${http}, ${queue:name} and ${topic:name} filled in, and
   * where the AWS SDK finds its services.
   */
  private static Map<String, String> variables(
      FunctionConfig config, String door, Map<String, String> endpoints, Queues queues) {
    Map<String, String> variables = new LinkedHashMap<>(endpoints);
    variables.put("AWS_ENDPOINT_URL_LAMBDA", door);
    config
        .environment()
        .forEach(
            (name, value) -> {
              String filled = fill(value.replace("${http}", door), "${queue:", queues::url);
              variables.put(name, fill(filled, "${topic:", Arns::topic));
            });
    return variables;
  }

  /** Replaces what stands between the opening and a closing brace. */
  private static String fill(String text, String opening, UnaryOperator<String> name) {
    int at = text.indexOf(opening);
    if (at < 0) {
      return text;
    }
    int end = text.indexOf('}', at);
    return text.substring(0, at)
        + name.apply(text.substring(at + opening.length(), end))
        + text.substring(end + 1);
  }

  /** A folder is the task root as it stands; jars are laid into lib/ of one that is made. */
  private static Path taskRoot(FunctionConfig config, Path workDir) throws IOException {
    Path only = config.code().get(0);
    if (Files.isDirectory(only)) {
      return only;
    }
    Path root = workDir.resolve("task").resolve(config.name());
    Path lib = Files.createDirectories(root.resolve("lib"));
    try (Stream<Path> old = Files.list(lib)) {
      for (Path link : old.toList()) {
        Files.delete(link);
      }
    }
    for (Path jar : config.code()) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar.toAbsolutePath());
    }
    return root;
  }

  /** Where the front door and the Invoke API are: {@code http://127.0.0.1:port}. */
  public String url() {
    return "http://127.0.0.1:" + frontDoor.getAddress().getPort();
  }

  public Ledger ledger() {
    return platform.ledger();
  }

  public Path logs() {
    return platform.options().workDir().resolve("logs");
  }

  /** Asynchronous events and queued messages that are not settled yet, of the named queues. */
  public int unsettled(String... queueNames) {
    int messages = 0;
    for (String queue : queueNames) {
      messages += queues.depth(queue);
    }
    int batches = (int) tableTriggers.stream().filter(TableTrigger::isBusy).count();
    return messages + batches + asyncInvokes.pending();
  }

  /** The variables by which an AWS SDK finds this platform's services. */
  public Map<String, String> endpoints() {
    return endpoints;
  }

  /** The queue server's address and a queue's URL, for tests that send messages themselves. */
  public String queueUrl(String queue) {
    return queues.url(queue);
  }

  /** Whether an invocation of that function would be accepted now. */
  public boolean hasCapacity(String function) {
    Function known = functions.find(function);
    return known != null && known.hasCapacity();
  }

  /** Nothing is called by the clock any more; the rest goes on. */
  public void stopSchedules() {
    schedules.forEach(schedule -> schedule.cancel(false));
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    stopSchedules();
    triggers.forEach(QueueTrigger::close);
    tableTriggers.forEach(TableTrigger::close);
    // A platform does not end all its environments in one moment: as many at a time as can run.
    ExecutorService ending =
        Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()));
    for (Function function : functions.all()) {
      function.end().forEach(environment -> ending.execute(environment::end));
    }
    ending.shutdown();
    try {
      if (!ending.awaitTermination(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
        ending.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    servers.forEach(server -> server.stop(0));
    platform.timers().shutdownNow();
    platform.executor().shutdownNow();
    for (AutoCloseable service : services) {
      try {
        service.close();
      } catch (Exception e) {
        System.err.println("[local] while stopping: " + e);
      }
    }
    queues.close();
    platform.ledger().close();
  }
}
