package dev.thaw.agent.export;

import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.log.Log;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The records that wait, and their way to the collector. Thread-safe; the caller is never held
 * beyond the time it gives.
 *
 * <p>A warm success is posted by the caller's own thread, on the open connection: nothing in that
 * waits. Whatever may wait (a connection, a name service, an answer) is done by a thread of its
 * own, for which the caller waits no longer than its time. Records are kept, in memory and in the
 * {@link Spool}, until the collector has confirmed them. Bounded in bytes: over the limit the
 * oldest traces are dropped and counted. After several failures in a row it stops trying for a
 * while, so that a collector that hangs costs the environment its time a few times and not with
 * every invocation.
 */
final class Exporter {

  private static final int FAILURES_TO_PAUSE = 3;
  private static final long PAUSE_NS = 10_000_000_000L;

  /** So many bytes are on their way at once; the kernel has room for them. */
  private static final int MOST_UNANSWERED = 64 * 1024;

  /** Small enough for the kernel to take it without waiting for the other side. */
  private static final int LONGEST_POST = 16 * 1024;

  /** A busy environment waits for room on its connection for at most one part in so many. */
  private static final int REST = 20;

  /** An answer that has begun to arrive is there as a whole within this time, or never. */
  private static final long ANSWER_NS = 50_000_000L;

  /**
   * A request is not made longer than this by joining. A collector must be able to answer it within
   * a budget: one that can't is sent the same again and again, and gets slower by that.
   */
  private static final int LONGEST_REQUEST = 64 * 1024;

  /** The first sending also loads its classes and opens its connection. */
  private static final long FIRST_EXTRA_NS = 300_000_000L;

  private final SpanMapping mapping;
  private final Outlet outlet;
  private final Spool spool;
  private final long mostBytes;

  /** Who holds it talks to the outlet. */
  private final ReentrantLock talking = new ReentrantLock();

  /** In the order of their arrival; guarded by itself, as are the three below. */
  private final List<Parcel> waiting = new ArrayList<>();

  /** The span whose final record came last. */
  private String lastEnded = "";

  private long waitingBytes;
  private long dropped;

  /** What was posted, batch by batch. Guarded by {@link #talking}. */
  private final ArrayDeque<List<Parcel>> unanswered = new ArrayDeque<>();

  /** Guarded by {@link #talking}. */
  private int unansweredBytes;

  /** Whether the last post found a connection, but no room on it. */
  private volatile boolean isFull;

  private volatile long restUntil = System.nanoTime();
  private volatile long lastHeard = restUntil;
  private volatile int failures;
  private volatile long pausedUntil;
  private long failedEnd;
  private volatile long lastSendNs;
  private volatile boolean isFirst = true;
  private final Sender sender = new Sender();

  Exporter(Settings settings, FunctionIdentity identity) {
    spool = new Spool(settings.spool, settings.exportBufferBytes);
    Spool.Legacy legacy = spool.legacy();
    Spool.Mark mark = legacy.mark;
    mapping =
        new SpanMapping(
            settings,
            identity,
            mark == null || mark.state.equals(Spool.Mark.SUCCEEDED) ? "" : mark.requestId,
            mark != null && mark.state.equals(Spool.Mark.TIMEOUT)
                ? Outcome.TIMEOUT.word
                : Outcome.RUNNING.word);
    outlet =
        settings.exportToStdout
            ? new StdoutLines()
            : new OtlpHttp(settings.tracesEndpoint, settings.headers);
    mostBytes = settings.exportBufferBytes;
    for (int i = 0; i < legacy.parcels.size(); i++) {
      Parcel parcel = legacy.parcels.get(i);
      waiting.add(parcel);
      waitingBytes += parcel.bytes.length;
    }
    if (mark != null) {
      addUntold(mark);
    }
  }

  /** Of some ends nobody knows but the file. */
  private void addUntold(Spool.Mark mark) {
    Outcome outcome;
    switch (mark.state) {
      case Spool.Mark.SUCCEEDED:
        outcome = Outcome.OK;
        break;
      case Spool.Mark.OUT_OF_MEMORY:
        outcome = Outcome.ERROR;
        break;
      case Spool.Mark.BEGUN:
        outcome = Outcome.CRASH;
        break;
      default:
        // Its own records tell.
        return;
    }
    try {
      add(
          Invocation.ofEarlierProcess(
              mark.requestId,
              mark.startEpochNs,
              mark.untilEpochNs,
              mark.traceId,
              mark.spanId,
              outcome));
    } catch (RuntimeException e) {
      Log.failure("Recording what an earlier process left", e);
    }
  }

