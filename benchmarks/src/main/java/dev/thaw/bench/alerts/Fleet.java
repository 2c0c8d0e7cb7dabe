package dev.thaw.bench.alerts;

import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.duckdb.DuckDbStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes what hundreds of functions did into a database: two invocations of each in every minute of
 * the last day, and of the hours that rules compare it with. Runs in a process of its own with the
 * collector's jar.
 */
public final class Fleet {

  private static final int INVOCATIONS_A_MINUTE = 2;
  private static final int MINUTES_A_DAY = 24 * 60;
  private static final int COMPARED_MINUTES = 70;
  private static final int MINUTES_PER_COMMIT = 30;
  private static final long MINUTE_NS = 60_000_000_000L;
  private static final long MB = 1 << 20;

  private final Random random = new Random(1);
  private final int functions;
  private long number;

  private Fleet(int functions) {
    this.functions = functions;
  }

  /**
   * @param args the data folder, the number of functions, the end in milliseconds
   */
  public static void main(String[] args) {
    Fleet fleet = new Fleet(Integer.parseInt(args[1]));
    long endNs = Long.parseLong(args[2]) * 1_000_000;
    long dayNs = MINUTES_A_DAY * MINUTE_NS;
    try (DuckDbStore store = DuckDbStore.open(Path.of(args[0]), () -> endNs)) {
      for (int days : new int[] {7, 1}) {
        fleet.write(store, endNs - days * dayNs, COMPARED_MINUTES);
      }
      fleet.write(store, endNs, MINUTES_A_DAY);
      store.checkpoint();
    }
    System.out.println(fleet.number);
  }

  private void write(DuckDbStore store, long endNs, int minutes) {
    List<Span> batch = new ArrayList<>();
    for (int minute = minutes; minute > 0; minute--) {
      for (int function = 0; function < functions; function++) {
        for (int i = 0; i < INVOCATIONS_A_MINUTE; i++) {
          batch.add(invocation(function, endNs - minute * MINUTE_NS + random.nextLong(MINUTE_NS)));
        }
      }
      if (minute % MINUTES_PER_COMMIT == 0 || minute == 1) {
        store.append(batch);
        batch.clear();
      }
    }
  }

  private Span invocation(int function, long endNs) {
    long id = ++number;
    long durationNs = (long) (20e6 * Math.exp(random.nextGaussian()));
    boolean isCold = random.nextInt(50) == 0;
    boolean isError = random.nextInt(200) == 0;
    return new Span(
        String.format("%032x", id),
        String.format("%016x", id),
        "",
        Span.Kind.SERVER,
        "charge",
        "function-" + function,
        endNs - durationNs,
        endNs,
        isError ? Span.Status.ERROR : Span.Status.UNSET,
        "",
        Map.of(
            "faas.invocation_id",
            "request-" + id,
            "faas.coldstart",
            isCold,
            "thaw.init.duration",
            isCold ? 0.3 + random.nextDouble() : 0.0,
            "thaw.outcome",
            isError ? "error" : "ok",
            "thaw.remaining_time",
            3.0,
            "thaw.memory.used",
            (100 + random.nextInt(100)) * MB,
            "thaw.queue.wait",
            random.nextDouble()),
        List.of(),
        List.of(),
        Map.of("faas.name", "function-" + function, "faas.max_memory", 512 * MB));
  }
}
