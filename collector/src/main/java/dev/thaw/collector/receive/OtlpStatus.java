package dev.thaw.collector.receive;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An error as OTLP tells it: google.rpc.Status (code = 1, message = 2, details = 3), with a
 * google.rpc.RetryInfo when the sender may come back.
 */
record OtlpStatus(int code, String message, int retryAfterSeconds) {

  // google.rpc.Code
  static final int INVALID_ARGUMENT = 3;
  static final int RESOURCE_EXHAUSTED = 8;
  static final int UNIMPLEMENTED = 12;
  static final int UNAVAILABLE = 14;

  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

  static OtlpStatus of(int code, String message) {
    return new OtlpStatus(code, message, -1);
  }

  byte[] protobuf() {
    return written(
        out -> {
          out.writeInt32(1, code);
          out.writeString(2, message);
          if (retryAfterSeconds >= 0) {
            // Any: type_url = 1, value = 2. RetryInfo: retry_delay = 1, a Duration: seconds = 1.
            byte[] duration = written(inner -> inner.writeInt64(1, retryAfterSeconds));
            byte[] info = written(inner -> inner.writeByteArray(1, duration));
            byte[] any =
                written(
                    inner -> {
                      inner.writeString(1, RETRY_INFO);
                      inner.writeByteArray(2, info);
                    });
            out.writeByteArray(3, any);
          }
        });
  }

  String json() {
    String details =
        retryAfterSeconds < 0
            ? ""
            : ",\"details\":[{\"@type\":\""
                + RETRY_INFO
                + "\",\"retryDelay\":\""
                + retryAfterSeconds
                + "s\"}]";
    return "{\"code\":" + code + ",\"message\":\"" + quoted(message) + "\"" + details + "}";
  }

  /** As it stands between quotes in JSON. */
  static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] written(Writing writing) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      writing.to(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
