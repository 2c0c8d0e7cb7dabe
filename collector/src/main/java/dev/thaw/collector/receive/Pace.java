package dev.thaw.collector.receive;

import java.util.concurrent.TimeUnit;

/**
 * How fast senders are answered: as fast as the store goes, when it is slower than the journal.
 * Spans that wait for longer outlive the young generation of the heap, and are copied with each
 * collection; that took a tenth of the processors. Thread-safe.
 */
final class Pace {

  private final long mostBytes;
  private final long mostNs;
  private long waiting;

  /**
   * @param mostBytes that wait while an answer goes out
   * @param mostMs how long an answer is held back at most, milliseconds
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
    long end = System.nanoTime() + mostNs;
    long left = mostNs;
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
