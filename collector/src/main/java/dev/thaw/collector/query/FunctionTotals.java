package dev.thaw.collector.query;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.store.Store;
import java.util.HashMap;
import java.util.Map;

/**
 * What each function has done since the collector's start: sums that only grow, as counters have
 * to, while the store forgets what is old. Thread-safe.
 *
 * <p>What arrives more than an hour after it ended is not in them; the dashboard has it.
 */
public final class FunctionTotals {

  /** Whose sum it is; the environment is empty when the function does not say it. */
  public record Key(String function, String environment) {}

  /** So long what is late is waited for. */
  private static final long OPEN_MINUTES = 60;

  private final Store store;

  /** Sums of the minutes before {@link #openFrom}. */
  private final Map<Key, Bucket> closed = new HashMap<>();

  private long openFrom;

  /**
   * @param startNs from when on it counts, nanoseconds since the Unix epoch
   */
  public FunctionTotals(Store store, long startNs) {
    this.store = store;
    openFrom = Bucket.minuteOf(startNs);
  }

  /** All sums until now. */
  public synchronized Map<Key, Bucket> until(long nowNs) {
    long now = Bucket.minuteOf(nowNs);
    long newOpenFrom = Math.max(openFrom, now - OPEN_MINUTES);
    Scope scope = new Scope(openFrom * Bucket.MINUTE_NS, (now + 1) * Bucket.MINUTE_NS);
    Map<Key, Bucket> toClose = new HashMap<>();
    Map<Key, Bucket> all = new HashMap<>();
    for (String environment : store.environments(scope)) {
      for (FunctionBucket row : store.rollups(scope.in(environment), null, Grain.MINUTE)) {
        Key key = new Key(row.function(), environment);
        sum(all, key).add(row.bucket());
        if (row.epochMinute() < newOpenFrom) {
          sum(toClose, key).add(row.bucket());
        }
      }
    }
    closed.forEach((key, bucket) -> sum(all, key).add(bucket));
    // Only now, when nothing can fail any more.
    toClose.forEach((key, bucket) -> sum(closed, key).add(bucket));
    openFrom = newOpenFrom;
    return all;
  }

  private static Bucket sum(Map<Key, Bucket> sums, Key key) {
    return sums.computeIfAbsent(key, absent -> new Bucket());
  }
}
