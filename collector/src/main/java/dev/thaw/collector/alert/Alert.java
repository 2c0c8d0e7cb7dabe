package dev.thaw.collector.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One rule's alert for one function. Immutable; the API and the webhook show it as it is.
 *
 * @param state {@code firing} or {@code resolved}
 * @param sinceMs when it began to fire, milliseconds since the Unix epoch
 * @param resolvedMs when it ended, or null
 * @param value the count at the last evaluation that changed the state
 * @param example an invocation that counts, or null
 */
public record Alert(
    String rule,
    String kind,
    String function,
    String state,
    long sinceMs,
    @JsonInclude @Nullable Long resolvedMs,
    long value,
    int threshold,
    long windowSeconds,
    @JsonInclude @Nullable Example example) {

  /**
   * An invocation that shows what the alert is about.
   *
   * @param openCall the call that had no answer, or empty
   * @param topFrame where the function's own code stood, or empty
   */
  public record Example(String traceId, String requestId, String openCall, String topFrame) {}

  Alert resolved(long atMs, long lastValue) {
    return new Alert(
        rule,
        kind,
        function,
        "resolved",
        sinceMs,
        atMs,
        lastValue,
        threshold,
        windowSeconds,
        example);
  }
}
