package dev.thaw.bench.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The answers of an HTTP/1.1 server on one connection that is asked one thing at a time, read with
 * as little work as can be. Not thread-safe.
 */
final class Answers {

  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] LENGTH = bytes("\ncontent-length: ");
  private static final byte[] RETRY_AFTER = bytes("\nretry-after: ");

  private final InputStream in;
  private final byte[] buffer = new byte[16 << 10];
  private int filled;
  private int bodyAt;

  Answers(InputStream in) {
    this.in = in;
  }

  /**
   * Waits for the next one, all of it.
   *
   * @throws EOFException when the server has closed the connection
   */
  void next() throws IOException {
    filled = 0;
    bodyAt = -1;
    while (bodyAt < 0) {
      fill();
      bodyAt = after(END, filled);
    }
    int length = number(LENGTH);
    while (filled < bodyAt + length) {
      fill();
    }
  }

  /** Of the last one. */
  int status() {
    return number(STATUS_AT);
  }

  /** When the server wants to be asked again; 0 when it does not say. */
  long retryAfterNs() {
    return number(RETRY_AFTER) * 1_000_000_000L;
  }

  private void fill() throws IOException {
    int count = in.read(buffer, filled, buffer.length - filled);
    if (count <= 0) {
      throw new EOFException("The server has closed the connection");
    }
    filled += count;
  }

  private int number(byte[] header) {
    int at = after(header, bodyAt);
    return at < 0 ? 0 : number(at);
  }

  private int number(int from) {
    int number = 0;
    for (int i = from; buffer[i] >= '0' && buffer[i] <= '9'; i++) {
      number = number * 10 + buffer[i] - '0';
    }
    return number;
  }

  /** The place behind the text; -1 when it is not there. Names of headers come in either case. */
  private int after(byte[] text, int end) {
    for (int i = 0; i + text.length <= end; i++) {
      int same = 0;
      while (same < text.length && Character.toLowerCase(buffer[i + same]) == text[same]) {
        same++;
      }
      if (same == text.length) {
        return i + same;
      }
    }
    return -1;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
