package dev.thaw.bench.coldstart;

/**
 * What one process showed. Durations in nanoseconds, memory in bytes; 0 where it was not looked at.
 *
 * @param coldNs process start to first response
 * @param cpuNs CPU time of the whole process up to the first response
 * @param firstHeldNs from the first response to the first question for more work
 * @param warmNs median time of a warm invocation, as the platform sees it
 * @param warm99Ns 99th percentile of it
 * @param warmHeldNs median from a warm response to the next question for work
 * @param residentBytes after all invocations
 * @param delivered invocations that arrived; for peers spans, or requests in their own protocol
 */
record Sample(
    long coldNs,
    long cpuNs,
    long firstHeldNs,
    long warmNs,
    long warm99Ns,
    long warmHeldNs,
    long residentBytes,
    long delivered) {

  /** Without what it says of the start. */
  Sample withoutStart() {
    return new Sample(0, 0, 0, warmNs, warm99Ns, warmHeldNs, residentBytes, delivered);
  }
}
