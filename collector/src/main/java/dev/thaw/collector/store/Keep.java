package dev.thaw.collector.store;

import java.time.Duration;

/**
 * How long what is kept. Counted from when it came.
 *
 * @param ordinary traces in which nothing happened
 * @param notable traces with a cold start, an error, a timeout, a crash or a throttle; not shorter
 * @param share of the ordinary traces that is kept as long as the notable ones, 0 to 1
 * @param rollups counts and percentiles
 * @param bytes what the store may take on the disk: the oldest goes earlier where it is more
 */
public record Keep(
    Duration ordinary, Duration notable, double share, Duration rollups, long bytes) {

  public Keep {
    if (notable.compareTo(ordinary) < 0) {
      throw new IllegalArgumentException("Notable traces can't be kept shorter than ordinary ones");
    }
    if (share < 0 || share > 1) {
      throw new IllegalArgumentException("A share is from 0 to 1, not " + share);
    }
  }
}
