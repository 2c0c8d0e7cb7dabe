package dev.thaw.bench.coldstart;

import java.util.Arrays;

/**
 * What one process showed. Durations in nanoseconds, memory in bytes; 0 where it was not looked at.
 *
 * @param coldNs process start to first response
 * @param cpuNs CPU time of the whole process up to the first response
 * @param firstHeldNs from the first response to the first question for more work
 * @param warmNs each warm invocation, as the platform sees it; empty for none
 * @param warmHeldNs median from a warm response to the next question for work
 * @param residentBytes after all invocations
 * @param delivered invocations that arrived; for peers spans, or requests in their own protocol
 */
record Sample(
    long coldNs,
    long cpuNs,
    long firstHeldNs,
    long[] warmNs,
    long warmHeldNs,
    long residentBytes,
    long delivered) {

  /** Without what it says of the start. */
  Sample withoutStart() {
    return new Sample(0, 0, 0, warmNs, warmHeldNs, residentBytes, delivered);
  }

  /** The median of the warm invocations. */
  long warmMedianNs() {
    return warmNs.length == 0 ? 0 : (long) Results.quantile(Arrays.stream(warmNs), 0.5);
  }
}
