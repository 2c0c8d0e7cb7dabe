package dev.thaw.bench.completeness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.demo.CollectorProcess;
import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LedgerEntry;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Many invocations on the local platform, of which some time out, fail, exit or are killed, while
 * the collector is killed and restarted and the network stalls; then the platform's ledger and the
 * collector are compared request by request.
 */
@Command(
    name = "completeness",
    mixinStandardHelpOptions = true,
    description =
        "Invocations on the local platform under chaos, and what of them was recorded. Exits 1 when something is missing.")
public final class CompletenessBench implements Callable<Integer> {

  private static final int CALLERS = 6;
  private static final Duration LONG_FREEZE = Duration.ofSeconds(60);
  private static final int SLEEPERS = 20;
  private static final long BETWEEN_STARTS_MS = 700;
  private static final long BACK_OFF_NS = 20_000_000L;
  private static final int VERDICT_GRACE_S = 5;

  /** The platform's time runs faster: in this run environments are kept for five minutes. */
  private static final Duration KEPT_IDLE = Duration.ofHours(4);

  @Option(
      names = "--invocations",
      defaultValue = "20000",
      description = "How many; default ${DEFAULT-VALUE}.")
  private int invocations;

  @Option(
      names = "--kills",
      defaultValue = "5",
      description = "How often the collector is killed and restarted; default ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--stalls",
      defaultValue = "5",
      description = "How often the network stalls; default ${DEFAULT-VALUE}.")
  private int stalls;

  @Option(names = "--java", description = "The JDK that runs the functions; default: this one.")
  private Path java = Path.of(System.getProperty("java.home"));

  @Option(names = "--keep", description = "Keep logs, ledger and data, and say where.")
  private boolean keep;

  private final Path home = Path.of(System.getProperty("thaw.home"));
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Kind> asked = new ConcurrentHashMap<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private Path work = Path.of("");
  private int port;

  @Override
  public Integer call() throws Exception {
    work = Files.createTempDirectory("thaw-completeness");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    long from = System.currentTimeMillis() - 1000;
    System.out.printf(
        "%d invocations on %s, %d kills of the collector, %d stalls of the network%n",
        invocations, Javas.name(java), kills, stalls);
    Comparison comparison;
    List<Long> freezes;
    try (StallingProxy proxy = new StallingProxy(port)) {
      Trouble trouble = new Trouble(proxy);
      try {
        List<LedgerEntry> ledger = run(proxy.url(), trouble);
        freezes = freezes(ledger);
        comparison = compare(from, ledger, trouble.collector());
      } finally {
        trouble.end();
      }
    }
    System.out.println();
    System.out.print(comparison.table());
    System.out.printf(
        "Freezes of %d s or more that an environment came back from: %d; all freezes together: %d minutes.%n",
        LONG_FREEZE.toSeconds(),
        freezes.stream().filter(seconds -> seconds >= LONG_FREEZE.toSeconds()).count(),
        freezes.stream().mapToLong(Long::longValue).sum() / 60);
    System.out.println(comparison.isComplete() ? "Everything is recorded." : "NOT complete.");
    if (keep) {
      System.out.println("Logs, ledger and data: " + work);
    } else {
      Folders.delete(work);
    }
    return comparison.isComplete() ? 0 : 1;
  }

