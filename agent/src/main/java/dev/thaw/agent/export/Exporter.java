package dev.thaw.agent.export;

import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.log.Log;
import java.util.ArrayDeque;
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

  /** More requests than this are not on their way at once. */
  private static final int MOST_UNANSWERED = 8;

  private static final long PAUSE_NS = 10_000_000_000L;

  private final ReentrantLock sending = new ReentrantLock();
  private final List<InvocationRecord> pending = new ArrayList<>();
  private final SpanMapping mapping;
  private final OtlpHttp http;

  /**
   * What was posted without waiting for the answer, batch by batch; it stays pending until that is
   * read.
   */
  private final ArrayDeque<List<InvocationRecord>> unanswered = new ArrayDeque<>();

  private long dropped;
  private int failures;
  private long pausedUntil;
  private long lastSendNs;

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
   * Sends everything that waits; keeps it until the collector has taken it.
   *
   * @param patient whether to wait for the collector's answer. If not, the batch is handed to the
   *     kernel, and the answer is read at the next flush: a warm environment is not held for as
   *     long as the collector needs to make the batch durable
   * @param budgetNs how long the collector may take. Loading the exporter's classes, at the first
   *     sending, is not in it: it happens once, and a budget that it used up would leave the cold
   *     start unsent
   * @param deadlineNanoTime when it is over in any case
   */
  void flush(boolean patient, long budgetNs, long deadlineNanoTime) {
    // A handler may leave its thread interrupted; that is for whoever waits next, not for this.
    boolean interrupted = Thread.interrupted();
    try {
      long wait = Math.min(budgetNs, deadlineNanoTime - System.nanoTime());
      if (sending.tryLock(Math.max(0, wait), TimeUnit.NANOSECONDS)) {
        long start = System.nanoTime();
        try {
          sendPending(patient, budgetNs, deadlineNanoTime);
        } finally {
          lastSendNs = System.nanoTime() - start;
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

  private void sendPending(boolean patient, long budgetNs, long deadlineNanoTime) {
    try {
      if (System.nanoTime() - pausedUntil < 0 && failures >= FAILURES_TO_PAUSE) {
        return;
      }
      long deadline = Math.min(System.nanoTime() + budgetNs, deadlineNanoTime);
      readAnswers(patient, deadline);
      List<InvocationRecord> batch = unsent();
      if (batch.isEmpty()) {
        return;
      }
      long end = Math.min(System.nanoTime() + budgetNs, deadlineNanoTime);
      if (!patient && http.post(mapping.encode(batch, dropped, lastSendNs), end)) {
        unanswered.add(batch);
        return;
      }
      // Of a patient flush every answer has been read. A post fails with its connection, and with
      // that go the answers that were still to come.
      unanswered.clear();
      batch = unsent();
      byte[] request = mapping.encode(batch, dropped, lastSendNs);
      settle(batch, http.send(request, Math.min(System.nanoTime() + budgetNs, deadlineNanoTime)));
    } catch (Throwable e) {
      Log.failure("Sending", e);
    }
  }

  /** Reads the answers that are there; all of them if that is worth waiting for. */
  private void readAnswers(boolean patient, long deadline) {
    while (!unanswered.isEmpty()
        && (patient || unanswered.size() >= MOST_UNANSWERED || http.hasAnswer())) {
      OtlpHttp.Result result = http.answer(deadline);
      List<InvocationRecord> batch = unanswered.remove();
      settle(batch, result);
      if (result == OtlpHttp.Result.LATER) {
        // Without a connection the other answers don't come either: all that is sent again.
        unanswered.clear();
      }
    }
  }

  private List<InvocationRecord> unsent() {
    synchronized (pending) {
      List<InvocationRecord> unsent = new ArrayList<>(pending);
      for (List<InvocationRecord> batch : unanswered) {
        unsent.removeAll(batch);
      }
      return unsent;
    }
  }

  private void settle(List<InvocationRecord> batch, OtlpHttp.Result result) {
    if (result == OtlpHttp.Result.LATER) {
      failures++;
      pausedUntil = System.nanoTime() + PAUSE_NS;
      return;
    }
    failures = 0;
    synchronized (pending) {
      pending.removeAll(batch);
    }
  }
}
