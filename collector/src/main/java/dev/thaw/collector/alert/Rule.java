package dev.thaw.collector.alert;

import java.time.Duration;

/**
 * «N of something, of one function, within a window».
 *
 * @param function a function's name, or a pattern with {@code *}
 * @param count how many make it fire, at least 1
 * @param window 1 second to 24 hours
 * @param slowerThan only for {@link Kind#SLOW_COLD_STARTS}: from which init duration on a cold
 *     start counts
 */
public record Rule(
    String name, Kind kind, String function, int count, Duration window, Duration slowerThan) {

  /** What is counted. */
  public enum Kind {
    TIMEOUTS("timeouts"),
    ERRORS("errors"),
    THROTTLES("throttles"),
    SLOW_COLD_STARTS("slow-cold-starts");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  boolean matches(String name) {
    StringBuilder pattern = new StringBuilder();
    for (String part : function.split("\\*", -1)) {
      pattern.append(pattern.isEmpty() ? "" : ".*").append(java.util.regex.Pattern.quote(part));
    }
    return name.matches(pattern.toString());
  }
}
