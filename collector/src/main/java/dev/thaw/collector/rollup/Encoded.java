package dev.thaw.collector.rollup;

/** Numbers out of bytes, one after the other. Not thread-safe. */
final class Encoded {

  private final byte[] bytes;
  private int at;

  Encoded(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
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
   * @throws IllegalArgumentException when there is nothing more
   */
  long varint() {
    // Most are small, and there are millions.
    if (at < bytes.length && bytes[at] >= 0) {
      return bytes[at++];
    }
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
