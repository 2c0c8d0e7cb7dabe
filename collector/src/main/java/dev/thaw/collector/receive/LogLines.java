package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.thaw.collector.model.Span;
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
   * @param spans what the batches held
   */
  public record Read(int batches, int unreadable, List<Span> spans) {}

  private LogLines() {}

  /**
   * @param log any text
   * @param largestBatch bytes of one batch when inflated; a larger one counts as unreadable
   */
  public static Read read(String log, int largestBatch) {
    List<Span> spans = new ArrayList<>();
    int batches = 0;
    int unreadable = 0;
    for (String line : (Iterable<String>) log.lines()::iterator) {
      int at = line.indexOf(PREFIX);
      if (at < 0) {
        continue;
      }
      try {
        spans.addAll(batch(line, at + PREFIX.length(), largestBatch));
        batches++;
      } catch (IOException | IllegalArgumentException e) {
        unreadable++;
      }
    }
    return new Read(batches, unreadable, spans);
  }

  private static List<Span> batch(String line, int from, int largest) throws IOException {
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
      return OtlpTraces.decode(request).spans();
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(e);
    }
  }

  private static boolean isBase64(char c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
  }
}
