package dev.thaw.collector.receive;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Zipkin's POST /api/v2/spans, JSON, plain and gzip: 202 when what came is durable; otherwise the
 * statuses of OTLP/HTTP with a line that says why.
 */
public final class ZipkinService implements HttpService {

  public static final String PATH = "/api/v2/spans";

  private final OtlpSignal traces;
  private final long largestRequest;

  /**
   * @param largestRequest bytes, before and after decompression
   */
  public ZipkinService(Intake intake, long largestRequest, MeterRegistry metrics) {
    traces = new TracesSignal(intake, metrics);
    this.largestRequest = largestRequest;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      return answer(HttpStatus.METHOD_NOT_ALLOWED, -1, "Only POST is allowed here");
    }
    MediaType type = request.contentType();
    if (type != null && !type.belongsTo(MediaType.JSON)) {
      return answer(HttpStatus.UNSUPPORTED_MEDIA_TYPE, -1, "Content-Type must be application/json");
    }
    return HttpResponse.of(
        request
            .aggregate()
            .thenComposeAsync(this::take, context.blockingTaskExecutor())
            .exceptionally(failure -> refused(OtlpStatus.of(failure, traces, largestRequest))));
  }

  private CompletableFuture<HttpResponse> take(AggregatedHttpRequest request) {
    try {
      return traces
          .take(ZipkinSpans.toProtobuf(Bodies.read(request, largestRequest)))
          .thenApply(
              result ->
                  result.isTaken()
                      ? answer(HttpStatus.ACCEPTED, -1, result.message())
                      : refused(
                          OtlpStatus.unavailable(result.message(), result.retryAfterSeconds())));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static HttpResponse refused(OtlpStatus why) {
    return answer(why.http(), why.retryAfterSeconds(), why.message());
  }

  private static HttpResponse answer(HttpStatus status, int retryAfterSeconds, String text) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(status).contentType(MediaType.PLAIN_TEXT_UTF_8);
    if (retryAfterSeconds >= 0) {
      headers.set(HttpHeaderNames.RETRY_AFTER, Integer.toString(retryAfterSeconds));
    }
    return HttpResponse.of(headers.build(), HttpData.ofUtf8(text));
  }
}
