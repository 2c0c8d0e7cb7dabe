package dev.thaw.collector.model;

import java.util.List;

/**
 * What one function's calls to one target were refused for.
 *
 * @param calls how many calls met a refusal
 * @param lastEpochNs when the first refusal of the last call came
 * @param counts refused attempts in equal parts of the range, the oldest first
 * @param traceId of the last call
 */
public record ThrottleGroup(
    String caller,
    String target,
    String reason,
    long calls,
    long lastEpochNs,
    List<Long> counts,
    String traceId,
    String spanId) {

  /** Refused attempts, retries included. */
  public long refused() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
