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
import java.util.concurrent.TimeUnit;
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
  private final List<HttpServer> servers;
  private final HttpServer frontDoor;
  private boolean closed;

  private LocalPlatform(
      PlatformContext platform,
      Functions functions,
      Queues queues,
      AsyncInvokes asyncInvokes,
      List<QueueTrigger> triggers,
      List<HttpServer> servers) {
    this.platform = platform;
    this.functions = functions;
    this.queues = queues;
    this.asyncInvokes = asyncInvokes;
    this.triggers = triggers;
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
    List<QueueTrigger> triggers = new ArrayList<>();
    for (FunctionConfig config : file.functions()) {
      Function function = new Function(config, taskRoot(config, options.workDir()), platform);
      functions.add(function);
      HttpServer door =
          door(0, new FrontDoor(functions, Caller.function(config.name())), invokeApi, executor);
      servers.add(door);
      variables.put(
          config.name(),
          variables(config, "http://127.0.0.1:" + door.getAddress().getPort(), queues));
      config
          .queues()
          .forEach(queue -> triggers.add(new QueueTrigger(queues, function, queue, platform)));
    }
    triggers.forEach(QueueTrigger::start);
    timers.scheduleWithFixedDelay(
        () -> functions.all().forEach(Function::recycle), 200, 200, TimeUnit.MILLISECONDS);
    return new LocalPlatform(platform, functions, queues, asyncInvokes, triggers, servers);
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
   * The function's own variables, with ${http} and ${queue:name} filled in, and where the AWS SDK
   * finds its services.
   */
  private static Map<String, String> variables(FunctionConfig config, String door, Queues queues) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("AWS_ENDPOINT_URL_LAMBDA", door);
    variables.put("AWS_ENDPOINT_URL_SQS", queues.endpoint());
    config
        .environment()
        .forEach(
            (name, value) -> {
              String filled = value.replace("${http}", door);
              int at = filled.indexOf("${queue:");
              if (at >= 0) {
                int end = filled.indexOf('}', at);
                String queue = filled.substring(at + "${queue:".length(), end);
                filled = filled.substring(0, at) + queues.url(queue) + filled.substring(end + 1);
              }
              variables.put(name, filled);
            });
    return variables;
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
    return messages + asyncInvokes.pending();
  }

  /** The queue server's address and a queue's URL, for tests that send messages themselves. */
  public String queueUrl(String queue) {
    return queues.url(queue);
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    triggers.forEach(QueueTrigger::close);
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
    queues.close();
    platform.ledger().close();
  }
}
