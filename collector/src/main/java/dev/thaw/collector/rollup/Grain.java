package dev.thaw.collector.rollup;

/** How long the time is that one row of the rollups is about. */
public enum Grain {
  MINUTE(1),
  HOUR(60);

  private final int minutes;

  Grain(int minutes) {
    this.minutes = minutes;
  }

  public int minutes() {
    return minutes;
  }

  /** The first minute of the row that a minute belongs to. */
  public long of(long epochMinute) {
    return Math.floorDiv(epochMinute, minutes) * minutes;
  }
}
