package dev.thaw.collector.receive;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.thaw.collector.store.Writer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;

/**
 * {@code POST /v1/traces}, OTLP/HTTP with protobuf (OTLP specification 1.x, «OTLP/HTTP»): answers
 * when the spans are durable, and not before.
 *
 * <p>400 for what can't be decoded, 413 over the limit, 415 for another encoding, 503 with
 * Retry-After when the store does not keep up or fails: never 500, because clients must not retry
 * that.
 */
public final class OtlpHttpService implements HttpService {

  private static final MediaType PROTOBUF = MediaType.parse("application/x-protobuf");
  private static final String RETRY_AFTER_SECONDS = "2";

  // google.rpc.Code, which OTLP's Status message uses.
  private static final int INVALID_ARGUMENT = 3;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int UNAVAILABLE = 14;

  private final Writer writer;
  private final long largestRequest;
  private final Counter accepted;
  private final Counter rejected;
  private final Counter refused;

  /**
   * @param largestRequest bytes, before and after decompression
   */
  public OtlpHttpService(Writer writer, long largestRequest, MeterRegistry metrics) {
    this.writer = writer;
    this.largestRequest = largestRequest;
    accepted = metrics.counter("thaw.receive.spans", "result", "accepted");
    rejected = metrics.counter("thaw.receive.spans", "result", "rejected");
    refused = metrics.counter("thaw.receive.requests", "result", "refused");
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    MediaType type = request.contentType();
    if (type == null || !type.belongsTo(PROTOBUF)) {
      refused.increment();
      return HttpResponse.of(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          MediaType.PLAIN_TEXT_UTF_8,
          "Send traces as OTLP in protobuf, with Content-Type: application/x-protobuf\n");
    }
    return HttpResponse.of(
        request.aggregate().thenComposeAsync(this::take, context.blockingTaskExecutor()));
  }

  private CompletableFuture<HttpResponse> take(AggregatedHttpRequest request) {
    byte[] body = request.content().array();
    String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
    try {
      if (encoding.equals("gzip")) {
        body = unzip(body);
      } else if (!encoding.equals("identity")) {
        return refuse(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            INVALID_ARGUMENT,
            "Content-Encoding must be gzip or identity");
      }
    } catch (TooLargeException e) {
      return refuse(
          HttpStatus.REQUEST_ENTITY_TOO_LARGE,
          RESOURCE_EXHAUSTED,
          "The request is larger than "
              + largestRequest
              + " bytes when decompressed; send smaller batches");
    } catch (IOException e) {
      return refuse(
          HttpStatus.BAD_REQUEST, INVALID_ARGUMENT, "The body is not gzip: " + e.getMessage());
    }
    OtlpTraces.Decoded decoded;
    try {
      decoded = OtlpTraces.decode(body);
    } catch (InvalidProtocolBufferException e) {
      return refuse(
          HttpStatus.BAD_REQUEST,
          INVALID_ARGUMENT,
          "The body is not an ExportTraceServiceRequest: " + e.getMessage());
    }
    rejected.increment(decoded.rejected());
    if (decoded.spans().isEmpty()) {
      return CompletableFuture.completedFuture(success(decoded));
    }
    CompletableFuture<Void> stored = writer.offer(decoded.spans(), body.length);
    if (stored == null) {
      return refuse(
          HttpStatus.SERVICE_UNAVAILABLE,
          UNAVAILABLE,
          "Too much is waiting to be stored; try again later");
    }
    return stored.handle(
        (done, failure) -> {
          if (failure != null) {
            refused.increment();
            return error(
                HttpStatus.SERVICE_UNAVAILABLE, UNAVAILABLE, String.valueOf(failure.getMessage()));
          }
          accepted.increment(decoded.spans().size());
          return success(decoded);
        });
  }

  private static HttpResponse success(OtlpTraces.Decoded decoded) {
    ExportTraceServiceResponse.Builder answer = ExportTraceServiceResponse.newBuilder();
    if (decoded.rejected() > 0) {
      answer.setPartialSuccess(
          ExportTracePartialSuccess.newBuilder()
              .setRejectedSpans(decoded.rejected())
              .setErrorMessage(decoded.why()));
    }
    return HttpResponse.of(HttpStatus.OK, PROTOBUF, HttpData.wrap(answer.build().toByteArray()));
  }

  private CompletableFuture<HttpResponse> refuse(HttpStatus status, int code, String message) {
    refused.increment();
    return CompletableFuture.completedFuture(error(status, code, message));
  }

  private static HttpResponse error(HttpStatus status, int code, String message) {
    var headers = ResponseHeaders.builder(status).contentType(PROTOBUF);
    if (status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
      headers.set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return HttpResponse.of(headers.build(), HttpData.wrap(statusMessage(code, message)));
  }

  /** A google.rpc.Status: int32 code = 1, string message = 2. */
  private static byte[] statusMessage(int code, String message) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeInt32(1, code);
      out.writeString(2, message);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] unzip(byte[] body) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, largestRequest + 1));
      if (bytes.length > largestRequest) {
        throw new TooLargeException();
      }
      return bytes;
    }
  }

  private static final class TooLargeException extends IOException {}
}
