package dev.thaw.collector.rollup;

/** What a function did over any number of rows of the rollups. Not thread-safe. */
public final class Totals extends Counters {

  private final Tally warm = new Tally();
  private final Tally cold = new Tally();
  private final Tally inits = new Tally();
  private long billedMbMs;

  /** Begins anew, with the room that there is: of many functions it is the most that is needed. */
  public void clear() {
    clearCounters();
    warm.clear();
    cold.clear();
    inits.clear();
    billedMbMs = 0;
  }

  public void add(Bucket bucket) {
    addCounters(bucket);
    billedMbMs += bucket.addTo(warm, cold, inits);
  }

  /** What is billed by time: megabytes of configured memory times begun milliseconds. */
  public long billedMbMs() {
    return billedMbMs;
  }

  /** Durations of warm invocations in microseconds. */
  public Tally warm() {
    return warm;
  }

  /** Durations of cold invocations in microseconds, without their init. */
  public Tally cold() {
    return cold;
  }

  /** Durations of all invocations in microseconds. */
  public Tally durations() {
    return warm.with(cold);
  }

  /** How long all invocations took together, microseconds, to three digits each. */
  public double tookMicros() {
    return warm.sum() + cold.sum();
  }

  /** Init durations of cold starts in microseconds. */
  public Tally inits() {
    return inits;
  }
}
