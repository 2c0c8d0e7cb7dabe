package dev.thaw.local;

import org.jspecify.annotations.Nullable;

/**
 * One line of the ledger: an invocation that the platform accepted or refused.
 *
 * <p>An asynchronous invoke keeps its request id when it is retried, as on Lambda; each attempt is
 * a line of its own.
 *
 * @param requestId the platform's request id
 * @param function the function's name
 * @param environment the execution environment that ran it; null when it was refused
 * @param attempt 1 for the first attempt
 * @param startEpochNs when the invocation was handed to the runtime, nanoseconds since the Unix
 *     epoch (with a suppressed init: when that began)
 * @param endEpochNs when its response arrived, or it was ended
 * @param cold whether it was the first invocation of its process
 * @param suppressedInit whether the init ran inside the invocation, after a timeout or crash had
 *     reset the environment
 * @param initNs process start to the runtime's first request for work; null when not cold, or when
 *     the process ended before it asked
 * @param outcome how it ended
 * @param caller who asked for it
 */
public record LedgerEntry(
    String requestId,
    String function,
    @Nullable String environment,
    int attempt,
    long startEpochNs,
    long endEpochNs,
    boolean cold,
    boolean suppressedInit,
    @Nullable Long initNs,
    Outcome outcome,
    Caller caller) {

  /** Whether it was handed to a process. If not, its start failed or took all its time. */
  public boolean delivered() {
    return outcome != Outcome.THROTTLED && (!cold || initNs != null);
  }
}