  /** An invocation begins; on its own thread. */
  void began(Invocation invocation) {
    spool.mark(
        new Spool.Mark(
            Spool.Mark.BEGUN,
            invocation.requestId,
            invocation.startEpochMs * 1_000_000L,
            invocation.startEpochMs * 1_000_000L
                + (invocation.deadlineNanoTime - invocation.startNanoTime),
            "",
            ""));
  }

  /** The platform has its result; on its own thread. */
  void delivered(Invocation invocation) {
    if (invocation.isOk()) {
      spool.succeeded(invocation.requestId, invocation.epochNs(System.nanoTime()));
    }
  }

  /** The invocation has met an OutOfMemoryError. */
  void outOfMemory() {
    spool.outOfMemory();
  }

  /**
   * Takes a record, in place of an older one of the same span unless that is its final one; a flush
   * is to follow.
   */
  void add(InvocationRecord record) {
    Parcel parcel =
        new Parcel(
            mapping.encode(record, dropped(), lastSendNs),
            record.context.traceId,
            record.context.spanId,
            record.provisional);
    synchronized (waiting) {
      // The watch may have looked a moment before the end, and come here a moment after it.
      if (parcel.provisional && parcel.spanId.equals(lastEnded)) {
        return;
      }
      for (int i = waiting.size() - 1; i >= 0; i--) {
        Parcel older = waiting.get(i);
        if (older.spanId.equals(parcel.spanId)) {
          if (parcel.provisional && !older.provisional) {
            return;
          }
          waitingBytes -= older.bytes.length;
          waiting.remove(i);
        }
      }
      if (!parcel.provisional) {
        lastEnded = parcel.spanId;
      }
      waiting.add(parcel);
      waitingBytes += parcel.bytes.length;
      if (waitingBytes > mostBytes) {
        dropOldest();
      }
    }
    if (record.outcome == Outcome.RUNNING || record.outcome == Outcome.TIMEOUT) {
      spool.mark(
          new Spool.Mark(
              record.outcome == Outcome.RUNNING ? Spool.Mark.RUNNING : Spool.Mark.TIMEOUT,
              record.requestId,
              record.startEpochNs,
              record.endEpochNs + record.remainingNs,
              record.context.traceId,
              record.context.spanId));
      // The process may be gone before it is sent.
      spool();
    } else {
      spool.ended();
    }
  }

  private long dropped() {
    synchronized (waiting) {
      return dropped;
    }
  }

  /** Down to three quarters, so that it does not happen with each record; the newest stays. */
  private void dropOldest() {
    while (waitingBytes > mostBytes / 4 * 3 && waiting.size() > 1) {
      String trace = waiting.get(0).traceId;
      for (int i = waiting.size() - 2; i >= 0; i--) {
        Parcel parcel = waiting.get(i);
        if (i == 0 || !trace.isEmpty() && parcel.traceId.equals(trace)) {
          waitingBytes -= parcel.bytes.length;
          waiting.remove(i);
          dropped++;
        }
      }
    }
    Log.once(
        "Too much waits for "
            + outlet.name()
            + ", the oldest traces are dropped. Is the collector there?");
  }

