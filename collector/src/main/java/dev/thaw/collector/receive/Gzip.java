package dev.thaw.collector.receive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Decompresses bodies up to a limit: a small body may hold a thousand times its size. */
final class Gzip {

  /** It holds more than the limit. */
  static final class TooLargeException extends IOException {}

  private static final int BLOCK = 8192;
  private static final int MOST_AT_FIRST = 1 << 20;

  private Gzip() {}

  /**
   * @param most bytes that it may hold
   * @param share takes what is decompressed
   * @throws TooLargeException when it holds more
   * @throws IOException when it is not gzip
   * @throws Intake.OverloadedException when there is no room for it
   */
  static byte[] inflate(byte[] body, long most, Room.Share share)
      throws IOException, Intake.OverloadedException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body), BLOCK)) {
      ByteArrayOutputStream out =
          new ByteArrayOutputStream(
              (int) Math.max(BLOCK, Math.min(MOST_AT_FIRST, 4L * body.length)));
      byte[] block = new byte[BLOCK];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        share.take(count);
        if (out.size() + count > most) {
          throw new TooLargeException();
        }
        out.write(block, 0, count);
      }
      return out.toByteArray();
    }
  }
}
