package dev.thaw.collector.receive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.InflaterInputStream;

/**
 * Batches in a log: what an agent with {@code THAW_EXPORT=stdout} writes, one line each. A line may
 * have anything before the batch, as logging services put a time there; other lines are passed
 * over. docs/reference/attributes.md describes the format.
 */
public final class LogLines {

  /** What a batch stands behind. */
  public static final String PREFIX = "thaw-otlp 1 ";

  /**
   * What a log held.
   *
   * @param batches lines that were batches
   * @param unreadable lines that should have been, and could not be read
   * @param spans in all of the batches
   */
  record Read(int batches, int unreadable, int spans) {}

  /** Takes one batch after the other, so that only one is in memory. */
  interface Taking {
    /**
     * @param bytes an ExportTraceServiceRequest
     * @param decoded what it holds
     */
    void take(byte[] bytes, OtlpTraces.Decoded decoded) throws Intake.OverloadedException;
  }

  private LogLines() {}

  /**
   * @param log any text
   * @param largestBatch bytes of one batch when inflated; a larger one counts as unreadable
   * @throws Intake.OverloadedException when a batch could not be taken
   */
  static Read read(String log, int largestBatch, Taking to) throws Intake.OverloadedException {
    int batches = 0;
    int unreadable = 0;
    int spans = 0;
    for (String line : (Iterable<String>) log.lines()::iterator) {
      int at = line.indexOf(PREFIX);
      if (at < 0) {
        continue;
      }
      try {
        byte[] bytes = batch(line, at + PREFIX.length(), largestBatch);
        OtlpTraces.Decoded decoded = OtlpTraces.decode(bytes);
        to.take(bytes, decoded);
        batches++;
        spans += decoded.spans().size();
      } catch (IOException | IllegalArgumentException e) {
        unreadable++;
      }
    }
    return new Read(batches, unreadable, spans);
  }

  private static byte[] batch(String line, int from, int largest) throws IOException {
    int to = from;
    while (to < line.length() && isBase64(line.charAt(to))) {
      to++;
    }
    byte[] packed = Base64.getDecoder().decode(line.substring(from, to));
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      byte[] request = in.readNBytes(largest + 1);
      if (request.length > largest) {
        throw new IOException("a batch of more than " + largest + " bytes");
      }
      return request;
    }
  }

  private static boolean isBase64(char c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
  }
}
