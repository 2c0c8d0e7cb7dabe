package dev.thaw.collector.alert;

import dev.thaw.collector.rollup.Measures;
import dev.thaw.collector.rollup.Prices;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a rule watches: where its value comes from, what it is measured in, and what holds when a
 * rule says nothing else. A kind with a percentile reads one of what the window holds; 100 is the
 * largest.
 */
public enum Kind {
  TIMEOUTS("timeouts", Unit.COUNT, 1, Duration.ofMinutes(5)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return of.timeouts();
    }
  },
  NEAR_TIMEOUTS("near-timeouts", Unit.PERCENT, 80, Duration.ofMinutes(15), 100) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return known(of.timeUsedAt(rule.percentile()));
    }
  },
  ERRORS("errors", Unit.COUNT, 3, Duration.ofMinutes(5)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return of.errors() + of.crashes() + of.failedStarts();
    }
  },
  ERROR_RATE("error-rate", Unit.PERCENT, 5, Duration.ofMinutes(5)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return share(of.errors() + of.timeouts() + of.crashes(), of.invocations());
    }
  },
  THROTTLES("throttles", Unit.COUNT, 10, Duration.ofMinutes(5)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return of.throttled();
    }
  },
  COLD_START_SHARE("cold-start-share", Unit.PERCENT, 20, Duration.ofMinutes(15)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return share(of.coldStarts(), of.invocations());
    }
  },
  SLOW_COLD_STARTS("slow-cold-starts", Unit.COUNT, 1, Duration.ofMinutes(5)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return of.initsOfAtLeast(rule.slowerThan().toMillis() * 1000);
    }
  },
  INIT_DURATION("init-duration", Unit.DURATION, 3000, Duration.ofMinutes(15), 95) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return millis(of.initAt(rule.percentile()));
    }
  },
  DURATION("duration", Unit.DURATION, 1000, Duration.ofMinutes(5), 99) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return millis(of.durationAt(rule.percentile()));
    }
  },
  MEMORY("memory", Unit.PERCENT, 90, Duration.ofMinutes(15), 100) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return known(of.memoryUsedAt(rule.percentile()));
    }
  },
  SILENCE("silence", Unit.COUNT, 1, Duration.ofMinutes(15)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return of.invocations();
    }
  },
  COST("cost", Unit.MONEY, 1, Duration.ofHours(1)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return prices.of(of);
    }
  },
  QUEUE_WAIT("queue-wait", Unit.DURATION, 60_000, Duration.ofMinutes(5), 95) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return millis(of.waitAt(rule.percentile()));
    }
  },
  DEAD_LETTERS("dead-letters", Unit.COUNT, 1, Duration.ofMinutes(5)) {
    @Override
    double value(Measures of, Rule rule, Prices prices) {
      return of.deadLetters();
    }
  };

  /** Of fewer invocations a share or a percentile says little. */
  private static final int FEWEST = 10;

  private final String word;
  private final Unit unit;
  private final double threshold;
  private final Duration window;
  private final double percentile;

  Kind(String word, Unit unit, double threshold, Duration window) {
    this(word, unit, threshold, window, Double.NaN);
  }

  Kind(String word, Unit unit, double threshold, Duration window, double percentile) {
    this.word = word;
    this.unit = unit;
    this.threshold = threshold;
    this.window = window;
    this.percentile = percentile;
  }

  /** NaN when nothing of it is known. */
  abstract double value(Measures of, Rule rule, Prices prices);

  /** As it is written in a rule. */
  public String word() {
    return word;
  }

  public Unit unit() {
    return unit;
  }

  public double threshold() {
    return threshold;
  }

  public Duration window() {
    return window;
  }

  /** NaN when it has none. */
  public double percentile() {
    return percentile;
  }

  public boolean hasPercentile() {
    return !Double.isNaN(percentile);
  }

  /**
   * How many invocations a window needs before its value says something, if a rule says nothing.
   */
  public int minimum() {
    return this == ERROR_RATE || this == COLD_START_SHARE || this == DURATION ? FEWEST : 0;
  }

  /** Whether it fires when there is too little, and not too much. */
  public boolean isOfTooLittle() {
    return this == SILENCE;
  }

  /** Whether single things are counted, which may be told late and must not be lost by that. */
  public boolean isOfEvents() {
    return unit == Unit.COUNT && this != SILENCE;
  }

  boolean isOfStarts() {
    return this == SLOW_COLD_STARTS || this == INIT_DURATION || this == COLD_START_SHARE;
  }

  /** Whether it can be counted to the second, from the invocations themselves. */
  boolean isToTheSecond() {
    return this == TIMEOUTS || this == ERRORS || this == THROTTLES || this == SLOW_COLD_STARTS;
  }

  /**
   * @throws IllegalArgumentException when there is no such kind
   */
  static Kind of(String word) {
    for (Kind kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "is '"
            + word
            + "'; use one of "
            + Arrays.stream(values()).map(Kind::word).collect(Collectors.joining(", ")));
  }

  private static double share(long part, long of) {
    return of == 0 ? Double.NaN : 100.0 * part / of;
  }

  private static double known(long percent) {
    return percent < 0 ? Double.NaN : percent;
  }

  private static double millis(long micros) {
    return micros < 0 ? Double.NaN : micros / 1000.0;
  }
}
