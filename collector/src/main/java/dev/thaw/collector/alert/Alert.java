package dev.thaw.collector.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One rule's alert for one function, as it stands. Immutable; the API shows it as it is, and so it
 * is kept over a restart. Times are milliseconds since the Unix epoch.
 *
 * @param state {@code pending}, {@code firing} or {@code resolved}
 * @param pendingMs since when the rule's condition holds
 * @param sinceMs when it began to fire; 0 when it has not yet
 * @param resolvedMs when it ended, or null
 * @param lastHeldMs when the condition held last
 * @param value at the last evaluation at which it held, in the rule's unit
 * @param finding the value in words
 * @param condition the rule in words
 * @param windowMs how far back the rule looks
 * @param late whether it was told so late that its window had passed
 * @param example an invocation that shows what it is about, or null
 */
public record Alert(
    String rule,
    String kind,
    String function,
    String severity,
    String state,
    long pendingMs,
    long sinceMs,
    @JsonInclude @Nullable Long resolvedMs,
    long lastHeldMs,
    double value,
    String finding,
    String condition,
    long windowMs,
    boolean late,
    String runbook,
    @JsonInclude @Nullable Example example) {

  static final String PENDING = "pending";
  static final String FIRING = "firing";
  static final String RESOLVED = "resolved";

  /**
   * An invocation that shows what the alert is about.
   *
   * @param openCall the call that had no answer, or empty
   * @param topFrame where the function's own code stood, or empty
   * @param cause of a cold start, what took most of it; of an error, what was thrown; or empty
   */
  public record Example(
      String traceId,
      String spanId,
      String requestId,
      String openCall,
      String topFrame,
      String cause) {

    /** Whether it says more than where to look. */
    boolean saysWhy() {
      return !openCall.isEmpty() || !topFrame.isEmpty() || !cause.isEmpty();
    }
  }

  /** There is one for each rule and function. */
  record Key(String rule, String function) {}

  /** As a rule begins to hold. */
  static Alert pending(Rule rule, String function, long nowMs, Reading reading) {
    return new Alert(
        rule.name(),
        rule.kind().word(),
        function,
        rule.severity().word(),
        PENDING,
        nowMs,
        0,
        null,
        nowMs,
        reading.value(),
        rule.finding(reading.value(), reading.before()),
        rule.sentence(),
        rule.window().toMillis(),
        false,
        rule.runbook(),
        null);
  }

  Key key() {
    return new Key(rule, function);
  }

  boolean isFiring() {
    return state.equals(FIRING);
  }

  /** As its rule still holds. */
  Alert holding(Rule of, long nowMs, Reading reading) {
    return new Alert(
        rule,
        of.kind().word(),
        function,
        of.severity().word(),
        state,
        pendingMs,
        sinceMs,
        null,
        nowMs,
        reading.value(),
        of.finding(reading.value(), reading.before()),
        of.sentence(),
        of.window().toMillis(),
        late,
        of.runbook(),
        example);
  }

  Alert firing(long nowMs, boolean isLate, @Nullable Example shown) {
    return with(FIRING, nowMs, null, lastHeldMs, isLate, shown);
  }

  Alert showing(Example shown) {
    return with(state, sinceMs, null, lastHeldMs, late, shown);
  }

  /** What was told late goes on from now. */
  Alert stillAt(long nowMs) {
    return with(state, sinceMs, null, nowMs, late, example);
  }

  Alert resolved(long nowMs) {
    return with(RESOLVED, sinceMs, nowMs, lastHeldMs, late, example);
  }

  private Alert with(
      String newState,
      long newSinceMs,
      @Nullable Long newResolvedMs,
      long newLastHeldMs,
      boolean isLate,
      @Nullable Example shown) {
    return new Alert(
        rule,
        kind,
        function,
        severity,
        newState,
        pendingMs,
        newSinceMs,
        newResolvedMs,
        newLastHeldMs,
        value,
        finding,
        condition,
        windowMs,
        isLate,
        runbook,
        shown);
  }
}
