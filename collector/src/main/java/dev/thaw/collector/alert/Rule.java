package dev.thaw.collector.alert;

import java.time.Duration;
import java.util.List;

/**
 * When an alert fires, for which functions, and who hears of it. docs/alerts.md has the words.
 *
 * @param name unique; people know the rule by it
 * @param threshold in the kind's unit; when it is compared with another time, the change in percent
 *     from which on it fires, negative for a decrease
 * @param window how far back it looks: whole minutes up to seven days, or, for what can be counted
 *     to the second, 1 to 59 seconds
 * @param pendingFor how long it must hold before it fires; zero for at once
 * @param keepFiring how long it must hold no more before it is resolved
 * @param resolve the value at which it no longer holds once it fires; at most the threshold, or at
 *     least when it is about too little
 * @param minimum a window with fewer invocations says nothing
 * @param percentile 0 to 100; NaN when the kind has none
 * @param slowerThan from which init duration on a cold start counts as slow
 * @param channels the channels' names; empty for all
 * @param runbook an address where it says what to do, or empty
 */
public record Rule(
    String name,
    Kind kind,
    Selector selector,
    double threshold,
    Compared compared,
    Duration window,
    Duration pendingFor,
    Duration keepFiring,
    double resolve,
    int minimum,
    double percentile,
    Duration slowerThan,
    Severity severity,
    List<String> channels,
    String runbook) {

  /** What the value is compared with. */
  public enum Compared {
    NOTHING("", Duration.ZERO),
    YESTERDAY("yesterday", Duration.ofDays(1)),
    LAST_WEEK("last-week", Duration.ofDays(7));

    private final String word;
    private final Duration ago;

    Compared(String word, Duration ago) {
      this.word = word;
      this.ago = ago;
    }

    public String word() {
      return word;
    }

    public Duration ago() {
      return ago;
    }
  }

  /** PagerDuty's words. */
  public enum Severity {
    CRITICAL,
    ERROR,
    WARNING,
    INFO;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Whether its window is too short for what is added up by the minute. */
  boolean isToTheSecond() {
    return window.toSeconds() < 60;
  }

  /** The same over a minute at least; a shorter window is a part of it. */
  Rule byMinute() {
    if (!isToTheSecond()) {
      return this;
    }
    return new Rule(
        name,
        kind,
        selector,
        threshold,
        compared,
        Duration.ofMinutes(1),
        pendingFor,
        keepFiring,
        resolve,
        minimum,
        percentile,
        slowerThan,
        severity,
        channels,
        runbook);
  }

  /** What the value is compared as: itself, or its change in percent. */
  double measured(double value, double before) {
    if (compared == Compared.NOTHING) {
      return value;
    }
    // Twice as much as nothing is nothing: what can be counted is compared with at least one.
    double base = kind.unit() == Unit.COUNT ? Math.max(1, before) : before;
    return base > 0 ? 100 * (value - base) / base : Double.NaN;
  }

  /** Whether an alert begins; never for NaN. */
  boolean holds(double measured) {
    return isDownwards()
        ? compared == Compared.NOTHING ? measured < threshold : measured <= threshold
        : measured >= threshold;
  }

  /** Whether an alert that fires goes on; never for NaN. */
  boolean stillHolds(double measured) {
    return isDownwards()
        ? compared == Compared.NOTHING ? measured < resolve : measured <= resolve
        : measured >= resolve;
  }

  boolean isDownwards() {
    return compared == Compared.NOTHING ? kind.isOfTooLittle() : threshold < 0;
  }

  /** What is watched, such as «p99 of durations». */
  public String what() {
    return switch (kind) {
      case TIMEOUTS -> "timeouts";
      case NEAR_TIMEOUTS ->
          (hasMaximum() ? "largest" : percentileName()) + " share of the time limit";
      case ERRORS -> "errors";
      case ERROR_RATE -> "failed invocations";
      case THROTTLES -> "throttled calls";
      case COLD_START_SHARE -> "cold starts among invocations";
      case SLOW_COLD_STARTS ->
          "cold starts of " + Unit.DURATION.write(slowerThan.toMillis()) + " or more";
      case INIT_DURATION -> hasMaximum() ? "longest init" : percentileName() + " of init durations";
      case DURATION -> hasMaximum() ? "longest duration" : percentileName() + " of durations";
      case MEMORY -> (hasMaximum() ? "largest" : percentileName()) + " share of the memory";
      case SILENCE -> "invocations";
      case COST -> "cost";
      case QUEUE_WAIT ->
          (hasMaximum() ? "longest wait" : percentileName() + " of waits") + " in the queue";
      case DEAD_LETTERS -> "dead letters";
    };
  }

  private boolean hasMaximum() {
    return percentile == 100;
  }

  private String percentileName() {
    return "p" + Unit.plain(percentile, 2);
  }

  /** The rule in a sentence's words, such as «3 or more timeouts within 5m». */
  public String sentence() {
    String within = " within " + Unit.DURATION.write(window.toMillis());
    String sentence;
    if (compared != Compared.NOTHING) {
      sentence =
          what()
              + " "
              + Unit.plain(Math.abs(threshold), 0)
              + "% "
              + (threshold < 0 ? "fewer" : "more")
              + " than "
              + (compared == Compared.YESTERDAY ? "yesterday" : "a week ago")
              + within;
    } else if (kind == Kind.SILENCE) {
      sentence =
          (threshold <= 1 ? "no " : "fewer than " + kind.unit().write(threshold) + " ")
              + what()
              + within;
    } else if (kind.unit() == Unit.COUNT) {
      sentence = kind.unit().write(threshold) + " or more " + what() + within;
    } else {
      sentence = what() + " of " + kind.unit().write(threshold) + " or more" + within;
    }
    return pendingFor.isZero()
        ? sentence
        : sentence + ", for " + Unit.DURATION.write(pendingFor.toMillis());
  }

  /** What was found, in a sentence's words, such as «5 timeouts within 5m». */
  String finding(double value, double before) {
    String within = " within " + Unit.DURATION.write(window.toMillis());
    String written = kind.unit().write(value);
    String sentence =
        kind.unit() == Unit.COUNT
            ? (value == 0 ? "no" : written) + " " + singular(value, what()) + within
            : what() + " " + written + within;
    return compared == Compared.NOTHING ? sentence : sentence + comparison(value, before);
  }

  private static String singular(double value, String things) {
    return value == 1
        ? things.replaceFirst("(timeout|error|call|start|invocation|letter)s", "$1")
        : things;
  }

  private String comparison(double value, double before) {
    String when = compared == Compared.YESTERDAY ? " at this time yesterday" : " a week ago";
    return Double.isNaN(before) ? "" : ", " + kind.unit().write(before) + when;
  }
}
