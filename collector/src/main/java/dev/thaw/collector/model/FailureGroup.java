package dev.thaw.collector.model;

import java.util.List;
import java.util.Set;

/**
 * Invocations of one function that failed in the same way at the same place.
 *
 * @param place where in the function's own code they stood, or empty
 * @param firstEpochNs the first that is known, also from before the range that was asked for
 * @param lastEpochNs the last in the range
 * @param versions in the range
 * @param counts in equal parts of the range, the oldest first
 * @param message of the last one, or empty
 * @param requestId of the last one; empty when it was a start
 */
public record FailureGroup(
    String function,
    Outcome outcome,
    String errorType,
    String place,
    long firstEpochNs,
    long lastEpochNs,
    Set<String> versions,
    List<Long> counts,
    String message,
    String traceId,
    String spanId,
    String requestId) {

  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
