package dev.thaw.collector.model;

/**
 * From, inclusive, to, exclusive; nanoseconds since the Unix epoch.
 *
 * @throws IllegalArgumentException when it ends before it begins
 */
public record TimeRange(long fromEpochNs, long toEpochNs) {
  public TimeRange {
    if (toEpochNs < fromEpochNs) {
      throw new IllegalArgumentException(
          "The time range ends before it begins: give 'to' after 'from'");
    }
  }

  /** How long one of so many equal parts is, nanoseconds, rounded up. */
  public long partNs(int parts) {
    return Math.max(1, (toEpochNs - fromEpochNs + parts - 1) / parts);
  }

  public static TimeRange ofMillis(long from, long to) {
    return new TimeRange(from * 1_000_000, to * 1_000_000);
  }
}
