package dev.thaw.agent.export;

import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The records that wait, and their way to the collector. Thread-safe.
 *
 * <p>Bounded: over the limit the oldest is dropped and counted. After several failures in a row it
 * stops trying for a while, so that a collector that hangs costs the environment its time budget
 * three times and not with every invocation.
 */
final class Exporter {

  private static final int MOST_PENDING = 500;
  private static final int FAILURES_TO_PAUSE = 3;
  private static final long PAUSE_NS = 10_000_000_000L;

  private final ReentrantLock sending = new ReentrantLock();
  private final List<InvocationRecord> pending = new ArrayList<>();
  private final SpanMapping mapping;
  private final OtlpHttp http;
  private long dropped;
  private int failures;
  private long pausedUntil;

  Exporter(Settings settings, FunctionIdentity identity) {
    mapping = new SpanMapping(settings, identity);
    http = new OtlpHttp(settings.tracesEndpoint, settings.headers);
  }

  void add(InvocationRecord record) {
    synchronized (pending) {
      for (int i = pending.size() - 1; i >= 0; i--) {
        InvocationRecord older = pending.get(i);
        if (older.provisional && older.context.spanId.equals(record.context.spanId)) {
          pending.remove(i);
        }
      }
      if (pending.size() >= MOST_PENDING) {
        pending.remove(0);
        dropped++;
        Log.once(
            "The collector takes nothing: the oldest records are dropped. Is it at "
                + http.endpoint()
                + "?");
      }
      pending.add(record);
    }
  }

  /**
   * Sends everything that waits; keeps it when that fails.
   *
   * @param budgetNs how long the collector may take. Loading the exporter's classes, at the first
   *     sending, is not in it: it happens once, and a budget that it used up would leave the cold
   *     start unsent
   * @param deadlineNanoTime when it is over in any case
   */
  void flush(long budgetNs, long deadlineNanoTime) {
    // A handler may leave its thread interrupted; that is for whoever waits next, not for this.
    boolean interrupted = Thread.interrupted();
    try {
      long wait = Math.min(budgetNs, deadlineNanoTime - System.nanoTime());
      if (sending.tryLock(Math.max(0, wait), TimeUnit.NANOSECONDS)) {
        try {
          sendPending(budgetNs, deadlineNanoTime);
        } finally {
          sending.unlock();
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void sendPending(long budgetNs, long deadlineNanoTime) {
    try {
      List<InvocationRecord> batch;
      synchronized (pending) {
        batch = new ArrayList<>(pending);
      }
      if (batch.isEmpty() || System.nanoTime() - pausedUntil < 0 && failures >= FAILURES_TO_PAUSE) {
        return;
      }
      byte[] request = mapping.encode(batch, dropped);
      OtlpHttp.Result result =
          http.send(request, Math.min(System.nanoTime() + budgetNs, deadlineNanoTime));
      if (result == OtlpHttp.Result.LATER) {
        failures++;
        pausedUntil = System.nanoTime() + PAUSE_NS;
        return;
      }
      failures = 0;
      synchronized (pending) {
        pending.removeAll(batch);
      }
    } catch (Throwable e) {
      Log.failure("Sending", e);
    }
  }
}
