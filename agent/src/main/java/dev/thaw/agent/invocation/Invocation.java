package dev.thaw.agent.invocation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of the function, from the moment in which the runtime has it to its end.
 *
 * <p>Durations come from the monotonic clock; the wall clock is read at the start, and once more to
 * the microsecond when somebody needs that. The trigger is read from the event only when somebody
 * needs it: at the first outgoing call, or after the response. Thread-safe.
 */
public final class Invocation {

  /** Reads the trigger from what the platform delivered. */
  public interface TriggerReader {
    Trigger read();
  }

  /** An invocation keeps no more calls than this; the rest is counted. */
  private static final int MOST_CALLS = 1000;

  private static final long MS = 1_000_000L;

  public final String requestId;
  public final String invokedArn;
  public final Thread thread;

  /** Milliseconds since the Unix epoch. */
  public final long startEpochMs;

  public final long startNanoTime;
  public final long deadlineNanoTime;
  public final @Nullable ColdStart coldStart;

  private final TriggerReader triggerReader;

  /** 0 until it is asked for. */
  private long startEpochNs;

  private @Nullable Trigger trigger;
  private @Nullable TraceContext context;
  private final List<Call> calls = new ArrayList<>();
  private int droppedCalls;
  private int throttles;
  private Outcome outcome = Outcome.RUNNING;
  private long endNanoTime;
  private @Nullable Usage usage;
  private @Nullable Throwable thrown;
  private @Nullable String errorType;
  private @Nullable String errorMessage;
  private @Nullable String crashReason;

  /**
   * When the watch announces it next, and whether it handed it over. Only the watch touches them.
   */
  long announceDue;

  boolean announced;
  volatile boolean handedOver;
  private volatile boolean delivered;
  private volatile boolean recorded;

  /**
   * @param requestId the platform's id
   * @param invokedArn the ARN that was invoked
   * @param deadlineEpochMs when the platform will kill it, milliseconds since the Unix epoch
   * @param coldStart the start of the process when this is its first invocation, else null
   */
  public Invocation(
      String requestId,
      String invokedArn,
      long deadlineEpochMs,
      @Nullable ColdStart coldStart,
      TriggerReader triggerReader) {
    this.requestId = requestId;
    this.invokedArn = invokedArn;
    this.coldStart = coldStart;
    this.triggerReader = triggerReader;
    thread = Thread.currentThread();
    startEpochMs = System.currentTimeMillis();
    startNanoTime = System.nanoTime();
    deadlineNanoTime = startNanoTime + (deadlineEpochMs - startEpochMs) * MS;
  }

  /**
   * Nanoseconds since the Unix epoch, to the microsecond. Reckoned back from now: {@link
   * java.time.Instant} takes more of the handler's time than everything else that begins it.
   */
  public synchronized long startEpochNs() {
    if (startEpochNs == 0) {
      long reckoned = Clock.epochNs() - (System.nanoTime() - startNanoTime);
      // A clock that was set meanwhile, or stood still with the process, would move it.
      boolean isSame = Math.abs(reckoned / MS - startEpochMs) <= 1;
      startEpochNs = isSame ? reckoned : startEpochMs * MS;
    }
    return startEpochNs;
  }

  /** What started it; read from the event at the first call. */
  public synchronized Trigger trigger() {
    Trigger read = trigger;
    if (read == null) {
      read = triggerReader.read();
      trigger = read;
    }
    return read;
  }

  /** This invocation's own position in its trace: the parent's trace, or a new one. */
  public synchronized TraceContext context() {
    TraceContext known = context;
    if (known == null) {
      TraceContext parent = trigger().parent;
      String spanId = Ids.spanId();
      known =
          parent == null
              ? new TraceContext(Ids.traceId(), spanId, true, null)
              : new TraceContext(parent.traceId, spanId, parent.sampled, parent.traceState);
      context = known;
    }
    return known;
  }

  /**
   * Begins an outgoing call.
   *
   * @param producer whether it hands a message over rather than waits for an answer
   */
  public Call call(String name, boolean producer) {
    Call call = new Call(this, name, producer);
    synchronized (this) {
      if (calls.size() < MOST_CALLS) {
        calls.add(call);
      } else {
        droppedCalls++;
      }
    }
    return call;
  }

  /** Whether a context that somebody carries already is that of a call under way. */
  public synchronized boolean hasOpenCall(TraceContext context) {
    for (int i = calls.size() - 1; i >= 0; i--) {
      if (calls.get(i).isOpen(context.spanId)) {
        return true;
      }
    }
    return false;
  }

  synchronized void throttled() {
    throttles++;
  }

  /** Remembers what the handler threw; the runtime reports it next. */
  public synchronized void thrown(Throwable throwable) {
    thrown = throwable;
  }

  /** The handler has returned. The first end counts. */
  public synchronized void succeeded() {
    if (outcome == Outcome.RUNNING) {
      outcome = Outcome.OK;
      endNanoTime = System.nanoTime();
    }
  }

  /** The runtime reports an error. */
  public synchronized void failed(@Nullable String type, @Nullable String message) {
    if (outcome == Outcome.RUNNING) {
      outcome = Outcome.ERROR;
      endNanoTime = System.nanoTime();
      errorType = type;
      errorMessage = message;
    }
  }

