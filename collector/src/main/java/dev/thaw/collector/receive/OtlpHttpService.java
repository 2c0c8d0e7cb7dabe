package dev.thaw.collector.receive;

import com.linecorp.armeria.common.AggregatedHttpResponse;
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
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/HTTP (OTLP specification, «OTLP/HTTP»), protobuf and JSON, plain and gzip: answers when what
 * came is durable, and not before; in the request's encoding, errors as a Status message.
 *
 * <p>400 for what can't be decoded, 413 over the limit, 415 for another encoding, 503 with
 * Retry-After when too much waits or the disk fails: never 500, because clients must not retry
 * that.
 */
final class OtlpHttpService implements HttpService {

  private static final MediaType PROTOBUF = MediaType.parse("application/x-protobuf");

  /** What JSON becomes, while it is read: messages as objects. */
  private static final long MORE_FOR_JSON = 2;

  private final OtlpSignal signal;
  private final Bodies bodies;
  private final Counter refused;

  OtlpHttpService(OtlpSignal signal, Bodies bodies, MeterRegistry metrics) {
    this.signal = signal;
    this.bodies = bodies;
    refused = Otlp.refused(metrics);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      return refuse(
          null,
          HttpStatus.METHOD_NOT_ALLOWED,
          OtlpStatus.of(OtlpStatus.INVALID_ARGUMENT, "Only POST is allowed here"));
    }
    if (encoding(request.contentType()) == null) {
      return refuse(
          PROTOBUF,
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          OtlpStatus.of(
              OtlpStatus.INVALID_ARGUMENT,
              "Content-Type must be application/x-protobuf or application/json"));
    }
    return HttpResponse.of(
        bodies
            .read(context, request, 0, signal::checkRoom, this::take)
            .exceptionally(
                failure -> {
                  OtlpStatus why = OtlpStatus.of(failure, signal, bodies.largest());
                  return refuse(encoding(request.contentType()), why.http(), why);
                }));
  }

  /** Protobuf or JSON; null for anything else. */
  private static @Nullable MediaType encoding(@Nullable MediaType type) {
    if (type == null) {
      return null;
    }
    return type.belongsTo(MediaType.JSON)
        ? MediaType.JSON
        : type.belongsTo(PROTOBUF) ? PROTOBUF : null;
  }

  private CompletableFuture<HttpResponse> take(Bodies.Body body)
      throws IOException, Intake.OverloadedException {
    MediaType encoding = encoding(body.headers().contentType());
    byte[] message = body.decoded();
    boolean isJson = encoding == MediaType.JSON;
    body.takesUp((signal.timesAsMuch() + (isJson ? MORE_FOR_JSON : 0)) * message.length);
    if (isJson) {
      message = OtlpJson.toProtobuf(message, signal.request());
    }
    return signal.take(message).thenApply(result -> answer(encoding, result));
  }

  private HttpResponse answer(@Nullable MediaType encoding, OtlpSignal.Result result) {
    if (!result.isTaken()) {
      OtlpStatus later = OtlpStatus.unavailable(result.message(), result.retryAfterSeconds());
      return refuse(encoding, later.http(), later);
    }
    if (encoding == MediaType.JSON) {
      String partial =
          result.rejected() == 0
              ? "{}"
              : "{\"partialSuccess\":{\"%s\":\"%d\",\"errorMessage\":\"%s\"}}"
                  .formatted(
                      signal.rejectedName(),
                      result.rejected(),
                      OtlpStatus.quoted(result.message()));
      return HttpResponse.of(HttpStatus.OK, MediaType.JSON, partial);
    }
    return HttpResponse.of(
        HttpStatus.OK, PROTOBUF, HttpData.wrap(signal.response(result).toByteArray()));
  }

  private HttpResponse refuse(@Nullable MediaType encoding, HttpStatus status, OtlpStatus why) {
    refused.increment();
    return error(encoding == MediaType.JSON, status, why).toHttpResponse();
  }

  /** An error in the request's encoding. */
  static AggregatedHttpResponse error(boolean json, HttpStatus status, OtlpStatus why) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(status).contentType(json ? MediaType.JSON : PROTOBUF);
    if (why.retryAfterSeconds() >= 0) {
      headers.set(HttpHeaderNames.RETRY_AFTER, Integer.toString(why.retryAfterSeconds()));
    }
    byte[] body = json ? why.json().getBytes(StandardCharsets.UTF_8) : why.protobuf();
    return AggregatedHttpResponse.of(headers.build(), HttpData.wrap(body));
  }
}
