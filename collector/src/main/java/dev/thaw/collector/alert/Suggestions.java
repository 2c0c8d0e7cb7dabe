package dev.thaw.collector.alert;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.rollup.Prices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Thresholds that a function's own last week suggests: well above what is usual for it, so that a
 * rule would be quiet on a day like those. Pure but for the rollups.
 */
final class Suggestions {

  private static final Duration LOOK_BACK = Duration.ofDays(7);

  /** How much above the worst hour of the week a threshold lies. */
  private static final double ABOVE = 1.5;

  private static final double LEAST_SHARE = 5;
  private static final double MOST_SHARE = 90;
  private static final double NEAR = 80;
  private static final double FULL = 95;

  /**
   * A threshold, and what it rests on.
   *
   * @param threshold as a rule has it, such as {@code 800ms}
   */
  record Suggestion(String kind, String threshold, String why) {}

  private final RollupSource source;
  private final Prices prices;

  Suggestions(RollupSource source, Prices prices) {
    this.source = source;
    this.prices = prices;
  }

  List<Suggestion> of(String function, long nowMs) {
    Scope range = Scope.ofMillis(nowMs - LOOK_BACK.toMillis(), nowMs + 1);
    Map<Long, Bucket> hours = new TreeMap<>();
    for (FunctionBucket row : source.rollups(range, function, Grain.HOUR)) {
      hours
          .computeIfAbsent(Grain.HOUR.of(row.epochMinute()), absent -> new Bucket())
          .add(row.bucket());
    }
    List<Suggestion> suggestions = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      suggestions.add(of(kind, hours));
    }
    return suggestions;
  }

  private Suggestion of(Kind kind, Map<Long, Bucket> hours) {
    Rule rule = RulesFile.rule("{name: suggested, kind: " + kind.word() + "}");
    double worst = Double.NaN;
    for (Bucket hour : hours.values()) {
      double value = Readings.value(rule, hour, prices);
      if (!Double.isNaN(value) && (Double.isNaN(worst) || value > worst)) {
        worst = value;
      }
    }
    if (Double.isNaN(worst)
        || kind == Kind.SILENCE
        || kind == Kind.TIMEOUTS
        || kind == Kind.DEAD_LETTERS) {
      return new Suggestion(
          kind.word(),
          RuleWriter.exactly(kind.unit(), kind.threshold()),
          usual(kind, hours.isEmpty()));
    }
    double threshold = threshold(kind, worst);
    return new Suggestion(
        kind.word(),
        RuleWriter.exactly(kind.unit(), threshold),
        "the worst hour of the last 7 days: " + rule.what() + " " + kind.unit().write(worst));
  }

  private static String usual(Kind kind, boolean isUnknown) {
    return isUnknown
        ? "nothing is known of this function's last 7 days"
        : switch (kind) {
          case TIMEOUTS, DEAD_LETTERS -> "one is one too many";
          case SILENCE -> "none at all";
          default -> "usual; the last 7 days say nothing about it";
        };
  }

  private static double threshold(Kind kind, double worst) {
    return switch (kind.unit()) {
      case COUNT -> Math.max(kind.threshold(), Math.ceil(worst * ABOVE));
      case PERCENT ->
          switch (kind) {
            case NEAR_TIMEOUTS, MEMORY -> worst < NEAR ? kind.threshold() : FULL;
            default -> Math.min(MOST_SHARE, Math.max(LEAST_SHARE, Math.ceil(worst * ABOVE)));
          };
      case DURATION, MONEY -> round(worst * ABOVE);
    };
  }

  /** To two digits, up. */
  private static double round(double value) {
    if (value <= 0) {
      return 1;
    }
    double step = Math.pow(10, Math.floor(Math.log10(value)) - 1);
    return Math.ceil(value / step) * step;
  }
}
