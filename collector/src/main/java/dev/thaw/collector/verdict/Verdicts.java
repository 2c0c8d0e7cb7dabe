package dev.thaw.collector.verdict;

import dev.thaw.collector.analysis.Verdict;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks for announced invocations whose time is over and has the verdict stored like any record
 * that arrives. To be called by one thread.
 */
public final class Verdicts {

  /** What is left over is looked at the next time. */
  private static final int MOST_AT_ONCE = 1000;

  /** Deciding on older ones is of no use to anybody; nothing is kept for ever anyway. */
  private static final long OLDEST_NS = 7L * 24 * 3600 * 1_000_000_000L;

  private final Store store;
  private final Consumer<List<Span>> writer;
  private final long graceNs;

  /**
   * @param writer gets what was decided
   * @param graceNs how long after its deadline an invocation's record may come late, nanoseconds
   */
  public Verdicts(Store store, Consumer<List<Span>> writer, long graceNs) {
    this.store = store;
    this.writer = writer;
    this.graceNs = graceNs;
  }

  /**
   * Decides about what is due.
   *
   * @return how many invocations were given up
   */
  public int decide(long nowEpochNs) {
    List<Invocation> running =
        store.invocations(
            new Store.InvocationQuery(
                new Scope(nowEpochNs - OLDEST_NS, nowEpochNs),
                null,
                Set.of(Outcome.RUNNING),
                false,
                0,
                Store.Order.NEWEST,
                MOST_AT_ONCE));
    List<Span> verdicts = new ArrayList<>();
    for (Invocation invocation : running) {
      if (Verdict.isDue(invocation, graceNs, nowEpochNs)) {
        for (Span span : store.trace(invocation.traceId())) {
          if (span.spanId().equals(invocation.spanId())) {
            Verdict.of(span, graceNs, nowEpochNs).ifPresent(verdicts::add);
          }
        }
      }
    }
    if (!verdicts.isEmpty()) {
      writer.accept(verdicts);
    }
    return verdicts.size();
  }
}
