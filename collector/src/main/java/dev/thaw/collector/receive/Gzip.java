package dev.thaw.collector.receive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Decompresses bodies up to a limit: a small body may hold a thousand times its size. */
final class Gzip {

  /** It holds more than the limit. */
  static final class TooLargeException extends IOException {}

  private Gzip() {}

  /**
   * @param most bytes that it may hold
   * @throws TooLargeException when it holds more
   * @throws IOException when it is not gzip
   */
  static byte[] inflate(byte[] body, long most) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, most + 1));
      if (bytes.length > most) {
        throw new TooLargeException();
      }
      return bytes;
    }
  }
}
