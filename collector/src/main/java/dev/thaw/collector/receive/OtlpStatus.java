package dev.thaw.collector.receive;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.util.Exceptions;
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
  static final int UNAUTHENTICATED = 16;

  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

  private static final int RETRY_AFTER_SECONDS = 1;

  /**
   * Bytes to write at once; there is one for each part of an error, and many errors at overload.
   */
  private static final int SMALL = 128;

  static OtlpStatus of(int code, String message) {
    return new OtlpStatus(code, message, -1);
  }

  /** The sender is to come back. */
  static OtlpStatus unavailable(String message, int retryAfterSeconds) {
    return new OtlpStatus(UNAVAILABLE, message, retryAfterSeconds);
  }

  /**
   * Why a request was not taken.
   *
   * @param signal what was asked for
   * @param largestRequest bytes, before and after decompression
   */
  static OtlpStatus of(Throwable failure, OtlpSignal signal, long largestRequest) {
    Throwable cause = Exceptions.peel(failure);
    if (cause instanceof ContentTooLargeException || cause instanceof Gzip.TooLargeException) {
      return of(
          RESOURCE_EXHAUSTED,
          "The request is larger than " + largestRequest + " bytes; send smaller batches");
    }
    if (cause instanceof Intake.OverloadedException busy) {
      return unavailable(String.valueOf(busy.getMessage()), busy.retryAfterSeconds());
    }
    if (cause instanceof UnknownCompressionException) {
      return of(UNIMPLEMENTED, String.valueOf(cause.getMessage()));
    }
    if (cause instanceof InvalidProtocolBufferException) {
      return of(
          INVALID_ARGUMENT, "This is no request for " + signal.name() + ": " + cause.getMessage());
    }
    if (cause instanceof IOException) {
      return of(INVALID_ARGUMENT, "The request can't be read: " + cause.getMessage());
    }
    return unavailable("The collector could not read the request", RETRY_AFTER_SECONDS);
  }

  /** Compressed in a way that gRPC allows and that is not known here. */
  static final class UnknownCompressionException extends IOException {
    UnknownCompressionException(String encoding) {
      super("grpc-encoding " + encoding + " is not known; use gzip or identity");
    }
  }

  /** As OTLP/HTTP has it. Never 500: clients must not send such a request again. */
  HttpStatus http() {
    return switch (code) {
      case RESOURCE_EXHAUSTED -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
      default -> HttpStatus.BAD_REQUEST;
    };
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
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, SMALL);
      writing.to(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
