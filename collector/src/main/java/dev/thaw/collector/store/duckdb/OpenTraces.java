package dev.thaw.collector.store.duckdb;

import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
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

  private record Traces(int part, Bloom bloom) {}

  /** Traces that are there already. */
  interface Source {
    void each(Consumer<UUID> to) throws SQLException;
  }

  private volatile @Nullable Traces current;

  /** Begins with a part that is empty, and of which every trace will be added. */
  void begin(int part) {
    current = new Traces(part, new Bloom(BITS, SET_BITS));
  }

  /** Begins with a part that has some. */
  void begin(int part, Source source) throws SQLException {
    Bloom bloom = new Bloom(BITS, SET_BITS);
    source.each(trace -> bloom.add(TraceIndex.hash(trace)));
    current = new Traces(part, bloom);
  }

  boolean isOf(int part) {
    Traces traces = current;
    return traces != null && traces.part() == part;
  }

  /** To be called before the trace can be seen. */
  void add(UUID trace) {
    Traces traces = current;
    if (traces != null) {
      traces.bloom().add(TraceIndex.hash(trace));
    }
  }

  /** True, too, when nothing is known of the part. */
  boolean mayHave(int part, Collection<UUID> traces) {
    Traces known = current;
    return known == null
        || known.part() != part
        || traces.stream().anyMatch(trace -> known.bloom().mayHave(TraceIndex.hash(trace)));
  }
}
