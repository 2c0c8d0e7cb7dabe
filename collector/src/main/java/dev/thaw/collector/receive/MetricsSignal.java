package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.concurrent.CompletableFuture;

/** Metrics: read and not kept, which the sender is told; Thaw makes its own from the spans. */
final class MetricsSignal implements OtlpSignal {

  @Override
  public String name() {
    return "metrics";
  }

  @Override
  public String rejectedName() {
    return "rejectedDataPoints";
  }

  @Override
  public String grpcPath() {
    return GRPC + "metrics.v1.MetricsService/Export";
  }

  @Override
  public Message.Builder request() {
    return ExportMetricsServiceRequest.newBuilder();
  }

  @Override
  public void checkRoom(long bytes) {
    // They are not kept.
  }

  @Override
  public CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException {
    int points =
        ExportMetricsServiceRequest.parseFrom(request).getResourceMetricsList().stream()
            .flatMap(resource -> resource.getScopeMetricsList().stream())
            .flatMap(scope -> scope.getMetricsList().stream())
            .mapToInt(MetricsSignal::points)
            .sum();
    return CompletableFuture.completedFuture(
        Result.taken(points, "Thaw does not keep metrics; switch their exporter off"));
  }

  private static int points(Metric metric) {
    return switch (metric.getDataCase()) {
      case GAUGE -> metric.getGauge().getDataPointsCount();
      case SUM -> metric.getSum().getDataPointsCount();
      case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
      case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
      case SUMMARY -> metric.getSummary().getDataPointsCount();
      default -> 0;
    };
  }

  @Override
  public Message response(Result result) {
    ExportMetricsServiceResponse.Builder answer = ExportMetricsServiceResponse.newBuilder();
    if (result.rejected() > 0) {
      answer.setPartialSuccess(
          ExportMetricsPartialSuccess.newBuilder()
              .setRejectedDataPoints(result.rejected())
              .setErrorMessage(result.message()));
    }
    return answer.build();
  }
}
