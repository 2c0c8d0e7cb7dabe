package dev.thaw.collector.rollup;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * A few values and how often each came, to three digits: what an HdrHistogram of three digits would
 * hold, at the price of what is in it. A histogram itself reserves room for all that could be. Not
 * thread-safe.
 */
final class Values {

  static final int DIGITS = 3;

  /** A histogram of three digits tells 2,048 values of one power of two apart. */
  private static final int BITS = 11;

  private static final int LONGEST_VARINT = 10;

  private long[] values = new long[4];
  private long[] counts = new long[4];
  private int size;

  /** The smallest value that a histogram does not tell apart from it. */
  static long quantized(long value) {
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - BITS);
    return value >> shift << shift;
  }

  /**
   * @param value at least 0
   * @param by how often it came; negative to take it out again
   */
  void add(long value, long by) {
    long kept = quantized(value);
    int at = Arrays.binarySearch(values, 0, size, kept);
    if (at >= 0) {
      counts[at] += by;
      if (counts[at] == 0) {
        removeAt(at);
      }
    } else if (by != 0) {
      insertAt(-at - 1, kept, by);
    }
  }

  private void insertAt(int at, long value, long count) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    System.arraycopy(values, at, values, at + 1, size - at);
    System.arraycopy(counts, at, counts, at + 1, size - at);
    values[at] = value;
    counts[at] = count;
    size++;
  }

  private void removeAt(int at) {
    size--;
    System.arraycopy(values, at + 1, values, at, size - at);
    System.arraycopy(counts, at + 1, counts, at, size - at);
  }

  void add(Values other) {
    for (int i = 0; i < other.size; i++) {
      add(other.values[i], other.counts[i]);
    }
  }

  void addTo(Histogram histogram) {
    for (int i = 0; i < size; i++) {
      if (counts[i] > 0) {
        histogram.recordValueWithCount(values[i], counts[i]);
      }
    }
  }

  int mostBytes() {
    return (1 + 2 * size) * LONGEST_VARINT;
  }

  /**
   * Their number, then of each the distance to the one before and its count, as varints; the count
   * in zigzag, because a change may take out more than it puts in.
   */
  void write(ByteBuffer to) {
    varint(to, size);
    long before = 0;
    for (int i = 0; i < size; i++) {
      varint(to, values[i] - before);
      varint(to, counts[i] << 1 ^ counts[i] >> 63);
      before = values[i];
    }
  }

  /**
   * @throws IllegalArgumentException when there is something else
   */
  static Values read(Encoded from) {
    Values read = new Values();
    read.size = from.size();
    read.values = new long[Math.max(4, read.size)];
    read.counts = new long[Math.max(4, read.size)];
    long before = 0;
    for (int i = 0; i < read.size; i++) {
      before += from.varint();
      read.values[i] = before;
      read.counts[i] = from.zigzag();
    }
    return read;
  }

  /**
   * Adds what was written to a histogram, without making an object of it.
   *
   * @throws IllegalArgumentException when there is something else
   */
  static void readInto(Histogram histogram, Encoded from) {
    int size = from.size();
    long value = 0;
    for (int i = 0; i < size; i++) {
      value += from.varint();
      long count = from.zigzag();
      if (count > 0) {
        histogram.recordValueWithCount(value, count);
      }
    }
  }

  private static void varint(ByteBuffer to, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      to.put((byte) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    to.put((byte) left);
  }
}
