package dev.thaw.agent.export;

import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.DeadlineWatch;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.invocation.ThreadStack;
import dev.thaw.agent.log.Log;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When to send: after each response and before the freeze; at an announcement and before a kill, on
 * the watch's thread; and when the process ends. Where the process lives on between invocations, in
 * the background.
 *
 * <p>Nothing is sent while a response is outstanding on the thread that owes it. What can't be sent
 * in time waits for the next chance. The exporter is loaded at the first sending. Thread-safe;
 * never throws.
 */
public final class Sending implements DeadlineWatch.Sink {

  /** What this process runs on; asked when there is something to send. */
  public interface Host {
    /** What this function is. */
    FunctionIdentity identity();

    /**
     * The process ends.
     *
     * @param bySignal whether the platform ends it, and not the application
     * @return what is known of a start that came to nothing; null when it was over
     */
    @Nullable InvocationRecord failedStart(boolean bySignal);
  }

  /**
   * How long a process that ends may be held up. SIGTERM leaves 500 ms on Lambda; and what could
   * not be sent is in the spool.
   */
  private static final long EXIT_BUDGET_NS = 400_000_000L;

  /**
   * Kept free at the end of an invocation's time, so that sending is never what makes it time out.
   */
  private static final long RESERVE_NS = 50_000_000L;

  /** The platform tells the deadline in milliseconds, and ends the process when it likes. */
  private static final long DEADLINE_SLACK_NS = 10_000_000L;

  private final Settings settings;
  private final DeadlineWatch watch;

  /**
   * Given back when the function has run out of memory, so that this can be told. What it takes to
   * encode a cold start, and to spare.
   */
  private volatile byte @Nullable [] reserve = new byte[1024 * 1024];

  private boolean watching;
  private boolean livesOn;
  private volatile @Nullable Exporter exporter;
  private volatile @Nullable Host host;

  /** The span whose record as a timeout the exporter has. */
  private volatile String lastTimeout = "";

  public Sending(Settings settings) {
    this.settings = settings;
    watch = new DeadlineWatch(settings.announceAfterMs, settings.deadlineMarginMs, this);
    Runtime.getRuntime().addShutdownHook(new AtExit());
  }

  /** To be called before anything is recorded. */
  public void runsOn(Host on) {
    host = on;
  }

  /** The process is not frozen between invocations: what is recorded goes in the background. */
  public void livesOn() {
    livesOn = true;
  }

  /** The function has run out of memory. */
  public void outOfMemory() {
    reserve = null;
    Exporter known = exporter;
    if (known != null) {
      // There may be too little left for a record; the next process makes it then.
      known.outOfMemory();
    }
  }

  /** The process was restored from an image. */
  public void restored() {
    Exporter known = exporter;
    if (known != null) {
      known.restored();
    }
  }

  /** An invocation is about to be handed to the handler. */
  public void began(Invocation invocation) {
    if (!watching) {
      watching = true;
      watch.start();
    }
    watch.watch(invocation);
    Exporter known = exporter;
    if (known != null && !livesOn) {
      known.began(invocation);
    }
  }

  /** The platform has taken its result. It may end the process before anything else is done. */
  public void delivered(Invocation invocation) {
    invocation.delivered();
    Exporter known = exporter;
    if (known != null && !livesOn) {
      known.delivered(invocation);
    }
  }

  /**
   * Its response is with the caller. Returns when the record is sent, or the time for it is over.
   */
  public void ended(Invocation invocation) {
    if (invocation.isOpen()) {
      return;
    }
    try {
      Exporter to = exporter();
      InvocationRecord record = invocation.record();
      to.add(record);
      invocation.recorded();
      if (livesOn) {
        to.flushSoon();
      } else {
        to.flush(
            isWorthWaiting(record),
            settings.exportBudgetMs * 1_000_000L,
            invocation.deadlineNanoTime - RESERVE_NS);
      }
    } catch (RuntimeException e) {
      Log.failure("Encoding", e);
    }
  }

  /**
   * A cold start or a failure is what people look for: its environment is held until the collector
   * has it. For a warm success the kernel's word is enough until the next invocation.
   */
  private static boolean isWorthWaiting(InvocationRecord record) {
    return record.coldStart != null || record.outcome != Outcome.OK;
  }

  @Override
  public void unfinished(InvocationRecord record) {
    try {
      Exporter to = exporter();
      to.add(record);
      if (record.outcome == Outcome.TIMEOUT) {
        lastTimeout = record.context.spanId;
      }
      // On a thread of our own: a collector that did not answer costs nobody anything.
      to.endPause();
      long left = Math.max(RESERVE_NS, record.remainingNs);
      if (record.outcome == Outcome.RUNNING) {
        // The watch must be free again when something is about to be killed.
        left = Math.min(left / 2, settings.exportBudgetMs * 1_000_000L);
      }
      to.flush(true, left, System.nanoTime() + left);
    } catch (RuntimeException e) {
      Log.failure("Encoding", e);
    }
  }

  private Exporter exporter() {
    Exporter known = exporter;
    if (known == null) {
      synchronized (this) {
        known = exporter;
        if (known == null) {
          Host on = host;
          if (on == null) {
            throw new IllegalStateException("nothing is hooked yet");
          }
          known = new Exporter(settings, on.identity());
          exporter = known;
        }
      }
    }
    return known;
  }

  private final class AtExit extends Thread {
    AtExit() {
      super(null, null, "thaw-at-exit", 0, false);
    }

    @Override
    public void run() {
      try {
        boolean bySignal = ThreadStack.isEndedBySignal();
        Host on = host;
        InvocationRecord failedStart = on == null ? null : on.failedStart(bySignal);
        List<Invocation> open = Invocations.open();
        if (failedStart == null && open.isEmpty() && exporter == null) {
          return;
        }
        Exporter to = exporter();
        if (failedStart != null) {
          to.add(failedStart);
        }
        long end = System.nanoTime() + EXIT_BUDGET_NS;
        for (int i = 0; i < open.size(); i++) {
          Invocation invocation = open.get(i);
          if (!bySignal) {
            // An exit that is held past the deadline would be a timeout; the spool has the record.
            long latest = invocation.deadlineNanoTime - RESERVE_NS;
            end = latest - end < 0 ? latest : end;
          }
          // The watch may be in the middle of handing it over, and this process gone before it is.
          boolean isTold =
              bySignal
                  && !invocation.isDelivered()
                  && invocation.context().spanId.equals(lastTimeout);
          if (!invocation.isRecorded() && !isTold) {
            to.add(last(invocation, bySignal));
          }
        }
        to.endPause();
        to.flush(true, EXIT_BUDGET_NS, end);
      } catch (Throwable e) {
        Log.failure("Sending at exit", e);
      }
    }

    private InvocationRecord last(Invocation invocation, boolean bySignal) {
      boolean over =
          System.nanoTime() - invocation.deadlineNanoTime >= (bySignal ? -DEADLINE_SLACK_NS : 0);
      // A result that the platform did not take came too late: to its caller it timed out.
      if (!invocation.isOpen() && (invocation.isDelivered() || !over)) {
        return invocation.record();
      }
      if (over) {
        return invocation.provisionalRecord(Outcome.TIMEOUT);
      }
      invocation.crashes(bySignal ? "terminated" : "exit");
      return invocation.provisionalRecord(Outcome.CRASH);
    }
  }
}
