package dev.thaw.collector.rollup;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A few values and how often each came, to three digits: what an HdrHistogram of three digits would
 * hold, at the price of what is in it. A histogram itself reserves room for all that could be. Not
 * thread-safe.
 */
final class Values {

  static final int LONGEST_VARINT = 10;

  /** So many are put in one by one; more are merged. */
  private static final int FEW = 4;

  private int[] places = new int[4];
  private long[] counts = new long[4];
  private int size;

  /**
   * @param value at least 0
   * @param by how often it came; negative to take it out again
   */
  void add(long value, long by) {
    addAt(Tally.place(value), by);
  }

  private void addAt(int place, long by) {
    int at = Arrays.binarySearch(places, 0, size, place);
    if (at >= 0) {
      counts[at] += by;
      if (counts[at] == 0) {
        removeAt(at);
      }
    } else if (by != 0) {
      insertAt(-at - 1, place, by);
    }
  }

  private void insertAt(int at, int place, long count) {
    if (size == places.length) {
      places = Arrays.copyOf(places, Math.max(4, 2 * size));
      counts = Arrays.copyOf(counts, Math.max(4, 2 * size));
    }
    System.arraycopy(places, at, places, at + 1, size - at);
    System.arraycopy(counts, at, counts, at + 1, size - at);
    places[at] = place;
    counts[at] = count;
    size++;
  }

  private void removeAt(int at) {
    size--;
    System.arraycopy(places, at + 1, places, at, size - at);
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
        addAt(other.places[i], times * other.counts[i]);
      }
      return;
    }
    int[] bothPlaces = new int[size + other.size];
    long[] bothCounts = new long[size + other.size];
    int both = 0;
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      int own = i < size ? places[i] : Integer.MAX_VALUE;
      int others = j < other.size ? other.places[j] : Integer.MAX_VALUE;
      long count = own <= others ? counts[i++] : 0;
      count += others <= own ? times * other.counts[j++] : 0;
      if (count != 0) {
        bothPlaces[both] = Math.min(own, others);
        bothCounts[both++] = count;
      }
    }
    places = bothPlaces;
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
      sum += Tally.value(places[i]) * Math.max(0, counts[i]);
    }
    return sum;
  }

  /** How many values there are that are not smaller. */
  long atLeast(long value) {
    int place = Tally.place(value);
    long total = 0;
    for (int i = size - 1; i >= 0 && places[i] >= place; i--) {
      total += Math.max(0, counts[i]);
    }
    return total;
  }

  /** How many values there are that are not larger. */
  long atMost(long value) {
    int place = Tally.place(value);
    long total = 0;
    for (int i = 0; i < size && places[i] <= place; i++) {
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
      boolean isOwn = j == other.size || i < size && places[i] <= other.places[j];
      seen += Math.max(0, isOwn ? counts[i] : other.counts[j]);
      if (seen >= wanted) {
        return Tally.value(isOwn ? places[i] : other.places[j]);
      }
      if (isOwn) {
        i++;
      } else {
        j++;
      }
    }
    return -1;
  }

  void addTo(Tally tally) {
    for (int i = 0; i < size; i++) {
      tally.add(places[i], counts[i]);
    }
  }

  int mostBytes() {
    return (1 + 2 * size) * LONGEST_VARINT;
  }

  /**
   * Their number, then of each how many places it is behind the one before, and its count, as
   * varints; the count in zigzag, because a change may take out more than it puts in.
   */
  void write(ByteBuffer to) {
    varint(to, size);
    int before = 0;
    for (int i = 0; i < size; i++) {
      varint(to, places[i] - before);
      zigzag(to, counts[i]);
      before = places[i];
    }
  }

  /**
   * @throws IllegalArgumentException when there is something else
   */
  static Values read(Encoded from) {
    Values read = new Values();
    read.size = from.size();
    read.places = new int[Math.max(4, read.size)];
    read.counts = new long[Math.max(4, read.size)];
    long at = 0;
    for (int i = 0; i < read.size; i++) {
      at += from.varint();
      read.places[i] = from.place(at);
      read.counts[i] = from.zigzag();
    }
    return read;
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
