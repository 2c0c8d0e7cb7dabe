package dev.thaw.collector.receive;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import java.io.IOException;
import java.util.Locale;

/** What an HTTP request carries, decompressed. */
final class Bodies {

  private Bodies() {}

  /**
   * @param largest bytes, before and after decompression
   * @throws Gzip.TooLargeException when it is larger
   * @throws IOException when it can't be decompressed
   */
  static byte[] read(AggregatedHttpRequest request, long largest) throws IOException {
    byte[] body = bytes(request.content());
    if (body.length > largest) {
      throw new Gzip.TooLargeException();
    }
    String encoding =
        request
            .headers()
            .get(HttpHeaderNames.CONTENT_ENCODING, "identity")
            .toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "identity" -> body;
      case "gzip" -> Gzip.inflate(body, largest);
      default -> throw new IOException("Content-Encoding must be gzip or identity");
    };
  }

  /** What came in pooled memory is given back. */
  private static byte[] bytes(HttpData content) {
    try (content) {
      return content.array();
    }
  }
}
