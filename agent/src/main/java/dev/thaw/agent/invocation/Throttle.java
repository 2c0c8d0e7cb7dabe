package dev.thaw.agent.invocation;

/** A call that was refused because somebody is at a limit. Immutable. */
public final class Throttle {
  public final long epochNs;
  public final String target;
  public final String reason;
  public final int attempt;
  public final int status;

  /** How long the refusal asked to wait, nanoseconds; -1 when it did not say. */
  public final long retryAfterNs;

  /** From the refusal to the next attempt, nanoseconds; -1 when there was none. */
  public final long waitNs;

  /**
   * @param epochNs when the refusal arrived, nanoseconds since the Unix epoch
   * @param target what refused: a function's, queue's or table's name, or a host
   * @param reason the service's own word for it
   * @param attempt 1 for the first attempt of the call
   * @param status the HTTP status; 0 when it was not over HTTP
   */
  Throttle(
      long epochNs,
      String target,
      String reason,
      int attempt,
      int status,
      long retryAfterNs,
      long waitNs) {
    this.epochNs = epochNs;
    this.target = target;
    this.reason = reason;
    this.attempt = attempt;
    this.status = status;
    this.retryAfterNs = retryAfterNs;
    this.waitNs = waitNs;
  }

  Throttle until(long nextAttemptEpochNs) {
    return new Throttle(
        epochNs,
        target,
        reason,
        attempt,
        status,
        retryAfterNs,
        Math.max(0, nextAttemptEpochNs - epochNs));
  }
}
