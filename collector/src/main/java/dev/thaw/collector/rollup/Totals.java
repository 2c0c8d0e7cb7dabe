package dev.thaw.collector.rollup;

import org.HdrHistogram.Histogram;

/** What a function did over any number of minutes. Not thread-safe. */
public final class Totals extends Counters {

  private final Histogram durations = new Histogram(Values.DIGITS);
  private final Histogram inits = new Histogram(Values.DIGITS);

  public void add(Minute minute) {
    addCounters(minute);
    minute.addTo(durations, inits);
  }

  /** Durations in microseconds. */
  public Histogram durations() {
    return durations;
  }

  /** Init durations of cold starts in microseconds. */
  public Histogram inits() {
    return inits;
  }
}
