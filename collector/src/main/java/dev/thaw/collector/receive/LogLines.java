package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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
   * @param requests the batches
   */
  public record Read(int batches, int unreadable, List<Batch> requests) {}

  /** A batch: an ExportTraceServiceRequest, and what it holds. */
  public record Batch(byte[] bytes, OtlpTraces.Decoded decoded) {}

  private LogLines() {}

  /**
   * @param log any text
   * @param largestBatch bytes of one batch when inflated; a larger one counts as unreadable
   */
  public static Read read(String log, int largestBatch) {
    List<Batch> requests = new ArrayList<>();
    int unreadable = 0;
    for (String line : (Iterable<String>) log.lines()::iterator) {
      int at = line.indexOf(PREFIX);
      if (at < 0) {
        continue;
      }
      try {
        requests.add(batch(line, at + PREFIX.length(), largestBatch));
      } catch (IOException | IllegalArgumentException e) {
        unreadable++;
      }
    }
    return new Read(requests.size(), unreadable, requests);
  }

  private static Batch batch(String line, int from, int largest) throws IOException {
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
      return new Batch(request, OtlpTraces.decode(request));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(e);
    }
  }

  private static boolean isBase64(char c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
  }
}
