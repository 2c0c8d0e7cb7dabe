package dev.thaw.collector.rollup;

/** What rules ask of what a function did over some time. */
public interface Measures {

  long invocations();

  long errors();

  long timeouts();

  long crashes();

  long coldStarts();

  /** Calls to this function that were refused. */
  long throttled();

  /** Processes that never became ready. */
  long failedStarts();

  /**
   * How long so many percent of the invocations took at most, microseconds.
   *
   * @param percentile 0 to 100; 100 is the largest value
   * @return -1 when there is no value; so with the other percentiles
   */
  long durationAt(double percentile);

  /** Of the cold starts' init durations, microseconds. */
  long initAt(double percentile);

  /** How many cold starts took so long to start, or longer. */
  long initsOfAtLeast(long micros);

  /** Of how long messages waited, microseconds. */
  long waitAt(double percentile);

  /** Of the share of their time limit that invocations took, percent. */
  long timeUsedAt(double percentile);

  /** Of the share of the configured memory that was in use, percent. */
  long memoryUsedAt(double percentile);

  /** What is billed by time: megabytes of configured memory times begun milliseconds. */
  long billedMbMs();

  /** Messages that had failed too often elsewhere, and came here. */
  long deadLetters();
}
