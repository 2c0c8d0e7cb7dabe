package dev.thaw.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything of Thaw on one machine: collector, sample functions with the agent, customers, and a
 * chat room that hears of alerts.
 *
 * <p>Ends every process it started. Its files are under .thaw/demo, made anew in each run.
 */
public final class Demo implements AutoCloseable {

  static final String TIMEOUT_RULE = "payments time out";
  private static final String CHAIN = "checkout,pricing,inventory,fulfilment,notify";

  /**
   * Time at the end for what is under way: the longest function, the queue, and an alert's window.
   */
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(90);

  /** How much longer customers come when a slow machine has not shown all of it yet. */
  private static final Duration EXTRA = Duration.ofSeconds(90);

  private static final String ALERTS =
      """
      channels:
        - name: chat room
          type: webhook
          url: %s
          allow-local: true   # it is on this machine
      grouping:
        wait: 0s              # a demo has no time to lose
        interval: 10s
      rules:
        - name: payments time out
          kind: timeouts
          function: stuck
          threshold: 2
          window: 15s
          keep-firing: 0s
          severity: critical
        - name: greetings fail
          kind: errors
          function: flaky
          threshold: 3
          window: 30s
          keep-firing: 0s
        - name: functions at their limit
          kind: throttles
          threshold: 10
          window: 30s
          keep-firing: 0s
        - name: slow cold starts
          kind: slow-cold-starts
          slower-than: 2s
          window: 1m
        - name: checkout is slow
          kind: duration
          chain: checkout
          percentile: p95
          threshold: 5s
          for: 1m
      """;

  private final long startedMs = System.currentTimeMillis();
  private final WebhookReceiver chatRoom;
  private final HangingServer payments;
  private final CollectorProcess collector;
  private final LocalPlatform platform;
  private final Traffic traffic;
  private boolean closed;

  /**
   * @param home the checkout of Thaw, built
   * @throws DemoException when something does not come up
   */
  public Demo(Path home, int port) throws IOException, InterruptedException, DemoException {
    Path agent = built(home.resolve("agent/target/thaw-agent.jar"));
    Path collectorJar = built(home.resolve("collector/target/thaw-collector.jar"));
    Path functions = built(home.resolve("sample-functions/target/platform/functions.yaml"));
    checkFree(port);
    Path work = home.resolve(".thaw/demo");
    delete(work);
    Files.createDirectories(work);
    Map<String, String> known = new ConcurrentHashMap<>();
    chatRoom = new WebhookReceiver(message -> announce(known, message));
    payments = new HangingServer();
    Files.writeString(work.resolve("alerts.yaml"), ALERTS.formatted(chatRoom.url()));
    say("Starting the collector ...");
    collector =
        new CollectorProcess(
            collectorJar,
            work,
            Map.of(
                "THAW_PORT", Integer.toString(port),
                "THAW_GRPC_PORT", "0",
                "THAW_DATA", work.resolve("data").toString(),
                "THAW_ALERTS", work.resolve("alerts.yaml").toString(),
                "THAW_ALERT_INTERVAL", "2"));
    say("Starting the function platform ...");
    try {
      platform =
          LocalPlatform.start(
              FunctionsFile.read(functions),
              PlatformOptions.defaults(
                      functions.resolveSibling("runtime/aws-lambda"), work.resolve("platform"))
                  .withAgent(agent)
                  .withEnvironment(
                      Map.of(
                          "OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(),
                          // Several JVMs start on the same few cores as the collector: its answer
                          // may
                          // take longer here than anywhere else.
                          "THAW_EXPORT_BUDGET", "2s",
                          "PAYMENT_URL", payments.url())));
    } catch (IOException | RuntimeException | Error e) {
      collector.close();
      payments.close();
      chatRoom.close();
      throw e;
    }
    traffic = new Traffic(platform.url());
  }

