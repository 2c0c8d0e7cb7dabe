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
  void otlpProtobuf(byte[] body) {
    long spans = -1;
    try {
      spans =
          ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
              .flatMap(resource -> resource.getScopeSpansList().stream())
              .mapToLong(scope -> scope.getSpansCount())
              .sum();
    } catch (InvalidProtocolBufferException e) {
      // Then ours may refuse it, too.
    }
    try {
      OtlpTraces.Decoded decoded = OtlpTraces.decode(body);
      if (spans >= 0) {
        assertThat(decoded.spans().size() + decoded.rejected()).isEqualTo((int) spans);
      }
    } catch (InvalidProtocolBufferException e) {
      assertThat(spans).as("protobuf's own classes read it, and ours do not: %s", e).isNegative();
    }
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
  void zipkin(byte[] body) {
    try {
      OtlpTraces.decode(ZipkinSpans.toProtobuf(body));
    } catch (IOException e) {
      // It was said.
    }
  }

  @FuzzTest(maxDuration = "10m")
  void gzip(byte[] body) {
    try {
      assertThat(Gzip.inflate(body, LARGEST)).hasSizeLessThanOrEqualTo(LARGEST);
    } catch (IOException e) {
      // It was said.
    }
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
