package dev.thaw.collector.receive;

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
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Zipkin's POST /api/v2/spans, JSON, plain and gzip: 202 when what came is durable; otherwise the
 * statuses of OTLP/HTTP with a line that says why.
 */
public final class ZipkinService implements HttpService {

  public static final String PATH = "/api/v2/spans";

  /** How much of the heap spans take, by the size of the text that they come from. */
  private static final long DECODED_TIMES = 3;

  private final OtlpSignal traces;
  private final Bodies bodies;
  private final Counter refused;

  public ZipkinService(Intake intake, Bodies bodies, MeterRegistry metrics) {
    traces = new TracesSignal(intake, metrics);
    this.bodies = bodies;
    refused = Otlp.refused(metrics);
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
        bodies
            .read(context, request, 0, traces::checkRoom, this::take)
            .exceptionally(failure -> refuse(OtlpStatus.of(failure, traces, bodies.largest()))));
  }

  private CompletableFuture<HttpResponse> take(Bodies.Body body)
      throws IOException, Intake.OverloadedException {
    byte[] json = body.decoded();
    body.takesUp(DECODED_TIMES * json.length);
    return traces
        .take(ZipkinSpans.toProtobuf(json))
        .thenApply(
            result ->
                result.isTaken()
                    ? answer(HttpStatus.ACCEPTED, -1, result.message())
                    : refuse(OtlpStatus.unavailable(result.message(), result.retryAfterSeconds())));
  }

  private HttpResponse refuse(OtlpStatus why) {
    refused.increment();
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
