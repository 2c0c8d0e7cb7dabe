package dev.thaw.agent.invocation;

/** A call that was refused because somebody is at a limit. Immutable. */
public final class Throttle {
  public final long epochNs;
  public final String target;
  public final String reason;
  public final int attempt;
  public final int status;

  /**
   * @param epochNs when the refusal arrived, nanoseconds since the Unix epoch
   * @param target what refused: a function's or queue's name, or a host
   * @param reason the service's own word for it
   * @param attempt 1 for the first attempt of the call
   * @param status the HTTP status, 429 or 503
   */
  public Throttle(long epochNs, String target, String reason, int attempt, int status) {
    this.epochNs = epochNs;
    this.target = target;
    this.reason = reason;
    this.attempt = attempt;
    this.status = status;
  }
}
