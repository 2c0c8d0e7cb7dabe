package dev.thaw.collector.alert;

import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.rollup.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Notices what is told so late that a rule's window has passed: a timeout of an environment that
 * was frozen, or what senders kept while the collector was down. Of each minute it remembers how
 * much was known; where that has grown, rules that count are looked at again as of then.
 *
 * <p>It looks back for an hour, once a minute. Not thread-safe.
 */
final class Late {

  /** A rule that would have fired. */
  record Found(Rule rule, String function, long atMs, Reading reading) {}

  private record Row(String function, long minute) {}

  private final RollupSource source;
  private final Recent recent;
  private final Prices prices;
  private Map<Row, Long> seen = new HashMap<>();
  private long lookedMs;

  /** What ended up to here was looked at by the process before this one. */
  private long knownUntilMs;

  /**
   * @param recent that was told of each moment at which this looks
   * @param knownUntilMs 0 when there was no process before
   */
  Late(RollupSource source, Recent recent, Prices prices, long knownUntilMs) {
    this.source = source;
    this.recent = recent;
    this.prices = prices;
    this.knownUntilMs = knownUntilMs;
  }

  List<Found> look(List<Rule> rules, Members members, long nowMs) {
    List<Rule> looked = rules.stream().filter(Late::isLooked).toList();
    if (looked.isEmpty()) {
      // What is known when the first such rule comes is no news to it.
      lookedMs = 0;
      knownUntilMs = 0;
      return List.of();
    }
    if (nowMs - lookedMs < Recent.MINUTE_MS) {
      return List.of();
    }
    boolean isFirst = lookedMs == 0;
    lookedMs = nowMs;
    long now = nowMs / Recent.MINUTE_MS;
    List<FunctionBucket> rows = recent.rows(now - Recent.LATE, now + 1);
    Map<Row, Long> counts = new HashMap<>();
    for (FunctionBucket row : rows) {
      counts.merge(new Row(row.function(), row.epochMinute()), known(row.bucket()), Long::sum);
    }
    Map<String, List<Long>> grown = new HashMap<>();
    counts.forEach(
        (row, count) -> {
          boolean isKnown =
              isFirst && (knownUntilMs == 0 || row.minute() * Recent.MINUTE_MS < knownUntilMs);
          if (!isKnown && count > seen.getOrDefault(row, 0L)) {
            grown.computeIfAbsent(row.function(), absent -> new ArrayList<>()).add(row.minute());
          }
        });
    seen = counts;
    Map<String, Map<Long, Bucket>> read = new HashMap<>();
    List<Found> found = new ArrayList<>();
    for (Rule rule : looked) {
      Predicate<String> isMember = members.of(rule.selector(), nowMs);
      grown.forEach(
          (function, when) -> {
            List<Long> passed =
                when.stream().filter(minute -> minute < now - rule.window().toMinutes()).toList();
            if (!passed.isEmpty() && isMember.test(function)) {
              Map<Long, Bucket> own =
                  read.computeIfAbsent(
                      function, one -> source.minutes(one, now - 2 * Recent.LATE, now + 1));
              Found would = wouldHaveFired(rule, function, passed, own, now);
              if (would != null) {
                found.add(would);
              }
            }
          });
    }
    return found;
  }

  /** What a longer window holds, it holds still. */
  private static boolean isLooked(Rule rule) {
    return rule.kind().isOfEvents()
        && rule.compared() == Rule.Compared.NOTHING
        && !rule.isToTheSecond()
        && rule.window().toMinutes() < Recent.LATE;
  }

  /** Grows with everything that is told. */
  private static long known(Bucket bucket) {
    return bucket.invocations()
        + bucket.timeouts()
        + bucket.errors()
        + bucket.crashes()
        + bucket.failedStarts()
        + bucket.throttled();
  }

  private @Nullable Found wouldHaveFired(
      Rule rule, String function, List<Long> passed, Map<Long, Bucket> own, long now) {
    long window = rule.window().toMinutes();
    long needed = rule.pendingFor().toMinutes();
    for (long minute : passed) {
      long holding = -1;
      for (long end = minute; end <= Math.min(now, minute + window + needed); end++) {
        Window sum = new Window();
        for (long at = end - window; at <= end; at++) {
          Bucket part = own.get(at);
          if (part != null) {
            sum.add(part);
          }
        }
        double value = Readings.value(rule, sum, prices);
        holding = !Double.isNaN(value) && rule.holds(value) ? holding + 1 : -1;
        if (holding >= needed) {
          return new Found(rule, function, end * Recent.MINUTE_MS, new Reading(value, Double.NaN));
        }
      }
    }
    return null;
  }
}