  /**
   * Sends everything that waits.
   *
   * @param patient whether to wait until the collector has it. If not, and there is a connection,
   *     the batch is handed to the kernel, and the answer is read at a later flush: a warm
   *     environment is not held for as long as the collector needs to make the batch durable. To a
   *     collector so slow that there is no room left, it goes with one of the next flushes
   * @param budgetNs how long this may take
   * @param deadlineNanoTime when it is over in any case
   */
  void flush(boolean patient, long budgetNs, long deadlineNanoTime) {
    long start = System.nanoTime();
    // A handler may leave its thread interrupted; that is for whoever waits next, not for this.
    boolean interrupted = Thread.interrupted();
    try {
      if (isPaused() || !patient && (post() || isFull && start - restUntil < 0)) {
        return;
      }
      boolean waitsForRoom = !patient && isFull;
      long budget = isFirst ? budgetNs + FIRST_EXTRA_NS : budgetNs;
      isFirst = false;
      long end = start + Math.min(budget, deadlineNanoTime - start);
      if (end - System.nanoTime() > 0 && !sender.send(patient, end) && lastHeard - start < 0) {
        failed(end);
      }
      if (waitsForRoom) {
        long now = System.nanoTime();
        restUntil = now + REST * (now - start);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (Throwable e) {
      Log.failure("Sending", e);
    } finally {
      spool();
      lastSendNs = System.nanoTime() - start;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** It is the last chance, or costs nobody anything: what failed before does not matter. */
  void endPause() {
    failures = 0;
  }

  /** Sends everything that waits, some time soon; for a process that is not frozen. */
  void flushSoon() {
    if (!isPaused()) {
      sender.sendSoon();
    }
  }

  /** This process was restored from an image: its connections are those of another time. */
  void restored() {
    talking.lock();
    try {
      outlet.restored();
      giveUpAnswers();
    } finally {
      talking.unlock();
    }
  }

  private boolean isPaused() {
    return failures >= FAILURES_TO_PAUSE && System.nanoTime() - pausedUntil < 0;
  }

  /**
   * The caller of a flush and the sender may both find that its time is over: one failure.
   *
   * @param end when the time was to be over, by which it is known
   */
  private synchronized void failed(long end) {
    pausedUntil = System.nanoTime() + PAUSE_NS;
    if (failures == 0 || failedEnd != end) {
      failures++;
    }
    failedEnd = end;
  }

  /**
   * @return whether everything is on its way; if not, somebody must wait for something
   */
  private boolean post() {
    if (!talking.tryLock()) {
      return false;
    }
    try {
      boolean more = true;
      while (more && !unanswered.isEmpty() && outlet.hasAnswer()) {
        more = readAnswer(System.nanoTime() + ANSWER_NS);
      }
      boolean isOnItsWay = postPieces();
      isFull = !isOnItsWay && !unanswered.isEmpty();
      return isOnItsWay;
    } finally {
      talking.unlock();
    }
  }

  /** As much as there is room for on the connection that is open. */
  private boolean postPieces() {
    while (true) {
      List<Parcel> batch = unsent(LONGEST_POST);
      if (batch.isEmpty()) {
        return true;
      }
      byte[] request = joined(batch);
      if (request.length > LONGEST_POST
          || unansweredBytes + request.length > MOST_UNANSWERED
          || !outlet.post(request)) {
        return false;
      }
      posted(batch, request.length);
    }
  }

  private void posted(List<Parcel> batch, int length) {
    synchronized (waiting) {
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).posted = true;
      }
    }
    unanswered.add(batch);
    unansweredBytes += length;
  }

  /**
   * Everything that may have to wait for the other side; on the sender's thread.
   *
   * @param patient whether to wait until all is confirmed; if not, until all is on its way
   */
  private void sendAll(boolean patient, long end) {
    talking.lock();
    try {
      while (true) {
        if (!unanswered.isEmpty()) {
          // What is new goes behind what is on its way, before anything is waited for.
          if (postPieces() && !patient || !readAnswer(end)) {
            return;
          }
          continue;
        }
        List<Parcel> batch = unsent(LONGEST_REQUEST);
        if (batch.isEmpty()) {
          return;
        }
        byte[] request = joined(batch);
        Outlet.Result result = outlet.send(request, end);
        if (result == Outlet.Result.NOT_YET) {
          posted(batch, request.length);
          failed(end);
          return;
        }
        settle(batch, result, end);
        if (result == Outlet.Result.LATER) {
          return;
        }
      }
    } finally {
      talking.unlock();
      spool();
    }
  }

  /**
   * @return false when there was none, and it may still come
   */
  private boolean readAnswer(long end) {
    Outlet.Result result = outlet.answer(end);
    if (result == Outlet.Result.NOT_YET) {
      failed(end);
      return false;
    }
    List<Parcel> batch = unanswered.remove();
    unansweredBytes -= length(batch);
    settle(batch, result, end);
    if (result == Outlet.Result.LATER) {
      // Without a connection the other answers don't come either: all that is sent again.
      giveUpAnswers();
    }
    return true;
  }

  private void giveUpAnswers() {
    unanswered.clear();
    unansweredBytes = 0;
    synchronized (waiting) {
      for (int i = 0; i < waiting.size(); i++) {
        waiting.get(i).posted = false;
      }
    }
  }

  private List<Parcel> unsent(int mostBytes) {
    synchronized (waiting) {
      List<Parcel> unsent = new ArrayList<>();
      long bytes = 0;
      for (int i = 0; i < waiting.size(); i++) {
        Parcel parcel = waiting.get(i);
        if (parcel.posted) {
          continue;
        }
        bytes += parcel.bytes.length;
        if (!unsent.isEmpty() && bytes > mostBytes) {
          break;
        }
        unsent.add(parcel);
      }
      return unsent;
    }
  }

  private static byte[] joined(List<Parcel> batch) {
    if (batch.size() == 1) {
      return batch.get(0).bytes;
    }
    byte[] all = new byte[length(batch)];
    int at = 0;
    for (int i = 0; i < batch.size(); i++) {
      byte[] bytes = batch.get(i).bytes;
      System.arraycopy(bytes, 0, all, at, bytes.length);
      at += bytes.length;
    }
    return all;
  }

  private static int length(List<Parcel> batch) {
    int length = 0;
    for (int i = 0; i < batch.size(); i++) {
      length += batch.get(i).bytes.length;
    }
    return length;
  }

  private void settle(List<Parcel> batch, Outlet.Result result, long end) {
    if (result == Outlet.Result.LATER) {
      failed(end);
      return;
    }
    failures = 0;
    lastHeard = System.nanoTime();
    synchronized (waiting) {
      // What arrived first is what was sent first: mostly this is the head of the list.
      for (int i = 0; i < batch.size(); i++) {
        if (waiting.remove(batch.get(i))) {
          waitingBytes -= batch.get(i).bytes.length;
        }
      }
    }
  }

  private void spool() {
    // One at a time from look to write: an older look must not be written over a newer one.
    synchronized (spool) {
      List<Parcel> kept;
      synchronized (waiting) {
        kept = new ArrayList<>(waiting);
      }
      spool.keep(kept);
    }
  }

  /** One thread for whatever may wait. Started at the first need. */
  private final class Sender implements Runnable {

    /** In a process that lives on, so much is gathered before it is sent. */
    private static final long GATHER_MS = 200;

    /** Who is not back so long after the end of its time is not about to be. */
    private static final long STUCK_NS = 50_000_000L;

    private final Thread thread = new Thread(null, this, "thaw-sender", 0, false);
    private boolean started;
    private long asked;
    private long done;
    private volatile long end;
    private boolean patient;
    private boolean busy;
    private boolean gather;

    /**
     * @return whether everything that waited before has been tried; false when the time was over
     */
    synchronized boolean send(boolean forAnswers, long deadlineNanoTime)
        throws InterruptedException {
      long now = System.nanoTime();
      if (busy && now - end > STUCK_NS) {
        // It is stuck beyond its time: in a name service, or with a peer that does not read.
        outlet.abort();
        return false;
      }
      if (!busy || deadlineNanoTime - end > 0) {
        end = deadlineNanoTime;
      }
      gather = false;
      patient |= forAnswers;
      long mine = ask();
      while (done - mine < 0) {
        long left = deadlineNanoTime - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        wait(left / 1_000_000L, (int) (left % 1_000_000L));
      }
      return true;
    }

    synchronized void sendSoon() {
      if (asked == done) {
        gather = true;
        patient = true;
        ask();
      }
    }

    private long ask() {
      if (!started) {
        started = true;
        thread.setDaemon(true);
        thread.start();
      }
      asked++;
      notifyAll();
      return asked;
    }

    @Override
    public void run() {
      while (true) {
        try {
          long upTo = begin();
          try {
            sendAll(takePatience(), end);
          } finally {
            finish(upTo);
          }
        } catch (Throwable e) {
          Log.failure("Sending", e);
        }
      }
    }

    private synchronized long begin() throws InterruptedException {
      while (asked == done) {
        wait();
      }
      if (gather) {
        wait(GATHER_MS);
        end = System.nanoTime() + 10 * GATHER_MS * 1_000_000L;
      }
      busy = true;
      return asked;
    }

    private synchronized boolean takePatience() {
      boolean is = patient;
      patient = false;
      return is;
    }

    private synchronized void finish(long upTo) {
      busy = false;
      done = upTo;
      notifyAll();
    }
  }
}
