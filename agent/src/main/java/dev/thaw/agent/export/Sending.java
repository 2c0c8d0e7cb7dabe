package dev.thaw.agent.export;

import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.DeadlineWatch;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.log.Log;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When to send: after each response and before the freeze, on the runtime's own thread; at an
 * announcement and before a kill, on the watch's thread; and when the process ends.
 *
 * <p>Nothing is sent while a response is outstanding on the thread that owes it. What can't be sent
 * in time waits for the next chance. The exporter, and OpenTelemetry with it, is loaded at the
 * first sending. Thread-safe; never throws.
 */
public final class Sending implements DeadlineWatch.Sink {

  /** How long a process that ends may be held up. SIGTERM leaves 500 ms on Lambda. */
  private static final long EXIT_BUDGET_NS = 400_000_000L;

  /**
   * Kept free at the end of an invocation's time, so that sending is never what makes it time out.
   */
  private static final long RESERVE_NS = 20_000_000L;

  private final Settings settings;
  private final FunctionIdentity identity;
  private final DeadlineWatch watch;
  private boolean watching;
  private volatile @Nullable Exporter exporter;

  public Sending(Settings settings, FunctionIdentity identity) {
    this.settings = settings;
    this.identity = identity;
    watch = new DeadlineWatch(settings.announceAfterMs, settings.deadlineMarginMs, this);
    Runtime.getRuntime().addShutdownHook(new AtExit());
  }

  /** An invocation is about to be handed to the handler. */
  public void began(Invocation invocation) {
    if (!watching) {
      watching = true;
      watch.start();
    }
    watch.watch(invocation);
  }

  /**
   * Its response is with the caller. Returns when the record is sent, or the time for it is over.
   */
  public void ended(Invocation invocation) {
    if (invocation.isOpen()) {
      return;
    }
    Exporter to = exporter();
    InvocationRecord record = invocation.record();
    to.add(record);
    to.flush(
        isWorthWaiting(record),
        settings.exportBudgetMs * 1_000_000L,
        invocation.deadlineNanoTime - RESERVE_NS);
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
    Exporter to = exporter();
    to.add(record);
    long left = Math.max(RESERVE_NS, record.remainingNs);
    to.flush(true, left, System.nanoTime() + left);
  }

  private Exporter exporter() {
    Exporter known = exporter;
    if (known == null) {
      synchronized (this) {
        known = exporter;
        if (known == null) {
          known = new Exporter(settings, identity);
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
        List<Invocation> open = Invocations.open();
        if (open.isEmpty() && exporter == null) {
          return;
        }
        Exporter to = exporter();
        for (int i = 0; i < open.size(); i++) {
          Invocation invocation = open.get(i);
          if (!invocation.isOpen()) {
            to.add(invocation.record());
          } else if (System.nanoTime() - invocation.deadlineNanoTime >= 0) {
            to.add(invocation.provisionalRecord(Outcome.TIMEOUT));
          } else {
            to.add(invocation.provisionalRecord(Outcome.CRASH));
          }
        }
        to.flush(true, EXIT_BUDGET_NS, System.nanoTime() + EXIT_BUDGET_NS);
      } catch (Throwable e) {
        Log.failure("Sending at exit", e);
      }
    }
  }
}
