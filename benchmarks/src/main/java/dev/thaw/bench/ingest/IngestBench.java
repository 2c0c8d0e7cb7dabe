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
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Spans a second that the collector takes, durable on the disk and in its database; beside Zipkin,
 * which takes the same spans into its memory, and beside the database alone. They take turns of
 * some seconds: a shared machine changes its speed within a minute, and a ratio of what was
 * measured a minute apart says as much about the machine.
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
      defaultValue = "8",
      description = "How long each is loaded in a turn; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--turns",
      defaultValue = "4",
      description = "How often each is loaded in a round; default ${DEFAULT-VALUE}.")
  private int turns;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "Seconds of load before, for each that is a server; default ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description = "How often with new servers; default ${DEFAULT-VALUE}.")
  private int rounds;

  private static final Pattern TASKS =
      Pattern.compile(
          "^armeria_executor_(active_threads|queued_tasks)\\{name=\"blockingTaskExecutor\"");

  private final Path home = Path.of(System.getProperty("thaw.home"));

  /** One turn, each in spans a second. */
  private record Turn(double thaw, double zipkin, double bare) {}

  private record Round(List<Turn> turns, double latency99, long memory, double bytesPerSpan) {}

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-ingest");
    System.out.printf(
        Locale.ROOT,
        "%s, %d connections, %d spans a request of %d bytes each, %d turns of %.0f s each after %.0f s to warm up, %d rounds%n%n",
        Javas.name(Path.of(System.getProperty("java.home"))),
        CONNECTIONS,
        Template.SPANS,
        Template.otlp(1).size() / Template.SPANS,
        turns,
        seconds,
        warmUp,
        rounds);
    System.out.println(
        "| round | Thaw, spans/s | Zipkin, spans/s | ratio | bare appender, rows/s | ratio | Thaw's memory | bytes/span | 99 % at half load |");
    System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    List<String> missed = new ArrayList<>();
    try {
      for (int round = 1; round <= rounds; round++) {
        Round measured = round(work.resolve("round-" + round));
        double overZipkin = median(measured, turn -> turn.thaw() / turn.zipkin());
        double overBare = median(measured, turn -> turn.thaw() / turn.bare());
        System.out.printf(
            Locale.ROOT,
            "| %d | %.0f | %.0f | %.2f | %.0f | %.2f | %.0f MB | %.1f | %.1f ms |%n",
            round,
            median(measured, Turn::thaw),
            median(measured, Turn::zipkin),
            overZipkin,
            median(measured, Turn::bare),
            overBare,
            measured.memory() / 1e6,
            measured.bytesPerSpan(),
            measured.latency99());
        check(missed, overZipkin >= LEAST_OVER_ZIPKIN, "spans/s over Zipkin's");
        check(missed, overBare >= LEAST_OVER_APPENDER, "spans/s over the appender's");
        check(missed, measured.bytesPerSpan() <= MOST_BYTES_PER_SPAN, "bytes a span");
        check(missed, measured.latency99() <= MOST_LATENCY_MS, "acknowledgement at half load");
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

  private static double median(Round round, ToDoubleFunction<Turn> figure) {
    double[] sorted = round.turns().stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private Round round(Path work) throws Exception {
    int port = Collectors.freePort();
    Path data = work.resolve("data");
    Load toThaw = new Load(port, "/v1/traces", "application/x-protobuf", Template::otlp);
    int zipkinPort = Collectors.freePort();
    Load toZipkin = new Load(zipkinPort, "/api/v2/spans", "application/json", Template::zipkin);
    List<Turn> taken = new ArrayList<>();
    double latency99;
    long memory;
    long spans;
    Process zipkin = zipkin(work, zipkinPort);
    try (CollectorProcess collector = Collectors.start(home, work, data, port, Map.of())) {
      awaitPort(zipkin, zipkinPort);
      spans = toThaw.run(CONNECTIONS, warmUp, 0).accepted();
      Collectors.awaitIndexed(port);
      toZipkin.run(CONNECTIONS, warmUp, 0);
      awaitStored(zipkinPort);
      for (int turn = 0; turn < turns; turn++) {
        long start = System.nanoTime();
        Load.Outcome full = toThaw.run(CONNECTIONS, seconds, 0);
        // What it has taken and not yet indexed is work that it would leave to the next turn.
        Collectors.awaitIndexed(port);
        double thaw = full.accepted() / ((System.nanoTime() - start) / 1e9);
        spans += full.accepted();
        long zipkinStart = System.nanoTime();
        Load.Outcome answered = toZipkin.run(CONNECTIONS, seconds, 0);
        awaitStored(zipkinPort);
        double atZipkin = answered.accepted() / ((System.nanoTime() - zipkinStart) / 1e9);
        double alone = bare(work.resolve("bare-" + turn));
        taken.add(new Turn(thaw, atZipkin, alone));
        System.err.printf(
            Locale.ROOT,
            "turn %d: Thaw %.0f spans/s (%.0f acknowledged), Zipkin %.0f (%.0f acknowledged), bare appender %.0f%n",
            turn + 1,
            thaw,
            full.perSecond(),
            atZipkin,
            answered.perSecond(),
            alone);
      }
      double half = median(new Round(taken, 0, 0, 0), Turn::thaw) / 2;
      Load.Outcome atHalf = toThaw.run(CONNECTIONS, seconds, half);
      latency99 = atHalf.latencyMs(0.99);
      memory = Collectors.residentBytes(collector.pid());
      spans += atHalf.accepted();
    } finally {
      zipkin.destroyForcibly().waitFor();
    }
    long bytes = Files.size(data.resolve("thaw.duckdb"));
    return new Round(taken, latency99, memory, bytes / (double) spans);
  }

  private Process zipkin(Path work, int port) throws IOException {
    Path jar = home.resolve("benchmarks/target/peers/zipkin-server.jar");
    if (!Files.exists(jar)) {
      throw new IOException(
          "Zipkin is missing. Get it with: mvn -Ppeers -pl benchmarks generate-resources");
    }
    Files.createDirectories(work);
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Twice what its store takes when it is full: the rest is for what waits.
                "-Xmx6g",
                "-jar",
                jar.toString())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("zipkin.log").toFile());
    builder.environment().put("QUERY_PORT", Integer.toString(port));
    builder.environment().put("MEM_MAX_SPANS", "500000");
    return builder.start();
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

  /** Zipkin answers first and stores then; what waits would be left to the next turn. */
  private static void awaitStored(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < end) {
      List<String> tasks =
          Collectors.get(port, "/prometheus").lines().filter(TASKS.asPredicate()).toList();
      if (tasks.size() != 2) {
        throw new IOException("Zipkin does not say what it has still to store");
      }
      if (tasks.stream().allMatch(line -> line.endsWith(" 0.0"))) {
        return;
      }
      Thread.sleep(20);
    }
    throw new IOException("Zipkin did not store what it took in two minutes");
  }

  private double bare(Path work) throws Exception {
    return Double.parseDouble(
        Collectors.output(home, BareAppender.class, work.toString(), Double.toString(seconds / 2)));
  }
}
