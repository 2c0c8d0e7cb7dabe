package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.thaw.collector.query.FilterException;
import dev.thaw.collector.query.FilterText;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whatever comes, a decoder takes it or says that it can't be read. In {@code mvn verify} with what
 * lies in DecodersFuzzTestInputs; looking for more, one method at a time:
 *
 * <pre>JAZZER_FUZZ=1 mvn test -pl collector -am -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Dtest='DecodersFuzzTest#otlpProtobuf' \
 *   -Djazzer.instrument='dev.thaw.**,com.google.protobuf.**,io.opentelemetry.**'</pre>
 */
class DecodersFuzzTest {

  private static final int LARGEST = 1 << 20;

  @FuzzTest(maxDuration = "10m")
  void otlpProtobuf(byte[] body) throws InvalidProtocolBufferException {
    try {
      OtlpTraces.decode(body);
    } catch (InvalidProtocolBufferException e) {
      // It was said.
    }
    ExportTraceServiceRequest request;
    try {
      request = ExportTraceServiceRequest.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    // What protobuf's own classes have read, they write without the oddities that they pass over.
    OtlpTraces.Decoded decoded = OtlpTraces.decode(request.toByteArray());
    long spans =
        request.getResourceSpansList().stream()
            .flatMap(resource -> resource.getScopeSpansList().stream())
            .mapToLong(scope -> scope.getSpansCount())
            .sum();
    assertThat(decoded.spans().size() + decoded.rejected()).isEqualTo((int) spans);
  }

  @FuzzTest(maxDuration = "10m")
  void otlpJson(byte[] body) {
    try {
      OtlpTraces.decode(OtlpJson.toProtobuf(body, ExportTraceServiceRequest.newBuilder()));
    } catch (IOException e) {
      // It was said.
    }
    try {
      OtlpJson.toProtobuf(body, ExportMetricsServiceRequest.newBuilder());
      OtlpJson.toProtobuf(body, ExportLogsServiceRequest.newBuilder());
    } catch (IOException e) {
      // It was said.
    }
  }

  @FuzzTest(maxDuration = "10m")
  void otlpLogs(byte[] body) throws InvalidProtocolBufferException {
    try {
      OtlpTraces.decode(LogSpans.convert(body).spans());
    } catch (InvalidProtocolBufferException e) {
      // It was said.
    }
    ExportLogsServiceRequest request;
    try {
      request = ExportLogsServiceRequest.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    Acceptance.Converted converted = LogSpans.convert(request.toByteArray());
    OtlpTraces.Decoded decoded = OtlpTraces.decode(converted.spans());
    long records =
        request.getResourceLogsList().stream()
            .flatMap(resource -> resource.getScopeLogsList().stream())
            .mapToLong(scope -> scope.getLogRecordsCount())
            .sum();
    assertThat(decoded.spans().size() + decoded.rejected() + converted.rejected())
        .isEqualTo((int) records);
  }

  @FuzzTest(maxDuration = "10m")
  void otlpMetrics(byte[] body) {
    try {
      assertThat(new MetricsSignal().take(body).join().rejected()).isNotNegative();
    } catch (InvalidProtocolBufferException e) {
      // It was said.
    }
  }

  @FuzzTest(maxDuration = "10m")
  void zipkin(byte[] body) {
    try {
      OtlpTraces.decode(ZipkinSpans.toProtobuf(body));
    } catch (IOException e) {
      // It was said.
    }
  }

  @FuzzTest(maxDuration = "10m")
  void gzip(byte[] body) throws Intake.OverloadedException {
    try {
      assertThat(Gzip.inflate(body, LARGEST, new Room(2 * LARGEST).share()))
          .hasSizeLessThanOrEqualTo(LARGEST);
    } catch (IOException e) {
      // It was said.
    }
  }

  @FuzzTest(maxDuration = "10m")
  void secrets(byte[] text) {
    String given = new String(text, StandardCharsets.UTF_8);
    assertThat(new Secrets(true, true, List.of()).without(given)).isNotNull();
  }

  @FuzzTest(maxDuration = "10m")
  void filter(byte[] text) {
    try {
      FilterText.read(new String(text, StandardCharsets.UTF_8));
    } catch (FilterException e) {
      assertThat(e.position()).isBetween(0, text.length);
    }
  }
}
