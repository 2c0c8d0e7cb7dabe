package dev.thaw.agent.invocation;

/** A part of a process's start, on the monotonic clock. Immutable. */
public final class Phase {

  /** A short word, the value of {@code thaw.phase}; docs/reference/attributes.md lists them. */
  public final String name;

  public final long startNanoTime;
  public final long endNanoTime;

  public Phase(String name, long startNanoTime, long endNanoTime) {
    this.name = name;
    this.startNanoTime = startNanoTime;
    this.endNanoTime = endNanoTime;
  }
}
