package dev.thaw.collector.alert;

import java.time.Duration;

/**
 * What becomes one message.
 *
 * @param gather how long a group's first message waits for more of it
 * @param interval least time between two messages of a group about what is new
 * @param repeat after which time a message is sent again about what still fires; zero for never
 */
public record Grouping(By by, Duration gather, Duration interval, Duration repeat) {

  public static final Grouping DEFAULT =
      new Grouping(By.RULE, Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofHours(4));

  /** What alerts have in common that are told together. */
  public enum By {
    RULE,
    FUNCTION,
    ALL;

    String of(Alert alert) {
      return switch (this) {
        case RULE -> "rule:" + alert.rule();
        case FUNCTION -> "function:" + alert.function();
        case ALL -> "all";
      };
    }

    static By of(String word) {
      for (By by : values()) {
        if (by.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
          return by;
        }
      }
      throw new IllegalArgumentException("is '" + word + "'; use rule, function or all");
    }
  }
}