  private List<LedgerEntry> run(String endpoint, Trouble trouble) throws Exception {
    PlatformOptions options =
        PlatformOptions.defaults(
                home.resolve("sample-functions/target/platform/runtime/aws-lambda"),
                work.resolve("platform"))
            .withJavaHome(java)
            .withAgent(home.resolve("agent/target/thaw-agent.jar"))
            .withIdleTimeout(KEPT_IDLE)
            .withEnvironment(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint));
    LocalPlatform platform = LocalPlatform.start(functions(), options);
    try {
      CountDownLatch asleep = new CountDownLatch(1);
      Thread sleepers = new Thread(() -> sleepers(platform.url(), asleep), "sleepers");
      sleepers.start();
      asleep.await();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int seed = i;
        Thread caller = new Thread(() -> traffic(platform.url(), new Random(seed)), "caller-" + i);
        caller.start();
        callers.add(caller);
      }
      Thread chaos = new Thread(trouble, "trouble");
      chaos.start();
      for (Thread caller : callers) {
        caller.join();
      }
      over.countDown();
      chaos.join();
      sleepers.join();
    } finally {
      // Every environment is told to end, with the half second that the platform gives.
      platform.close();
    }
    return platform.ledger().entries();
  }

  private FunctionsFile functions() throws IOException {
    // The function's classes only: a task root with the whole benchmark would hide what it needs.
    Path root = Files.createDirectories(work.resolve("task/dev/thaw/bench/completeness"));
    Files.copy(
        home.resolve("benchmarks/target/classes/dev/thaw/bench/completeness/Chaos.class"),
        root.resolve("Chaos.class"));
    Path file = work.resolve("functions.yaml");
    String function =
        "  %s: { handler: \"dev.thaw.bench.completeness.Chaos::handle\", code: [\"%s\"], timeout: 4s, memory: 256, concurrency: %d, triggers: [{ http: /%s }], environment: { LIMITED_URL: \"${http}/limited\" } }%n";
    StringBuilder sleepers = new StringBuilder();
    for (int i = 0; i < SLEEPERS; i++) {
      sleepers.append(function.formatted("sleeper-" + i, work.resolve("task"), 1, "sleeper-" + i));
    }
    Files.writeString(
        file,
        "functions:\n"
            + function.formatted("mixed", work.resolve("task"), CALLERS - 1, "mixed")
            + sleepers
            + function.formatted("limited", work.resolve("task"), 1, "limited"));
    return FunctionsFile.read(file);
  }

  private void traffic(String url, Random random) {
    while (true) {
      int mine = begun.getAndIncrement();
      if (mine >= invocations) {
        return;
      }
      Kind kind = Kind.of(random.nextInt(1000));
      while (!invoke(url, "mixed", kind)) {
        // The function is at its limit: the ledger has that, and the agent can't know of it.
        LockSupport.parkNanos(BACK_OFF_NS);
      }
      if (mine % 500 == 0) {
        System.err.printf("\r%d of %d invocations   ", mine, invocations);
      }
    }
  }

  /**
   * Once each, then not for a minute, and so on: they are frozen meanwhile.
   *
   * @param asleep told when all have started. One a moment and before the traffic: so many starts
   *     at once would take so long that the invocations' own time runs out in them
   */
  private void sleepers(String url, CountDownLatch asleep) {
    try {
      do {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SLEEPERS; i++) {
          String name = "sleeper-" + i;
          Thread thread = new Thread(() -> invoke(url, name, Kind.named("slow")), name);
          thread.start();
          threads.add(thread);
          if (asleep.getCount() > 0) {
            Thread.sleep(BETWEEN_STARTS_MS);
          }
        }
        for (Thread thread : threads) {
          thread.join();
        }
        asleep.countDown();
        Thread.sleep(LONG_FREEZE.plusSeconds(1).toMillis());
      } while (over.getCount() > 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @return false when it was refused
   */
  private boolean invoke(String url, String function, Kind kind) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(url + "/2015-03-31/functions/" + function + "/invocations"))
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString("{\"do\":\"" + kind.event() + "\"}"))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      answer.headers().firstValue("x-amzn-requestid").ifPresent(id -> asked.put(id, kind));
      return answer.statusCode() != 429;
    } catch (IOException e) {
      System.err.println("An invocation got no answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** How long each environment stood still that came back from it, seconds. */
  private static List<Long> freezes(List<LedgerEntry> ledger) {
    Map<String, Long> lastEnd = new HashMap<>();
    List<Long> freezes = new ArrayList<>();
    for (LedgerEntry entry : ledger) {
      String environment = entry.environment();
      if (environment != null) {
        Long before = lastEnd.put(environment, entry.endEpochNs());
        if (before != null && !entry.cold()) {
          freezes.add((entry.startEpochNs() - before) / 1_000_000_000L);
        }
      }
    }
    return freezes;
  }

  private Comparison compare(long from, List<LedgerEntry> ledger, CollectorProcess collector)
      throws Exception {
    long patience = System.currentTimeMillis() + 60_000;
    // Announced ones are judged after their deadline and the grace.
    while (running(collector, from) > 0 && System.currentTimeMillis() < patience) {
      Thread.sleep(500);
    }
    long to = System.currentTimeMillis();
    List<JsonNode> items = new ArrayList<>();
    long step = 5000;
    for (long at = from; at < to; at += step) {
      JsonNode page =
          collector.get(
              "/api/v1/invocations?limit=10000&from=" + at + "&to=" + Math.min(to, at + step));
      page.path("invocations").forEach(items::add);
    }
    return new Comparison(
        ledger, asked, items, collector.get("/api/v1/functions?from=" + from + "&to=" + to));
  }

  private static long running(CollectorProcess collector, long from) throws Exception {
    long running = 0;
    for (JsonNode function : collector.get("/api/v1/functions?from=" + from).path("functions")) {
      running += function.path("running").asLong();
    }
    return running;
  }

  /** Kills and restarts the collector, and stalls the network, evenly over the invocations. */
  private final class Trouble implements Runnable {
    private final StallingProxy proxy;
    private volatile CollectorProcess collector = start();

    Trouble(StallingProxy proxy) throws Exception {
      this.proxy = proxy;
    }

    private CollectorProcess start() throws Exception {
      return Collectors.start(
          home,
          work,
          work.resolve("collector-data"),
          port,
          Map.of("THAW_VERDICT_GRACE", Integer.toString(VERDICT_GRACE_S)));
    }

    CollectorProcess collector() {
      return collector;
    }

    @Override
    public void run() {
      int events = kills + stalls;
      try {
        for (int i = 1; i <= events; i++) {
          if (!reached((long) invocations * i / (events + 1))) {
            return;
          }
          // Alternately, as long as there are some of both.
          if (i % 2 == 1 ? (i + 1) / 2 <= kills : i / 2 > stalls) {
            collector.kill();
            Thread.sleep(1000);
            collector = start();
          } else {
            proxy.stall(true);
            Thread.sleep(1500);
            proxy.stall(false);
          }
        }
      } catch (Exception e) {
        throw new IllegalStateException("The trouble could not be made", e);
      }
    }

    private boolean reached(long count) throws InterruptedException {
      while (begun.get() < count) {
        if (over.await(20, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
      return true;
    }

    void end() {
      collector.close();
    }
  }
}
