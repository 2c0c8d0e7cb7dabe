package dev.thaw.agent.invocation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing call of an invocation: what becomes a client span. Thread-safe: it may end on
 * another thread, and the deadline watch reads it while it is open.
 */
public final class Call {

  private final Invocation invocation;
  private final String spanId = Ids.spanId();
  private final String name;
  private final boolean producer;
  private final long startNanoTime = System.nanoTime();
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final List<Throttle> throttles = new ArrayList<>();
  private long endNanoTime;
  private boolean ended;
  private int attempts;
  private @Nullable String errorType;
  private @Nullable String errorMessage;

  Call(Invocation invocation, String name, boolean producer) {
    this.invocation = invocation;
    this.name = name;
    this.producer = producer;
  }

  /** The context to send along: this call is the parent of what it starts. */
  public TraceContext context() {
    TraceContext of = invocation.context();
    return new TraceContext(of.traceId, spanId, of.sampled, of.traceState);
  }

  public synchronized void attribute(String key, Object value) {
    attributes.put(key, value);
  }

  /** What {@link #attribute(String, Object)} was told, or null. */
  public synchronized @Nullable Object attribute(String key) {
    return attributes.get(key);
  }

  /**
   * An attempt of a library that retries by itself is about to be sent.
   *
   * @return its number, 1 for the first
   */
  public synchronized int nextAttempt() {
    int last = throttles.size() - 1;
    if (last >= 0 && throttles.get(last).waitNs < 0) {
      throttles.set(last, throttles.get(last).until(Clock.epochNs()));
    }
    return ++attempts;
  }

  /** The last attempt was refused; see {@link Throttle}. */
  public void throttled(String target, String reason, int status, long retryAfterNs) {
    synchronized (this) {
      int attempt = Math.max(1, attempts);
      throttles.add(
          new Throttle(Clock.epochNs(), target, reason, attempt, status, retryAfterNs, -1));
    }
    invocation.throttled();
  }

  synchronized boolean isOpen(String id) {
    return !ended && spanId.equals(id);
  }

  public synchronized void failed(String type, @Nullable String message) {
    errorType = type;
    errorMessage = message;
  }

  /** The first end counts. */
  public synchronized void end() {
    if (!ended) {
      ended = true;
      endNanoTime = System.nanoTime();
    }
  }

  /** As it stands now; an open call ends at the given time and is marked as unfinished. */
  synchronized CallRecord record(long nowNanoTime) {
    return new CallRecord(
        spanId,
        name,
        producer,
        invocation.epochNs(startNanoTime),
        invocation.epochNs(ended ? endNanoTime : nowNanoTime),
        !ended,
        attempts,
        new LinkedHashMap<>(attributes),
        new ArrayList<>(throttles),
        errorType,
        errorMessage);
  }
}
