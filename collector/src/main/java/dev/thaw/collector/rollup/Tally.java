package dev.thaw.collector.rollup;

import java.util.Arrays;

/**
 * How often each of many values came, to three digits: what an HdrHistogram of three digits would
 * hold and answer. A row of the rollups holds the same places that it counts in, so that the rows
 * of a day are added up in half of the time. Not thread-safe.
 */
public final class Tally {

  /** A histogram of three digits tells 2,048 values of one power of two apart. */
  private static final int BITS = 11;

  private static final int HALF = 1 << BITS - 1;

  /** What is done with each value that came. */
  public interface Visitor {
    /**
     * @param value the largest of those that are not told apart
     */
    void visit(long value, long count);
  }

  /** Places are in blocks of so many, a power of two; empty ones are passed over. */
  private static final int BLOCK_BITS = 6;

  private static final int BLOCK = 1 << BLOCK_BITS;

  private long[] counts = new long[0];

  /** By block, the sum of its counts. */
  private long[] sums = new long[0];

  /**
   * Where a value is counted.
   *
   * @param value at least 0
   */
  static int place(long value) {
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - BITS);
    return shift * HALF + (int) (value >> shift);
  }

  /** The smallest value of a place. */
  static long value(int place) {
    int shift = Math.max(0, place / HALF - 1);
    return (long) (place - shift * HALF) << shift;
  }

  private static long largest(int place) {
    return value(place + 1) - 1;
  }

  /**
   * @param place of at most the largest value there is, {@link #place} of it
   */
  void add(int place, long count) {
    if (place >= counts.length) {
      int length = Math.max(2 * HALF, 2 * Integer.highestOneBit(place));
      counts = Arrays.copyOf(counts, length);
      sums = Arrays.copyOf(sums, length >> BLOCK_BITS);
    }
    counts[place] += count;
    sums[place >> BLOCK_BITS] += count;
  }

  void clear() {
    Arrays.fill(counts, 0);
    Arrays.fill(sums, 0);
  }

  /** What both hold together. */
  Tally with(Tally other) {
    Tally both = new Tally();
    both.counts = counts.clone();
    both.sums = sums.clone();
    other.eachPlace(both::add);
    return both;
  }

  private interface PlaceVisitor {
    void visit(int place, long count);
  }

  private void eachPlace(PlaceVisitor visitor) {
    for (int block = 0; block < sums.length; block++) {
      if (sums[block] != 0) {
        for (int place = block << BLOCK_BITS; place < block + 1 << BLOCK_BITS; place++) {
          if (counts[place] != 0) {
            visitor.visit(place, counts[place]);
          }
        }
      }
    }
  }

  /** How many values there are. */
  public long total() {
    long total = 0;
    for (long sum : sums) {
      total += sum;
    }
    return total;
  }

  /**
   * The values that so many percent of all do not exceed: of those that are not told apart the
   * largest, or 0 when there is none.
   *
   * @param percentiles 0 to 100
   */
  public long[] at(double... percentiles) {
    long total = total();
    return Arrays.stream(percentiles).mapToLong(percentile -> at(percentile, total)).toArray();
  }

  private long at(double percentile, long total) {
    long wanted = Math.max(1, (long) Math.ceil(Math.nextDown(percentile) / 100 * total));
    long before = 0;
    for (int block = 0; block < sums.length && wanted <= total; block++) {
      if (before + sums[block] >= wanted) {
        return largest(placeOf(wanted - before, block));
      }
      before += sums[block];
    }
    return 0;
  }

  /** Where so many of a block have been seen. */
  private int placeOf(long wanted, int block) {
    int place = block << BLOCK_BITS;
    for (long seen = counts[place]; seen < wanted && (place + 1 & BLOCK - 1) != 0; ) {
      seen += counts[++place];
    }
    return place;
  }

  /** All values added up, each taken for the middle of those that are not told apart from it. */
  double sum() {
    double[] sum = {0};
    eachPlace(
        (place, count) ->
            sum[0] += (value(place) + (largest(place) - value(place) + 1) / 2) * (double) count);
    return sum[0];
  }

  /** In rising order. */
  public void forEach(Visitor visitor) {
    eachPlace(
        (place, count) -> {
          if (count > 0) {
            visitor.visit(largest(place), count);
          }
        });
  }
}
