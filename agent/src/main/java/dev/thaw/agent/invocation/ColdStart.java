package dev.thaw.agent.invocation;

import java.util.List;

/** The start of this process, as the first invocation carries it. Immutable. */
public final class ColdStart {

  /** The platform's word for the kind of start, such as {@code on-demand}. */
  public final String type;

  /** When the agent was called, on the monotonic clock: the JVM was up. */
  public final long premainNanoTime;

  /** When the runtime first asked for work: the init was over. */
  public final long readyNanoTime;

  /**
   * What lies between the two, in its order; phases that the platform does not show are missing.
   */
  public final List<Phase> phases;

  /** How much of it the agent itself took, nanoseconds. */
  public final long agentNs;

  public ColdStart(
      String type, long premainNanoTime, long readyNanoTime, List<Phase> phases, long agentNs) {
    this.type = type;
    this.premainNanoTime = premainNanoTime;
    this.readyNanoTime = readyNanoTime;
    this.phases = phases;
    this.agentNs = agentNs;
  }
}
