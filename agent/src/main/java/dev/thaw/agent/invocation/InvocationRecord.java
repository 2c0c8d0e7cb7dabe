package dev.thaw.agent.invocation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An invocation as it stood at one moment, ready to be sent. Immutable.
 *
 * <p>A provisional record is replaced by a later one of the same span; see
 * docs/reference/attributes.md.
 */
public final class InvocationRecord {
  public final String requestId;
  public final String invokedArn;
  public final long startEpochNs;
  public final @Nullable ColdStart coldStart;
  public final long startNanoTime;
  public final TraceContext context;
  public final Trigger trigger;
  public final Outcome outcome;
  public final boolean provisional;
  public final long endEpochNs;

  /** Time left until the deadline at the end, nanoseconds; negative when it had passed. */
  public final long remainingNs;

  public final List<CallRecord> calls;
  public final int droppedCalls;

  /** Refusals that its calls met, also those that a library's own retries hid. */
  public final int throttles;

  public final @Nullable Throwable thrown;
  public final @Nullable String errorType;
  public final @Nullable String errorMessage;

  /** Why the process ended in the middle of it; only for a crash. */
  public final @Nullable String crashReason;

  /**
   * Where the handler's thread stood, and behind it those that it may have waited for; empty for an
   * invocation that has ended.
   */
  public final List<ThreadStack> stacks;

  /** What it used; a cold start's since the process began. Null for an unfinished invocation. */
  public final @Nullable Usage usage;

  InvocationRecord(
      Invocation of,
      TraceContext context,
      Trigger trigger,
      Outcome outcome,
      boolean provisional,
      long endEpochNs,
      long remainingNs,
      List<CallRecord> calls,
      int droppedCalls,
      int throttles,
      @Nullable Throwable thrown,
      @Nullable String errorType,
      @Nullable String errorMessage,
      @Nullable String crashReason,
      List<ThreadStack> stacks,
      @Nullable Usage usage) {
    this.requestId = of.requestId;
    this.invokedArn = of.invokedArn;
    this.startEpochNs = of.startEpochNs();
    this.coldStart = of.coldStart;
    this.startNanoTime = of.startNanoTime;
    this.context = context;
    this.trigger = trigger;
    this.outcome = outcome;
    this.provisional = provisional;
    this.endEpochNs = endEpochNs;
    this.remainingNs = remainingNs;
    this.calls = calls;
    this.droppedCalls = droppedCalls;
    this.throttles = throttles;
    this.thrown = thrown;
    this.errorType = errorType;
    this.errorMessage = errorMessage;
    this.crashReason = crashReason;
    this.stacks = stacks;
    this.usage = usage;
  }
}
