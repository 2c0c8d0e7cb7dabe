package dev.thaw.collector.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The form of a segment: eight bytes that say what it is, then frames. A frame is its mark (4
 * bytes), the length of its payload (4), its sequence number (8), a CRC-32C of length, number and
 * payload (4), and the payload. All numbers are big-endian.
 *
 * <p>The mark is there to find the next frame behind a damaged one.
 */
final class Frames {

  /** A frame that could be read; its payload is a view of the segment. */
  record Frame(long sequence, ByteBuffer payload) {}

  static final int HEAD = 20;

  private static final long SEGMENT = 0x746861776a726e31L; // thawjrn1
  private static final int MARK = 0x8fe3c1b7;

  private Frames() {}

  static ByteBuffer segmentHead() {
    return ByteBuffer.allocate(Long.BYTES).putLong(SEGMENT).flip();
  }

  static ByteBuffer head(long sequence, byte[] payload) {
    return ByteBuffer.allocate(HEAD)
        .putInt(MARK)
        .putInt(payload.length)
        .putLong(sequence)
        .putInt(checksum(sequence, ByteBuffer.wrap(payload)))
        .flip();
  }

  private static int checksum(long sequence, ByteBuffer payload) {
    CRC32C sum = new CRC32C();
    sum.update(
        ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
            .putInt(payload.remaining())
            .putLong(sequence)
            .flip());
    sum.update(payload);
    return (int) sum.getValue();
  }

  /** Reads a segment's frames; what can't be read is passed over and counted. */
  static final class Reader {
    private final ByteBuffer segment;
    private long unreadable;

    Reader(ByteBuffer segment) {
      this.segment = segment;
      if (segment.remaining() >= Long.BYTES && segment.getLong(0) == SEGMENT) {
        segment.position(Long.BYTES);
      }
    }

    /** The next frame that is whole, or null at the end. */
    @Nullable Frame next() {
      while (segment.remaining() >= HEAD) {
        Frame frame = at(segment.position());
        if (frame != null) {
          segment.position(segment.position() + HEAD + frame.payload().remaining());
          return frame;
        }
        segment.position(segment.position() + 1);
        unreadable++;
      }
      unreadable += segment.remaining();
      segment.position(segment.limit());
      return null;
    }

    private @Nullable Frame at(int position) {
      if (segment.getInt(position) != MARK) {
        return null;
      }
      int length = segment.getInt(position + 4);
      if (length < 0 || length > segment.limit() - position - HEAD) {
        return null;
      }
      long sequence = segment.getLong(position + 8);
      ByteBuffer payload = segment.slice(position + HEAD, length);
      return checksum(sequence, payload.duplicate()) == segment.getInt(position + 16)
          ? new Frame(sequence, payload)
          : null;
    }

    /** Bytes that belong to no whole frame, so far. */
    long unreadable() {
      return unreadable;
    }
  }
}
