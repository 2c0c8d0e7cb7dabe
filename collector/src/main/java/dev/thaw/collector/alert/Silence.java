package dev.thaw.collector.alert;

/**
 * Alerts that nobody is told of for a while. They are evaluated and shown all the same.
 *
 * @param rule a rule's name, or a pattern with {@code *}
 * @param function a function's name, or a pattern with {@code *}
 * @param untilMs milliseconds since the Unix epoch
 * @param why said by whoever made it
 * @param by who made it, as far as is known
 */
public record Silence(
    String id, String rule, String function, long madeMs, long untilMs, String why, String by) {

  boolean covers(Alert alert, long nowMs) {
    return nowMs < untilMs
        && Selector.pattern(rule).matcher(alert.rule()).matches()
        && Selector.pattern(function).matcher(alert.function()).matches();
  }
}
