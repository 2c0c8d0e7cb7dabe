package dev.thaw.collector.rollup;

import java.nio.ByteBuffer;

/** A row's bytes, from which numbers are read one after the other. Not thread-safe. */
final class Encoded {

  /**
   * What the bytes begin with when they hold {@linkplain Tally#place places}. Those that hold the
   * values themselves, as earlier versions wrote them, begin with the first byte of a counter,
   * which is 0 or -1.
   */
  static final byte OF_PLACES = 1;

  private static final int MOST_PLACES = Tally.place(Long.MAX_VALUE) + 1;

  private final byte[] bytes;
  private final boolean isOfPlaces;
  private int at;

  Encoded(byte[] bytes) {
    this.bytes = bytes;
    isOfPlaces = bytes.length > 0 && bytes[0] == OF_PLACES;
    at = isOfPlaces ? 1 : 0;
  }

  /** Counters, each of eight bytes. */
  ByteBuffer fixed(int length) {
    at += length;
    return ByteBuffer.wrap(bytes, at - length, length);
  }

  Encoded skip(int length) {
    at += length;
    return this;
  }

  /**
   * Where a value belongs that was written as the sum of distances.
   *
   * @throws IllegalArgumentException when there is no such place
   */
  int place(long sum) {
    long place = isOfPlaces ? sum : Tally.place(Math.max(0, sum));
    if (place < 0 || place >= MOST_PLACES) {
      throw new IllegalArgumentException("a value at " + place);
    }
    return (int) place;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  /**
   * How many things follow, each of at least one byte.
   *
   * @throws IllegalArgumentException when there can't be so many
   */
  int size() {
    long size = varint();
    if (size < 0 || size > bytes.length - at) {
      throw new IllegalArgumentException(size + " values in " + (bytes.length - at) + " bytes");
    }
    return (int) size;
  }

  /**
   * Adds a list of values to a tally, without making an object of it.
   *
   * @throws IllegalArgumentException when there is something else
   */
  void addTo(Tally tally) {
    byte[] from = bytes;
    long sum = 0;
    for (int left = size(); left > 0; left--) {
      int next = at;
      if (next + 1 < from.length && (from[next] | from[next + 1]) >= 0) {
        // Most are so small, and there are millions.
        at = next + 2;
        sum += from[next];
        int count = from[next + 1];
        tally.add(place(sum), count >>> 1 ^ -(count & 1));
      } else {
        sum += varint();
        tally.add(place(sum), zigzag());
      }
    }
  }

  /**
   * @throws IllegalArgumentException when there is nothing more
   */
  long varint() {
    long value = 0;
    for (int shift = 0; at < bytes.length; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number that is cut off");
  }

  /**
   * Goes to where the last numbers begin.
   *
   * @param numbers how many of them; not more than there are
   */
  void skipToLast(int numbers) {
    int left = numbers;
    int end = bytes.length - 1;
    while (end > at) {
      // The byte before is the last one of the number before.
      if (bytes[end - 1] >= 0 && --left == 0) {
        break;
      }
      end--;
    }
    at = end;
  }

  /** A number that may be negative. */
  long zigzag() {
    long count = varint();
    return count >>> 1 ^ -(count & 1);
  }
}
