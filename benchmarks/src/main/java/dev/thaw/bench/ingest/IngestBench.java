package dev.thaw.bench.ingest;

import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.demo.CollectorProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Spans a second that the collector acknowledges, durable on the disk; beside Zipkin, which takes
 * the same spans into its memory, and beside the database alone.
 */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description =
        "How fast the collector takes spans, durable, beside Zipkin's memory store and DuckDB's bare appender. Exits 1 when a budget is missed.")
public final class IngestBench implements Callable<Integer> {

  private static final int CONNECTIONS = 16;
  private static final double LEAST_OVER_ZIPKIN = 2;
  private static final double LEAST_OVER_APPENDER = 0.5;
  private static final double MOST_BYTES_PER_SPAN = 90;
  private static final double MOST_LATENCY_MS = 500;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "How long each is loaded; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "Seconds of load before, for each that is a server; default ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description = "How often, in turn; default ${DEFAULT-VALUE}.")
  private int rounds;

  private final Path home = Path.of(System.getProperty("thaw.home"));

  private record Thaw(double perSecond, double latency99, long memory, double bytesPerSpan) {}

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-ingest");
    System.out.printf(
        Locale.ROOT,
        "%s, %d connections, %d spans a request of %d bytes each, %.0f s each after %.0f s to warm up, %d rounds%n%n",
        Javas.name(Path.of(System.getProperty("java.home"))),
        CONNECTIONS,
        Template.SPANS,
        Template.otlp(1).size() / Template.SPANS,
        seconds,
        warmUp,
        rounds);
    System.out.println(
        "| round | Thaw, spans/s | Zipkin, spans/s | ratio | bare appender, rows/s | ratio | Thaw's memory | bytes/span | 99 % at half load |");
    System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    List<String> missed = new ArrayList<>();
    try {
      for (int round = 1; round <= rounds; round++) {
        Thaw thaw = thaw(work.resolve("thaw-" + round));
        double zipkin = zipkin(work.resolve("zipkin-" + round));
        double bare = bare(work.resolve("bare-" + round));
        System.out.printf(
            Locale.ROOT,
            "| %d | %.0f | %.0f | %.2f | %.0f | %.2f | %.0f MB | %.1f | %.1f ms |%n",
            round,
            thaw.perSecond(),
            zipkin,
            thaw.perSecond() / zipkin,
            bare,
            thaw.perSecond() / bare,
            thaw.memory() / 1e6,
            thaw.bytesPerSpan(),
            thaw.latency99());
        check(missed, thaw.perSecond() / zipkin >= LEAST_OVER_ZIPKIN, "spans/s over Zipkin's");
        check(
            missed, thaw.perSecond() / bare >= LEAST_OVER_APPENDER, "spans/s over the appender's");
        check(missed, thaw.bytesPerSpan() <= MOST_BYTES_PER_SPAN, "bytes a span");
        check(missed, thaw.latency99() <= MOST_LATENCY_MS, "acknowledgement at half load");
      }
    } finally {
      Folders.delete(work);
    }
    System.out.println(
        missed.isEmpty() ? "\nEvery budget is met." : "\nMissed: " + String.join(", ", missed));
    return missed.isEmpty() ? 0 : 1;
  }

  private static void check(List<String> missed, boolean met, String what) {
    if (!met && !missed.contains(what)) {
      missed.add(what);
    }
  }

  private Thaw thaw(Path work) throws Exception {
    int port = Collectors.freePort();
    Path data = work.resolve("data");
    Load load = new Load(port, "/v1/traces", "application/x-protobuf", Template::otlp);
    double perSecond;
    double latency99;
    long memory;
    long spans;
    try (CollectorProcess collector = Collectors.start(home, work, data, port, Map.of())) {
      Load.Outcome warm = load.run(CONNECTIONS, warmUp, 0);
      Load.Outcome full = load.run(CONNECTIONS, seconds, 0);
      perSecond = full.perSecond();
      // Half load is what it is without the backlog of the full one.
      Collectors.awaitIndexed(port);
      Load.Outcome half = load.run(CONNECTIONS, seconds / 2, perSecond / 2);
      latency99 = half.latencyMs(0.99);
      memory = Collectors.residentBytes(collector.pid());
      spans = warm.accepted() + full.accepted() + half.accepted();
    }
    long bytes = Files.size(data.resolve("thaw.duckdb"));
    return new Thaw(perSecond, latency99, memory, bytes / (double) spans);
  }

  private double zipkin(Path work) throws Exception {
    Path jar = home.resolve("benchmarks/target/peers/zipkin-server.jar");
    if (!Files.exists(jar)) {
      throw new IOException(
          "Zipkin is missing. Get it with: mvn -Ppeers -pl benchmarks generate-resources");
    }
    int port = Collectors.freePort();
    Files.createDirectories(work);
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx3g",
                "-jar",
                jar.toString())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("zipkin.log").toFile());
    builder.environment().put("QUERY_PORT", Integer.toString(port));
    builder.environment().put("MEM_MAX_SPANS", "500000");
    Process process = builder.start();
    try {
      awaitPort(process, port);
      Load load = new Load(port, "/api/v2/spans", "application/json", Template::zipkin);
      load.run(CONNECTIONS, warmUp, 0);
      return load.run(CONNECTIONS, seconds, 0).perSecond();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void awaitPort(Process process, int port) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end && process.isAlive()) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(100_000_000);
      }
    }
    throw new IOException("Zipkin did not start");
  }

  private double bare(Path work) throws Exception {
    return Double.parseDouble(
        Collectors.output(home, BareAppender.class, work.toString(), Double.toString(seconds / 2)));
  }
}