  /** What it used, told after its end. */
  public synchronized void used(Usage used) {
    usage = used;
  }

  /**
   * The process ends while it runs.
   *
   * @param reason {@code exit} when somebody called for it, {@code terminated} when the platform
   *     did
   */
  public synchronized void crashes(String reason) {
    crashReason = reason;
  }

  /**
   * The record of a start that came to nothing; there is no invocation that it belongs to.
   *
   * @param start its last moment is the one at which it failed
   * @param as {@code INIT_ERROR} or {@code INIT_TIMEOUT}
   * @param starting the thread that was starting it, to show where it stood; null when that is over
   */
  public static InvocationRecord ofFailedStart(
      ColdStart start,
      Outcome as,
      @Nullable Throwable thrown,
      @Nullable String errorType,
      @Nullable String errorMessage,
      @Nullable Thread starting) {
    Invocation none = new Invocation("", "", System.currentTimeMillis(), start, new NoTrigger());
    none.thrown = thrown;
    none.errorType = errorType;
    none.errorMessage = errorMessage;
    List<ThreadStack> stacks =
        starting == null ? new ArrayList<ThreadStack>() : ThreadStack.of(starting);
    return none.record(as, none.startNanoTime, false, stacks);
  }

  /**
   * The record of an invocation of which an earlier process could not tell before it ended. Its
   * trigger went with that process.
   *
   * @param untilEpochNs when it ended for {@code OK}, else when its time was over; nanoseconds
   *     since the Unix epoch
   * @param traceId of records that were sent before; empty when there were none
   * @param spanId of the same
   * @param as {@code OK}, {@code ERROR} for an OutOfMemoryError, or {@code CRASH} for a kill
   *     without warning
   */
  public static InvocationRecord ofEarlierProcess(
      String requestId,
      long startEpochNs,
      long untilEpochNs,
      String traceId,
      String spanId,
      Outcome as) {
    Invocation earlier = new Invocation(requestId, startEpochNs, untilEpochNs);
    if (!spanId.isEmpty()) {
      earlier.context = new TraceContext(traceId, spanId, true, null);
    }
    if (as == Outcome.ERROR) {
      earlier.errorType = "java.lang.OutOfMemoryError";
      earlier.errorMessage = "The process had no memory left to say more";
    } else if (as == Outcome.CRASH) {
      earlier.crashReason = "killed";
    }
    long end = as == Outcome.OK ? earlier.deadlineNanoTime : earlier.startNanoTime;
    return earlier.record(as, end, false, new ArrayList<ThreadStack>());
  }

  private Invocation(String requestId, long startEpochNs, long deadlineEpochNs) {
    this.requestId = requestId;
    this.invokedArn = "";
    this.coldStart = null;
    this.triggerReader = new NoTrigger();
    thread = Thread.currentThread();
    this.startEpochNs = startEpochNs;
    startEpochMs = startEpochNs / MS;
    startNanoTime = System.nanoTime();
    deadlineNanoTime = startNanoTime + Math.max(0, deadlineEpochNs - startEpochNs);
  }

  private static final class NoTrigger implements TriggerReader {
    @Override
    public Trigger read() {
      return new Trigger("other");
    }
  }

  public synchronized boolean isOk() {
    return outcome == Outcome.OK;
  }

  /** The platform has taken its result. */
  public void delivered() {
    delivered = true;
  }

  public boolean isDelivered() {
    return delivered;
  }

  /** Its final record has been handed over. */
  public void recorded() {
    recorded = true;
  }

  public boolean isRecorded() {
    return recorded;
  }

  public synchronized boolean isOpen() {
    return outcome == Outcome.RUNNING;
  }

  /**
   * Nanoseconds since the Unix epoch for a moment of the monotonic clock, anchored at the start.
   */
  public long epochNs(long nanoTime) {
    return startEpochNs() + (nanoTime - startNanoTime);
  }

  /** The final record. Only for an invocation that has ended. */
  public InvocationRecord record() {
    return record(outcome, endNanoTime, false, new ArrayList<ThreadStack>());
  }

  /**
   * A record of an invocation that has not ended: what will be known if the process is gone in a
   * moment.
   *
   * @param as {@code RUNNING}, {@code TIMEOUT} or {@code CRASH}
   */
  public InvocationRecord provisionalRecord(Outcome as) {
    List<ThreadStack> stacks = ThreadStack.of(thread);
    long end = as == Outcome.TIMEOUT ? deadlineNanoTime : System.nanoTime();
    return record(as, end, as != Outcome.CRASH, stacks);
  }

  private InvocationRecord record(
      Outcome as, long atNanoTime, boolean provisional, List<ThreadStack> stacks) {
    TraceContext own = context();
    List<CallRecord> callRecords = new ArrayList<>();
    List<Call> known;
    synchronized (this) {
      known = new ArrayList<>(calls);
    }
    for (int i = 0; i < known.size(); i++) {
      callRecords.add(known.get(i).record(atNanoTime));
    }
    synchronized (this) {
      return new InvocationRecord(
          this,
          own,
          trigger(),
          as,
          provisional,
          epochNs(atNanoTime),
          deadlineNanoTime - atNanoTime,
          callRecords,
          droppedCalls,
          throttles,
          thrown,
          errorType,
          errorMessage,
          crashReason,
          stacks,
          usage);
    }
  }
}
