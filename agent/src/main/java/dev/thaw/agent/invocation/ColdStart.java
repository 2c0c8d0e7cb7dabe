package dev.thaw.agent.invocation;

/** The start of this process, as the first invocation carries it. Immutable. */
public final class ColdStart {

  /** When the agent was called, on the monotonic clock. */
  public final long premainNanoTime;

  /** When the runtime first asked for work: the init was over. */
  public final long readyNanoTime;

  /** The platform's word for the kind of start, such as {@code on-demand}. */
  public final String type;

  public ColdStart(long premainNanoTime, long readyNanoTime, String type) {
    this.premainNanoTime = premainNanoTime;
    this.readyNanoTime = readyNanoTime;
    this.type = type;
  }
}
