package dev.thaw.agent.invocation;

import dev.thaw.agent.log.Log;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that watches the open invocations: announces those that run long, and hands over those
 * that are about to be killed.
 *
 * <p>It sleeps until something is due, and at most a second. An invocation that begins does not
 * wake it unless it would be due earlier than that: a thread that is woken competes with the
 * handler for the processor.
 */
public final class DeadlineWatch implements Runnable {

  /** Where the records go. Called on the watch's own thread. */
  public interface Sink {
    void unfinished(InvocationRecord record);
  }

  private static final long DEFAULT_MARGIN_PERCENT = 2;
  private static final long LEAST_MARGIN_NS = 50_000_000L;
  private static final long MOST_MARGIN_NS = 500_000_000L;

  /** No longer than an invocation may run before it is announced, so that none must wake it. */
  private static final long LONGEST_SLEEP_NS = 1_000_000_000L;

  private final long announceAfterNs;
  private final long marginNs;
  private final Sink sink;
  private final Thread thread;

  /** When the thread looks again by itself. */
  private volatile long wakesAt;

  private volatile boolean looking = true;

  /**
   * @param announceAfterMs when a running invocation is announced
   * @param marginMs how long before the deadline it is handed over; -1 for the default share of its
   *     time
   */
  public DeadlineWatch(long announceAfterMs, long marginMs, Sink sink) {
    this.announceAfterNs = announceAfterMs * 1_000_000L;
    this.marginNs = marginMs < 0 ? -1 : marginMs * 1_000_000L;
    this.sink = sink;
    thread = new Thread(null, this, "thaw-deadline-watch", 0, false);
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** Called when an invocation begins, on its own thread. */
  public void watch(Invocation invocation) {
    if (looking || firstDue(invocation) - wakesAt < 0) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    while (true) {
      try {
        // A begin that comes while it looks leaves a permit: it looks again at once.
        looking = true;
        long now = System.nanoTime();
        long next = Math.min(check(now), now + LONGEST_SLEEP_NS);
        wakesAt = next;
        looking = false;
        long wait = next - System.nanoTime();
        if (wait > 0) {
          LockSupport.parkNanos(wait);
        }
      } catch (Throwable e) {
        Log.failure("Watching deadlines", e);
        LockSupport.parkNanos(100_000_000L);
      }
    }
  }

  /** Does what is due and says when the next thing is. */
  private long check(long now) {
    List<Invocation> open = Invocations.open();
    long next = Long.MAX_VALUE;
    for (int i = 0; i < open.size(); i++) {
      Invocation invocation = open.get(i);
      if (invocation.handedOver || !invocation.isOpen()) {
        continue;
      }
      long killDue = invocation.deadlineNanoTime - margin(invocation);
      if (now - killDue >= 0) {
        invocation.handedOver = true;
        sink.unfinished(invocation.provisionalRecord(Outcome.TIMEOUT));
        continue;
      }
      long announceDue = invocation.announced ? invocation.announceDue : announceDue(invocation);
      if (now - announceDue >= 0) {
        invocation.announced = true;
        // Again when it has run for twice as long: the last announcement tells until when it lived.
        announceDue = now + (now - invocation.startNanoTime);
        invocation.announceDue = announceDue;
        sink.unfinished(invocation.provisionalRecord(Outcome.RUNNING));
      }
      long due = Math.min(killDue, announceDue);
      next = next == Long.MAX_VALUE ? due : Math.min(next, due);
    }
    return next;
  }

  private long firstDue(Invocation invocation) {
    return Math.min(invocation.deadlineNanoTime - margin(invocation), announceDue(invocation));
  }

  /**
   * At the latest in the middle of its time: the announcement also loads the exporter and opens its
   * connection, so that the hand-over before the kill needs a few milliseconds only.
   */
  private long announceDue(Invocation invocation) {
    long time = invocation.deadlineNanoTime - invocation.startNanoTime;
    return invocation.startNanoTime + Math.min(announceAfterNs, time / 2);
  }

  private long margin(Invocation invocation) {
    if (marginNs >= 0) {
      return marginNs;
    }
    long time = invocation.deadlineNanoTime - invocation.startNanoTime;
    return Math.max(LEAST_MARGIN_NS, Math.min(MOST_MARGIN_NS, time / 100 * DEFAULT_MARGIN_PERCENT));
  }
}
