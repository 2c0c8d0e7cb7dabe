package dev.thaw.collector.alert;

import dev.thaw.collector.rollup.Measures;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.rollup.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all functions did in the windows that end at one moment, added up once for all rules. For
 * one evaluation; not thread-safe.
 */
final class Readings {

  /**
   * A sender's clock may be so much ahead: what is dated later counts when its time has come, what
   * is dated up to then counts at once.
   */
  static final Duration AHEAD = Duration.ofMinutes(5);

  /** Longer windows are added up by the hour. */
  private static final Duration BY_MINUTE = Duration.ofHours(2);

  private record Stretch(Duration length, Duration ago, boolean isWhole) {}

  private final Recent recent;
  private final Prices prices;
  private final long minute;
  private final Map<Stretch, Map<String, Window>> windows = new HashMap<>();

  /**
   * @param recent that was told of this moment
   */
  Readings(Recent recent, Prices prices, long nowMs) {
    this.recent = recent;
    this.prices = prices;
    minute = Math.floorDiv(nowMs, Recent.MINUTE_MS);
  }

  /** Functions that did something in the rule's window. */
  Set<String> functions(Rule rule) {
    return window(rule, Duration.ZERO).keySet();
  }

  Reading of(Rule rule, String function) {
    double value = value(rule, window(rule, Duration.ZERO).get(function), prices);
    double before =
        rule.compared() == Rule.Compared.NOTHING
            ? Double.NaN
            : value(rule, window(rule, rule.compared().ago()).get(function), prices);
    return new Reading(value, before);
  }

  /** NaN when there is too little to say anything. */
  static double value(Rule rule, @Nullable Measures found, Prices prices) {
    if (found == null) {
      return rule.kind().unit() == Unit.COUNT ? 0 : Double.NaN;
    }
    boolean isEnough = found.invocations() >= rule.minimum() || rule.kind().isOfTooLittle();
    return isEnough ? rule.kind().value(found, rule, prices) : Double.NaN;
  }

  /** Of the minute that runs there is only a part: a rule that compares leaves it out. */
  private Map<String, Window> window(Rule rule, Duration ago) {
    boolean isWhole = rule.compared() != Rule.Compared.NOTHING;
    return windows.computeIfAbsent(
        new Stretch(rule.window(), ago, isWhole),
        key -> {
          if (key.length().compareTo(BY_MINUTE) > 0) {
            return recent.hours(key.length(), isWhole ? ago.toMinutes() + 1 : 0);
          }
          long end = minute - ago.toMinutes();
          return Recent.sum(
              recent.rows(
                  end - key.length().toMinutes(), isWhole ? end : end + 1 + AHEAD.toMinutes()));
        });
  }
}