  private static Path built(Path file) throws DemoException {
    if (!Files.exists(file)) {
      throw new DemoException(file + " is missing. Build it with: mvn -DskipTests package");
    }
    return file;
  }

  private static void checkFree(int port) throws DemoException {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      probe.setReuseAddress(true);
    } catch (IOException e) {
      throw new DemoException(
          "Port " + port + " is taken. Choose another: ./thaw demo --port 14318");
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** A message names all alerts of its group; said are those that changed. */
  private static void announce(Map<String, String> known, JsonNode message) {
    for (JsonNode alert : message.path("items")) {
      String key = alert.path("rule").asText() + " " + alert.path("function").asText();
      String status = alert.path("status").asText();
      if (status.equals(known.put(key, status))) {
        continue;
      }
      String call = alert.path("example").path("openCall").asText();
      say(
          "  alert "
              + status
              + ": "
              + alert.path("rule").asText()
              + " ("
              + alert.path("function").asText()
              + ": "
              + alert.path("finding").asText()
              + (call.isEmpty() ? "" : ", waiting for " + call)
              + ")");
    }
  }

  /** The collector's and dashboard's address. */
  public String url() {
    return collector.url();
  }

  /** Runs until the process is stopped. */
  public void runUntilStopped() throws InterruptedException {
    traffic.start();
    say(
        """

        The dashboard is at %s

        What to look at:
          %s/?range=15m                all functions: who is slow, who fails
          %s/functions/checkout        one function: durations, cold starts, errors
          %s/cold-starts               slowest first; report is slow for real reasons
          %s/timeouts                  what stuck was waiting for when it was killed
          %s/compare?by=cold           what differs between cold and warm
          %s/throttles                 who is refused by what, and how busy that was
          %s/chains                    who calls whom
          %s/alerts                    payments time out about once a minute

        Functions: %s   Logs: %s
        Stop with Ctrl-C.
        """
            .replace("%s/", collector.url() + "/")
            .formatted(collector.url(), platform.url(), platform.logs()));
    new CountDownLatch(1).await();
  }

  /**
   * Runs for a time, compares, and says what it found.
   *
   * @return whether everything was as it must be
   */
  public boolean runFor(Duration limit, @Nullable Path json)
      throws IOException, InterruptedException {
    say("The dashboard is at " + collector.url() + " for " + limit.toSeconds() + " s.");
    traffic.start();
    Duration driving = limit.minus(DRAIN);
    for (long left = driving.toSeconds(); left > 0; left -= 10) {
      say(
          "  "
              + platform.ledger().entries().size()
              + " invocations, "
              + left
              + " s of traffic to go");
      Thread.sleep(Math.min(10, left) * 1000);
    }
    waitForTheWholePicture();
    traffic.close();
    platform.stopSchedules();
    say("Waiting for what is under way ...");
    boolean settled = settle();
    platform.close();
    Comparison comparison = compare();
    say("");
    say(comparison.table());
    if (json != null) {
      comparison.write(json);
    }
    boolean picture = true;
    for (Sight sight : sights()) {
      String where = sight.find().get();
      picture &= check(sight.what() + (where.isEmpty() ? "" : ": " + where), !where.isEmpty());
    }
    boolean alerts =
        check("webhook: the timeout alert fired", chatRoom.has(TIMEOUT_RULE, "firing"))
            & check("webhook: and was resolved", chatRoom.has(TIMEOUT_RULE, "resolved"));
    boolean equal = check("ledger and collector are equal", comparison.equal());
    return settled & picture & alerts & equal;
  }

  /**
   * Something that the dashboard must show.
   *
   * @param find says where; empty while it is not there
   */
  private record Sight(String what, Finder find) {}

  /** Asks the collector. */
  private interface Finder {
    String get() throws IOException, InterruptedException;
  }

  private List<Sight> sights() {
    return List.of(
        new Sight("one trace through " + CHAIN.replace(",", ", "), this::chain),
        new Sight("checkout and projection in one picture", () -> linked("checkout", "projection")),
        new Sight("upload and thumbnail in one picture", () -> linked("upload", "thumbnail")),
        new Sight("stuck timed out in a call that is open, with its stack", this::hang));
  }

  /** On a machine that needs half a minute to start the chain, customers come for longer. */
  private void waitForTheWholePicture() throws IOException, InterruptedException {
    long end = System.nanoTime() + EXTRA.toNanos();
    String said = "";
    for (Sight sight : sights()) {
      while (sight.find().get().isEmpty() && System.nanoTime() < end) {
        if (!said.equals(sight.what())) {
          said = sight.what();
          say("  going on until the collector has " + said);
        }
        Thread.sleep(1000);
      }
    }
  }

  /** Until nothing runs, nothing waits, and the alert is resolved. */
  private boolean settle() throws InterruptedException {
    long end = System.nanoTime() + SETTLE_LIMIT.toNanos();
    int quiet = 0;
    while (System.nanoTime() < end) {
      boolean busy =
          traffic.underWay() > 0
              || platform.unsettled("orders") > 0
              || !chatRoom.has(TIMEOUT_RULE, "resolved");
      quiet = busy ? 0 : quiet + 1;
      // A message that left the queue is in a function's hands for a moment.
      if (quiet > 10) {
        return true;
      }
      Thread.sleep(100);
    }
    return check("everything came to an end within " + SETTLE_LIMIT.toSeconds() + " s", false);
  }

  private Comparison compare() throws IOException, InterruptedException {
    String whole = "?from=" + startedMs + "&to=" + (System.currentTimeMillis() + 1000);
    return Comparison.of(
        platform.ledger().entries(),
        collector.get("/api/v1/functions" + whole),
        collector.get("/api/v1/invocations" + whole + "&limit=10000"));
  }

  private String chain() throws IOException, InterruptedException {
    JsonNode traces =
        collector
            .get("/api/v1/traces?from=" + startedMs + "&limit=1&through=" + CHAIN)
            .path("traces");
    return traces.isEmpty() ? "" : address(traces.get(0).path("traceId").asText());
  }

  private String address(String traceId) {
    return collector.url() + "/traces/" + traceId;
  }

  /**
   * What no message carries: the stream's or the bucket's function in one picture with the writer.
   */
  private String linked(String writer, String reader) throws IOException, InterruptedException {
    JsonNode traces =
        collector
            .get("/api/v1/traces?from=" + startedMs + "&limit=20&through=" + reader)
            .path("traces");
    for (JsonNode trace : traces) {
      String id = trace.path("traceId").asText();
      for (JsonNode function : collector.get("/api/v1/traces/" + id).path("functions")) {
        if (function.asText().equals(writer)) {
          return address(id);
        }
      }
    }
    return "";
  }

  private String hang() throws IOException, InterruptedException {
    JsonNode traces =
        collector
            .get("/api/v1/traces?from=" + startedMs + "&limit=1&through=stuck&outcome=timeout")
            .path("traces");
    if (!traces.isEmpty()) {
      JsonNode trace = collector.get("/api/v1/traces/" + traces.get(0).path("traceId").asText());
      for (JsonNode span : trace.path("spans")) {
        String call = span.path("hang").path("openCall").asText();
        String frame = span.path("hang").path("topFrame").asText();
        if (!call.isEmpty() && !frame.isEmpty()) {
          return call + " at " + frame;
        }
      }
    }
    return "";
  }

  private static boolean check(String what, boolean holds) {
    say((holds ? "  ok    " : "  FAIL  ") + what);
    return holds;
  }

  private static void say(String line) {
    System.out.println(line);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    traffic.close();
    List<AutoCloseable> parts = List.of(platform, collector, payments, chatRoom);
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("thaw demo: while stopping: " + e);
      }
    }
  }
}
