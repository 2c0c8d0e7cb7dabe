package dev.thaw.collector.alert;

import java.util.regex.Pattern;

/**
 * Which functions a rule is about.
 *
 * @param text for a function its name, or a pattern with {@code *}; for a tag {@code key=value}, an
 *     attribute of the environment; for a chain the function that it begins with
 */
public record Selector(By by, String text) {

  /** How functions are named. */
  public enum By {
    FUNCTION,
    TAG,
    CHAIN;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public static final Selector ALL = new Selector(By.FUNCTION, "*");

  /** Whether it names one function, that must be there. */
  boolean isOne() {
    return by == By.FUNCTION && !text.contains("*");
  }

  /**
   * @param pattern a name, in which {@code *} stands for anything
   */
  static Pattern pattern(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (String part : pattern.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
  }
}
