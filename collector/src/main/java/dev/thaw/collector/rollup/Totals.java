package dev.thaw.collector.rollup;

import org.HdrHistogram.Histogram;

/** What a function did over any number of rows of the rollups. Not thread-safe. */
public final class Totals extends Counters {

  private final Histogram warm = new Histogram(Values.DIGITS);
  private final Histogram cold = new Histogram(Values.DIGITS);
  private long billedMbMs;
  private final Histogram inits = new Histogram(Values.DIGITS);

  public void add(Bucket bucket) {
    addCounters(bucket);
    billedMbMs += bucket.addTo(warm, cold, inits);
  }

  /** What is billed by time: megabytes of configured memory times begun milliseconds. */
  public long billedMbMs() {
    return billedMbMs;
  }

  /** Durations of warm invocations in microseconds. */
  public Histogram warm() {
    return warm;
  }

  /** Durations of cold invocations in microseconds, without their init. */
  public Histogram cold() {
    return cold;
  }

  /** Durations of all invocations in microseconds. */
  public Histogram durations() {
    Histogram all = warm.copy();
    all.add(cold);
    return all;
  }

  /** How long all invocations took together, microseconds, to three digits each. */
  public double tookMicros() {
    return warm.getMean() * warm.getTotalCount() + cold.getMean() * cold.getTotalCount();
  }

  /** Init durations of cold starts in microseconds. */
  public Histogram inits() {
    return inits;
  }
}
