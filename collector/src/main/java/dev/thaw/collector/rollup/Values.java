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

  static final int LONGEST_VARINT = 10;

  /** So many are put in one by one; more are merged. */
  private static final int FEW = 4;

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
      values = Arrays.copyOf(values, Math.max(4, 2 * size));
      counts = Arrays.copyOf(counts, Math.max(4, 2 * size));
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
    add(other, 1);
  }

  /**
   * @param times how often; negative to take them out again
   */
  void add(Values other, long times) {
    if (other.size < FEW) {
      for (int i = 0; i < other.size; i++) {
        add(other.values[i], times * other.counts[i]);
      }
      return;
    }
    long[] bothValues = new long[size + other.size];
    long[] bothCounts = new long[size + other.size];
    int both = 0;
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      long own = i < size ? values[i] : Long.MAX_VALUE;
      long others = j < other.size ? other.values[j] : Long.MAX_VALUE;
      long count = own <= others ? counts[i++] : 0;
      count += others <= own ? times * other.counts[j++] : 0;
      if (count != 0) {
        bothValues[both] = Math.min(own, others);
        bothCounts[both++] = count;
      }
    }
    values = bothValues;
    counts = bothCounts;
    size = both;
  }

  long total() {
    long total = 0;
    for (int i = 0; i < size; i++) {
      total += Math.max(0, counts[i]);
    }
    return total;
  }

  /** All of them added up. */
  long sum() {
    long sum = 0;
    for (int i = 0; i < size; i++) {
      sum += values[i] * Math.max(0, counts[i]);
    }
    return sum;
  }

  /** How many values there are that are not smaller. */
  long atLeast(long value) {
    long kept = quantized(value);
    long total = 0;
    for (int i = size - 1; i >= 0 && values[i] >= kept; i--) {
      total += Math.max(0, counts[i]);
    }
    return total;
  }

  /** How many values there are that are not larger. */
  long atMost(long value) {
    long kept = quantized(value);
    long total = 0;
    for (int i = 0; i < size && values[i] <= kept; i++) {
      total += Math.max(0, counts[i]);
    }
    return total;
  }

  /**
   * The smallest value that so many percent of all do not exceed.
   *
   * @param percentile 0 to 100; 100 is the largest value
   * @return -1 when there is no value
   */
  long at(double percentile) {
    return at(percentile, new Values());
  }

  /** Of both together. */
  long at(double percentile, Values other) {
    long total = total() + other.total();
    long wanted = Math.max(1, (long) Math.ceil(percentile / 100 * total));
    long seen = 0;
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      boolean isOwn = j == other.size || i < size && values[i] <= other.values[j];
      seen += Math.max(0, isOwn ? counts[i] : other.counts[j]);
      if (seen >= wanted) {
        return isOwn ? values[i] : other.values[j];
      }
      if (isOwn) {
        i++;
      } else {
        j++;
      }
    }
    return -1;
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
      zigzag(to, counts[i]);
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

  static void zigzag(ByteBuffer to, long value) {
    varint(to, value << 1 ^ value >> 63);
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
