package dev.thaw.collector.receive;

import java.util.concurrent.TimeUnit;

/**
 * How fast senders are answered: as fast as the store goes, when it is slower than the journal.
 * Spans that wait for longer outlive the young generation of the heap, and are copied with each
 * collection. Thread-safe.
 */
final class Pace {

  private final long mostBytes;
  private final long mostNs;
  private long waiting;

  /**
   * @param mostBytes that wait while an answer goes out at once
   * @param mostMs how long an answer is held back when twice as many wait or more, milliseconds;
   *     for less by so much less, so that a short stop of the store is hardly felt
   */
  Pace(long mostBytes, long mostMs) {
    this.mostBytes = mostBytes;
    mostNs = TimeUnit.MILLISECONDS.toNanos(mostMs);
  }

  /** So many bytes wait for the store from now on. */
  synchronized void waits(long bytes) {
    waiting += bytes;
  }

  /** The store has begun with so many of them. */
  synchronized void begun(long bytes) {
    waiting -= bytes;
    notifyAll();
  }

  /** Returns when little waits, or it has taken too long. */
  synchronized void await() {
    double over = Math.min(1, (double) (waiting - mostBytes) / mostBytes);
    long left = (long) (mostNs * over);
    long end = System.nanoTime() + left;
    while (waiting > mostBytes && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      left = end - System.nanoTime();
    }
  }
}
