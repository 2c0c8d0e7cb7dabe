package dev.thaw.agent.export;

/**
 * Writes Protocol Buffers' wire format (protobuf.dev, «Encoding») into one array, which grows and
 * is used again. A message within a message is begun and ended; its length is put before it then.
 * Not thread-safe.
 */
final class ProtoWriter {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private static final int LONGEST_VARINT = 10;
  private static final int FIRST_SIZE = 2 * 1024;

  /** An array that grew beyond is not kept. */
  private static final int MOST_KEPT = 32 * 1024;

  private byte[] bytes = new byte[FIRST_SIZE];
  private int length;

  void clear() {
    length = 0;
    if (bytes.length > MOST_KEPT) {
      bytes = new byte[FIRST_SIZE];
    }
  }

  byte[] toByteArray() {
    byte[] copy = new byte[length];
    System.arraycopy(bytes, 0, copy, 0, length);
    return copy;
  }

  /** An int32, int64, uint32, enum or bool. */
  void number(int field, long value) {
    tag(field, VARINT);
    varint(value);
  }

  void fixed64(int field, long value) {
    tag(field, FIXED64);
    littleEndian(value, 8);
  }

  void fixed32(int field, int value) {
    tag(field, FIXED32);
    littleEndian(value, 4);
  }

  /** A double. */
  void real(int field, double value) {
    fixed64(field, Double.doubleToRawLongBits(value));
  }

  /** A string; half a surrogate pair, which UTF-8 does not know, becomes a question mark. */
  void text(int field, String value) {
    int begun = begin(field);
    int count = value.length();
    room(3 * count);
    for (int i = 0; i < count; i++) {
      char c = value.charAt(i);
      if (c < 0x80) {
        bytes[length++] = (byte) c;
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xC0 | c >> 6);
        bytes[length++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        bytes[length++] = (byte) (0xE0 | c >> 12);
        bytes[length++] = (byte) (0x80 | c >> 6 & 0x3F);
        bytes[length++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        int code = Character.toCodePoint(c, value.charAt(++i));
        bytes[length++] = (byte) (0xF0 | code >> 18);
        bytes[length++] = (byte) (0x80 | code >> 12 & 0x3F);
        bytes[length++] = (byte) (0x80 | code >> 6 & 0x3F);
        bytes[length++] = (byte) (0x80 | code & 0x3F);
      } else {
        bytes[length++] = '?';
      }
    }
    end(begun);
  }

  /** Bytes, told as pairs of hexadecimal digits. */
  void hex(int field, String digits) {
    int begun = begin(field);
    room(digits.length() / 2);
    for (int i = 0; i + 1 < digits.length(); i += 2) {
      bytes[length++] =
          (byte)
              (Character.digit(digits.charAt(i), 16) << 4
                  | Character.digit(digits.charAt(i + 1), 16));
    }
    end(begun);
  }

  /** Bytes, or a message that was written before. */
  void bytes(int field, byte[] value) {
    int begun = begin(field);
    room(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    end(begun);
  }

  /**
   * Begins a message.
   *
   * @return what {@link #end} is to be told
   */
  int begin(int field) {
    tag(field, LENGTH_DELIMITED);
    room(1);
    // Most lengths need one byte; a longer one moves the message, once it is known.
    return ++length;
  }

  void end(int begun) {
    int size = length - begun;
    int more = 0;
    for (int left = size >>> 7; left != 0; left >>>= 7) {
      more++;
    }
    if (more > 0) {
      room(more);
      System.arraycopy(bytes, begun, bytes, begun + more, size);
    }
    int at = begun - 1;
    int left = size;
    for (; left > 0x7F; left >>>= 7) {
      bytes[at++] = (byte) (left & 0x7F | 0x80);
    }
    bytes[at] = (byte) left;
    length += more;
  }

  private void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  private void varint(long value) {
    room(LONGEST_VARINT);
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes[length++] = (byte) (left & 0x7F | 0x80);
      left >>>= 7;
    }
    bytes[length++] = (byte) left;
  }

  private void littleEndian(long value, int count) {
    room(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) (value >>> 8 * i);
    }
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      byte[] larger = new byte[Math.max(2 * bytes.length, length + more)];
      System.arraycopy(bytes, 0, larger, 0, length);
      bytes = larger;
    }
  }
}
