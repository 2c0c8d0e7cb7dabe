package dev.thaw.collector.receive;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OTLP on a server: its three kinds of data, over HTTP and gRPC. */
public final class Otlp {

  private static final String HTTP = "/v1/";

  private Otlp() {}

  /** Whether senders of spans ask for it, over HTTP or gRPC. */
  public static boolean isPath(String path) {
    return path.startsWith(HTTP) || path.startsWith(OtlpSignal.GRPC);
  }

  public static void addTo(
      ServerBuilder server, Intake intake, Bodies bodies, MeterRegistry metrics) {
    List<OtlpSignal> signals =
        List.of(
            new TracesSignal(intake, metrics),
            new MetricsSignal(),
            new LogsSignal(intake, metrics));
    for (OtlpSignal signal : signals) {
      Bodies.route(server)
          .path(HTTP + signal.name())
          .build(new OtlpHttpService(signal, bodies, metrics));
      Bodies.route(server)
          .path(signal.grpcPath())
          .methods(HttpMethod.POST)
          .build(new OtlpGrpcService(signal, bodies, metrics));
    }
    server.errorHandler(new Errors());
  }

  /** Counts requests that were not taken, whatever form they had. */
  static Counter refused(MeterRegistry metrics) {
    return metrics.counter("thaw.receive.requests", "result", "refused");
  }

  /** The answer to who may not send, in the form that OTLP has for errors. */
  public static HttpResponse unauthenticated(HttpRequest request, String why) {
    OtlpStatus status = OtlpStatus.of(OtlpStatus.UNAUTHENTICATED, why);
    if (request.path().startsWith(OtlpSignal.GRPC)) {
      return HttpResponse.of(OtlpGrpcService.error(status));
    }
    MediaType type = request.contentType();
    boolean isJson = type != null && type.belongsTo(MediaType.JSON);
    return OtlpHttpService.error(isJson, HttpStatus.UNAUTHORIZED, status).toHttpResponse();
  }

  /** What the server itself refuses on these paths has the same form as what the services do. */
  private static final class Errors implements ServerErrorHandler {

    @Override
    public @Nullable HttpResponse onServiceException(
        ServiceRequestContext context, Throwable cause) {
      return null;
    }

    @Override
    public @Nullable AggregatedHttpResponse renderStatus(
        @Nullable ServiceRequestContext context,
        ServiceConfig config,
        @Nullable RequestHeaders headers,
        HttpStatus status,
        @Nullable String description,
        @Nullable Throwable cause) {
      if (headers == null || !isPath(headers.path())) {
        return null;
      }
      boolean isGrpc = headers.path().startsWith(OtlpSignal.GRPC);
      MediaType type = headers.contentType();
      int code =
          status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)
              ? OtlpStatus.RESOURCE_EXHAUSTED
              : OtlpStatus.INVALID_ARGUMENT;
      OtlpStatus why =
          OtlpStatus.of(code, description == null ? status.reasonPhrase() : description);
      return isGrpc
          ? AggregatedHttpResponse.of(OtlpGrpcService.error(why))
          : OtlpHttpService.error(type != null && type.belongsTo(MediaType.JSON), status, why);
    }
  }
}
