package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Metrics: read and not kept, which the sender is told; Thaw makes its own from the spans. */
final class MetricsSignal implements OtlpSignal {

  /** The number of the field that holds the points, whatever kind of metric it is. */
  private static final int DATA_POINTS = Sum.DATA_POINTS_FIELD_NUMBER;

  private static final Map<Metric.DataCase, Parser<?>> POINTS =
      Map.of(
          Metric.DataCase.GAUGE, NumberDataPoint.parser(),
          Metric.DataCase.SUM, NumberDataPoint.parser(),
          Metric.DataCase.HISTOGRAM, HistogramDataPoint.parser(),
          Metric.DataCase.EXPONENTIAL_HISTOGRAM, ExponentialHistogramDataPoint.parser(),
          Metric.DataCase.SUMMARY, SummaryDataPoint.parser());

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
  public long timesAsMuch() {
    return 1;
  }

  @Override
  public CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException {
    int[] points = {0};
    Fields.each(
        Fields.Place.all(request),
        ExportMetricsServiceRequest.RESOURCE_METRICS_FIELD_NUMBER,
        resource ->
            Fields.each(
                resource,
                ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER,
                scope ->
                    Fields.each(
                        scope,
                        ScopeMetrics.METRICS_FIELD_NUMBER,
                        metric -> points[0] += points(metric))));
    return CompletableFuture.completedFuture(
        Result.taken(points[0], "Thaw does not keep metrics; switch their exporter off"));
  }

  private static int points(Fields.Place metric) throws InvalidProtocolBufferException {
    int[] points = {0};
    for (Map.Entry<Metric.DataCase, Parser<?>> kind : POINTS.entrySet()) {
      Fields.each(
          metric,
          kind.getKey().getNumber(),
          data ->
              Fields.each(
                  data,
                  DATA_POINTS,
                  point -> {
                    kind.getValue().parseFrom(point.bytes(), point.from(), point.length());
                    points[0]++;
                  }));
    }
    return points[0];
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
