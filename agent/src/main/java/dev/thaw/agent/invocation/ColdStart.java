package dev.thaw.agent.invocation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The start of this process, as the first invocation carries it. Immutable. */
public final class ColdStart {

  /** Where the start's time went, stack by stack. */
  public interface Profile {
    /** As docs/reference/attributes.md describes {@code thaw.init.profile}. */
    String encoded();

    /**
     * What {@link #encoded} gave last, without any work: shortly before a kill there is no time for
     * it. Empty when it was not asked yet.
     */
    String encodedBefore();
  }

  /** The platform's word for the kind of start, such as {@code on-demand}. */
  public final String type;

  /**
   * When the agent was called, on the monotonic clock: the JVM was up. Of a restored process, when
   * it was restored.
   */
  public final long premainNanoTime;

  /** Whether it was restored from an image and not started. */
  public final boolean restored;

  /** When the runtime first asked for work: the init was over. */
  public final long readyNanoTime;

  /**
   * What lies between the two, in its order; phases that the platform does not show are missing.
   */
  public final List<Phase> phases;

  /** How much of it the agent itself took, nanoseconds. */
  public final long agentNs;

  /** Null when profiling is off. */
  public final @Nullable Profile profile;

  public ColdStart(
      String type,
      boolean restored,
      long premainNanoTime,
      long readyNanoTime,
      List<Phase> phases,
      long agentNs,
      @Nullable Profile profile) {
    this.type = type;
    this.restored = restored;
    this.premainNanoTime = premainNanoTime;
    this.readyNanoTime = readyNanoTime;
    this.phases = phases;
    this.agentNs = agentNs;
    this.profile = profile;
  }
}
