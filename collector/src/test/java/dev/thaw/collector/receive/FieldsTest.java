package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is read part by part is what protobuf's own classes read. */
class FieldsTest {

  private static final MetricsSignal METRICS = new MetricsSignal();

  private static ByteString bytes(int length) {
    return ByteString.copyFrom(new byte[length]).concat(ByteString.copyFromUtf8("x"));
  }

  private static ResourceLogs logs() {
    return ResourceLogs.newBuilder()
        .addScopeLogs(
            ScopeLogs.newBuilder()
                .setScope(InstrumentationScope.newBuilder().setName("shop.Stock"))
                .addLogRecords(
                    LogRecord.newBuilder()
                        .setTimeUnixNano(1)
                        .setTraceId(bytes(15))
                        .setSpanId(bytes(7))
                        .setBody(AnyValue.newBuilder().setStringValue("only 2 left")))
                .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(1)))
        .build();
  }

  private static byte[] metrics() {
    NumberDataPoint number = NumberDataPoint.newBuilder().setAsInt(1).build();
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .addMetrics(
                            Metric.newBuilder()
                                .setGauge(
                                    Gauge.newBuilder().addDataPoints(number).addDataPoints(number)))
                        .addMetrics(
                            Metric.newBuilder().setSum(Sum.newBuilder().addDataPoints(number)))
                        .addMetrics(
                            Metric.newBuilder()
                                .setHistogram(
                                    Histogram.newBuilder()
                                        .addDataPoints(
                                            HistogramDataPoint.newBuilder().setCount(7))))
                        .addMetrics(
                            Metric.newBuilder()
                                .setExponentialHistogram(
                                    ExponentialHistogram.newBuilder()
                                        .addDataPoints(
                                            ExponentialHistogramDataPoint.newBuilder()
                                                .setCount(7))))
                        .addMetrics(
                            Metric.newBuilder()
                                .setSummary(
                                    Summary.newBuilder()
                                        .addDataPoints(
                                            SummaryDataPoint.newBuilder().setCount(7))))))
        .build()
        .toByteArray();
  }

  @Test
  void pointsOfEachKindOfMetricAreCounted() throws Exception {
    assertThat(METRICS.take(metrics()).join().rejected()).isEqualTo(6);
  }

  @Test
  void aResourceThatStandsBehindItsLogsIsTheirs() throws Exception {
    Resource resource =
        Resource.newBuilder()
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("service.name")
                    .setValue(AnyValue.newBuilder().setStringValue("orders")))
            .build();
    ByteString behind =
        logs()
            .toByteString()
            .concat(ResourceLogs.newBuilder().setResource(resource).build().toByteString());
    byte[] request =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(ResourceLogs.parseFrom(behind))
            .build()
            .toByteArray();
    // Protobuf's own classes write it in front; the length is the same.
    byte[] asItCame = Arrays.copyOf(request, request.length);
    behind.copyTo(asItCame, request.length - behind.size());
    Acceptance.Converted converted = LogSpans.convert(asItCame);
    assertThat(OtlpTraces.decode(converted.spans()).spans())
        .singleElement()
        .satisfies(span -> assertThat(span.function()).isEqualTo("orders"))
        .satisfies(span -> assertThat(span.attributes()).containsValue("only 2 left"));
    assertThat(converted.rejected()).isEqualTo(1);
  }

  @Test
  void whatIsCutOffIsNoRequestWhereverTheCutIs() {
    byte[] logs =
        ExportLogsServiceRequest.newBuilder().addResourceLogs(logs()).build().toByteArray();
    byte[] metrics = metrics();
    for (int length = 0; length <= logs.length; length++) {
      byte[] cut = Arrays.copyOf(logs, length);
      assertThat(isRead(() -> LogSpans.convert(cut)))
          .isEqualTo(isRead(() -> ExportLogsServiceRequest.parseFrom(cut)));
    }
    for (int length = 0; length <= metrics.length; length++) {
      byte[] cut = Arrays.copyOf(metrics, length);
      assertThat(isRead(() -> METRICS.take(cut)))
          .isEqualTo(isRead(() -> ExportMetricsServiceRequest.parseFrom(cut)));
    }
  }

  @Test
  void aChangedByteIsReadOrNotAsByProtobufItself() {
    byte[] metrics = metrics();
    for (int at = 0; at < metrics.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = metrics.clone();
        changed[at] ^= (byte) (1 << bit);
        if (!isRead(() -> METRICS.take(changed))) {
          assertThat(isRead(() -> ExportMetricsServiceRequest.parseFrom(changed)))
              .as("bit %d of byte %d", bit, at)
              .isFalse();
        }
      }
    }
  }

  private interface Reading {
    Object read() throws InvalidProtocolBufferException;
  }

  private static boolean isRead(Reading reading) {
    try {
      reading.read();
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }
}
