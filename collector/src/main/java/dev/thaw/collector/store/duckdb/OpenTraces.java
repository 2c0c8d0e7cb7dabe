package dev.thaw.collector.store.duckdb;

import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which traces the part that is being written can't have; what {@link TraceIndex} is for parts that
 * are closed. Errs on one side only. One thread adds, any asks.
 */
final class OpenTraces {

  /** Two megabytes. */
  private static final int BITS = 1 << 24;

  private static final int SET_BITS = 2;

  private record Traces(int part, AtomicLongArray bits) {}

  /** Traces that are there already. */
  interface Source {
    void each(Consumer<UUID> to) throws SQLException;
  }

  private volatile @Nullable Traces current;

  /** Begins with a part that is empty, and of which every trace will be added. */
  void begin(int part) {
    current = new Traces(part, empty());
  }

  /** Begins with a part that has some. */
  void begin(int part, Source source) throws SQLException {
    AtomicLongArray bits = empty();
    source.each(trace -> add(bits, trace));
    current = new Traces(part, bits);
  }

  private static AtomicLongArray empty() {
    return new AtomicLongArray(BITS / Long.SIZE);
  }

  boolean isOf(int part) {
    Traces traces = current;
    return traces != null && traces.part() == part;
  }

  /** To be called before the trace can be seen. */
  void add(UUID trace) {
    Traces traces = current;
    if (traces != null) {
      add(traces.bits(), trace);
    }
  }

  private static void add(AtomicLongArray bits, UUID trace) {
    long hash = TraceIndex.hash(trace);
    for (int i = 0; i < SET_BITS; i++) {
      int bit = TraceIndex.at(hash, i, BITS);
      bits.setRelease(bit / Long.SIZE, bits.getPlain(bit / Long.SIZE) | 1L << bit);
    }
  }

  /** True, too, when nothing is known of the part. */
  boolean mayHave(int part, Collection<UUID> traces) {
    Traces known = current;
    return known == null
        || known.part() != part
        || traces.stream().anyMatch(trace -> isIn(known.bits(), trace));
  }

  private static boolean isIn(AtomicLongArray bits, UUID trace) {
    long hash = TraceIndex.hash(trace);
    for (int i = 0; i < SET_BITS; i++) {
      int bit = TraceIndex.at(hash, i, BITS);
      if ((bits.getAcquire(bit / Long.SIZE) & 1L << bit) == 0) {
        return false;
      }
    }
    return true;
  }
}
