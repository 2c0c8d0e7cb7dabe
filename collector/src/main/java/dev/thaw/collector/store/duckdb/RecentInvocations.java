package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import org.jspecify.annotations.Nullable;

/**
 * Which invocations can't be in the table yet, so that nobody needs to look for them. Errs on one
 * side only. The writer's alone.
 *
 * <p>It knows every row that began after a certain time, whatever clock that is of: at first it is
 * the latest start in the table, later the latest of those that it has forgotten.
 */
final class RecentInvocations {

  /** Of one filter, at twenty thousand a second enough for nearly two minutes. */
  private static final int MOST = 2_000_000;

  /**
   * With so many, and so many of them set, one in a hundred thousand errs in a filter that is full:
   * one that errs costs as much as all the others of its batch would. Eight megabytes, twice.
   */
  private static final int BITS_PER_INVOCATION = 32;

  private static final int SET_BITS = 10;

  private final int most;
  private long knownAfterNs;
  private @Nullable Bloom before;
  private long latestBefore;
  private Bloom now;
  private long latestNow;
  private int count;

  /**
   * @param latestNs the latest start in the table, nanoseconds since the Unix epoch
   */
  RecentInvocations(long latestNs) {
    this(latestNs, MOST);
  }

  /**
   * @param most how many it remembers at least, once it has been told as many; twice as many at
   *     most
   */
  RecentInvocations(long latestNs, int most) {
    this.most = most;
    knownAfterNs = latestNs;
    latestBefore = latestNs;
    now = empty();
    latestNow = latestNs;
  }

  private Bloom empty() {
    return new Bloom(most * BITS_PER_INVOCATION, SET_BITS);
  }

  /** Whether a record of it may be in the table. */
  boolean mayHave(Invocation invocation) {
    long hash = hash(invocation);
    return invocation.startEpochNs() - Invocations.SLACK_NS <= knownAfterNs
        || now.mayHave(hash)
        || before != null && before.mayHave(hash);
  }

  /** To be called before it is appended. */
  void add(Invocation invocation) {
    if (count == most) {
      knownAfterNs = Math.max(knownAfterNs, latestBefore);
      before = now;
      latestBefore = latestNow;
      now = empty();
      latestNow = knownAfterNs;
      count = 0;
    }
    now.add(hash(invocation));
    latestNow = Math.max(latestNow, invocation.startEpochNs());
    count++;
  }

  private static long hash(Invocation invocation) {
    long span = Ids.span(invocation.spanId()) * 0x9E3779B97F4A7C15L;
    return TraceIndex.hash(Ids.trace(invocation.traceId())) ^ span ^ span >>> 32;
  }
}
