package dev.thaw.bench.overload;

import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.bench.crash.Ledger;
import dev.thaw.bench.ingest.Load;
import dev.thaw.bench.ingest.Template;
import dev.thaw.demo.CollectorProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Offers more than ten times what the collector takes, by senders that never rest, and looks at its
 * memory meanwhile, at what it acknowledged afterwards, and at how soon it is itself again.
 */
@Command(
    name = "overload",
    mixinStandardHelpOptions = true,
    description =
        "Offers the collector more than ten times what it takes. Exits 1 when less could be offered, its memory grows without bound, something acknowledged is lost, or it does not recover.")
public final class OverloadBench implements Callable<Integer> {

  private static final int CONNECTIONS = 16;
  private static final int MANY_CONNECTIONS = 1_000;
  private static final double LEAST_TIMES = 10;
  private static final double CAPACITY_SECONDS = 10;

  /** Java's heap of 512 MB, the database's gigabyte, and what both need beside that. */
  private static final long MOST_MEMORY = 2_000_000_000L;

  private static final double MOST_RECOVERY_SECONDS = 10;
  private static final double GOOD_LATENCY_MS = 500;

  @Option(
      names = "--seconds",
      defaultValue = "120",
      description = "How long it is overloaded; default ${DEFAULT-VALUE}.")
  private double seconds;

  private final Path home = Path.of(System.getProperty("thaw.home"));

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-overload");
    try {
      return overload(work) ? 0 : 1;
    } finally {
      Folders.delete(work);
    }
  }

  private boolean overload(Path work) throws Exception {
    Path data = work.resolve("data");
    int port = Collectors.freePort();
    boolean good;
    try (Ledger ledger = new Ledger(home, work)) {
      try (CollectorProcess collector = Collectors.start(home, work, data, port, Map.of())) {
        load(port, ledger).run(CONNECTIONS, CAPACITY_SECONDS / 2, 0);
        double capacity = load(port, ledger).run(CONNECTIONS, CAPACITY_SECONDS, 0).perSecond();
        Load senders = load(port, ledger);
        senders.neverRests();
        ExecutorService background = Executors.newSingleThreadExecutor();
        long most = 0;
        Load.Outcome outcome;
        try {
          Future<Load.Outcome> running =
              background.submit(() -> senders.run(MANY_CONNECTIONS, seconds, 0));
          while (!running.isDone()) {
            most = Math.max(most, Collectors.residentBytes(collector.pid()));
            TimeUnit.MILLISECONDS.sleep(500);
          }
          outcome = running.get();
        } finally {
          background.shutdownNow();
        }
        double recovery = recovery(port, ledger);
        double times = outcome.offeredPerSecond() / capacity;
        System.out.printf(
            Locale.ROOT,
            "%s, %d connections that never rest, %.0f s%n"
                + "taken alone: %.0f spans/s%n"
                + "offered: %.0f spans/s, %.1f times as many (at least %.0f)%n"
                + "taken meanwhile: %.0f spans/s, %.2f times as many as alone; told to come back: %d requests%n"
                + "memory: at most %.0f MB (at most %.0f)%n"
                + "acknowledged within %.0f ms again after %.1f s (at most %.0f)%n",
            Javas.name(Path.of(System.getProperty("java.home"))),
            MANY_CONNECTIONS,
            seconds,
            capacity,
            outcome.offeredPerSecond(),
            times,
            LEAST_TIMES,
            outcome.perSecond(),
            outcome.perSecond() / capacity,
            outcome.refused(),
            most / 1e6,
            MOST_MEMORY / 1e6,
            GOOD_LATENCY_MS,
            recovery,
            MOST_RECOVERY_SECONDS);
        good =
            times >= LEAST_TIMES
                && outcome.refused() > 0
                && most <= MOST_MEMORY
                && recovery <= MOST_RECOVERY_SECONDS;
        Collectors.awaitIndexed(port);
      }
      Ledger.Found found = ledger.check(data);
      System.out.printf(
          "%d spans acknowledged: %d lost, %d twice, %d wrong%n",
          ledger.count(), found.missing(), found.twice(), found.wrong());
      good &= found.isGood();
    }
    System.out.println(good ? "\nEvery budget is met." : "\nA budget is MISSED.");
    return good;
  }

  private static Load load(int port, Ledger ledger) {
    Load load = new Load(port, "/v1/traces", "application/x-protobuf", Template::otlp);
    // Most of what is sent is refused: only what was taken is kept.
    load.watch(ids -> {}, ledger::acknowledged);
    return load;
  }

  /** Seconds until what is sent now and then is acknowledged as soon as at half load. */
  private static double recovery(int port, Ledger ledger) throws Exception {
    long start = System.nanoTime();
    while (true) {
      Load.Outcome probe = load(port, ledger).run(1, 0.3, 2000);
      double since = (System.nanoTime() - start) / 1e9;
      boolean isGood = probe.refused() == 0 && probe.latencyMs(1) <= GOOD_LATENCY_MS;
      if (isGood || since > 6 * MOST_RECOVERY_SECONDS) {
        return since;
      }
    }
  }
}
