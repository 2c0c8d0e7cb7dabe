package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import dev.thaw.collector.analysis.Hang;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Throttles;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtlpTracesTest {

  private static io.opentelemetry.proto.trace.v1.Span.Builder span() {
    return io.opentelemetry.proto.trace.v1.Span.newBuilder()
        .setTraceId(
            ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1}))
        .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, -1}))
        .setStartTimeUnixNano(1000)
        .setEndTimeUnixNano(2000);
  }

  private static byte[] request(io.opentelemetry.proto.trace.v1.Span.Builder... spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (io.opentelemetry.proto.trace.v1.Span.Builder span : spans) {
      scope.addSpans(span);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  /** The other half of the contract that the agent's GoldenExampleTest writes. */
  @Test
  void theAgentsExampleIsATimedOutColdInvocationWithItsOpenCallAndItsThrottle() throws Exception {
    ExportTraceServiceRequest.Builder example = ExportTraceServiceRequest.newBuilder();
    TextFormat.merge(
        Files.readString(Path.of("../docs/reference/examples/timeout.textproto")), example);
    List<Span> spans = OtlpTraces.decode(example.build().toByteArray()).spans();
    Span span = spans.stream().filter(s -> Invocation.of(s).isPresent()).findFirst().orElseThrow();
    Invocation invocation = Invocation.of(span).orElseThrow();

    assertThat(invocation.function()).isEqualTo("stuck");
    assertThat(invocation.requestId()).isEqualTo("8476a536-e9f4-11e8-9739-2dfe598c3fcd");
    assertThat(invocation.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(invocation.certainty()).isEqualTo(Invocation.ABOUT_TO_END);
    assertThat(invocation.cold()).isTrue();
    assertThat(invocation.initNs()).isPositive();
    assertThat(invocation.memoryLimit()).isEqualTo(268435456);
    assertThat(Hang.of(span, spans).orElseThrow().openCall())
        .isEqualTo("POST http://pay.example:80/charges");
    assertThat(spans.stream().flatMap(s -> Throttles.of(s).stream()))
        .singleElement()
        .satisfies(throttles -> assertThat(throttles.target()).isEqualTo("pay.example/charges"));
  }

  @Test
  void spansWithWrongIdsAreRejectedAndTheOthersTaken() throws Exception {
    OtlpTraces.Decoded decoded =
        OtlpTraces.decode(
            request(
                span(),
                span().setTraceId(ByteString.copyFrom(new byte[16])),
                span().setSpanId(ByteString.copyFrom(new byte[4])),
                span().setStartTimeUnixNano(0)));
    assertThat(decoded.spans()).hasSize(1);
    assertThat(decoded.rejected()).isEqualTo(3);
    assertThat(decoded.why()).isEqualTo("trace_id must be 16 bytes and not all zeros");
    assertThat(decoded.spans().get(0).traceId()).isEqualTo("0102030405060708090a0b0c0d0e0fff");
  }

  @Test
  void anEndBeforeTheStartIsNoNegativeDuration() throws Exception {
    assertThat(OtlpTraces.decode(request(span().setEndTimeUnixNano(1))).spans().get(0).durationNs())
        .isZero();
  }

  @Test
  void anEmptyRequestIsNothing() throws Exception {
    assertThat(OtlpTraces.decode(new byte[0]).spans()).isEmpty();
  }

  @Test
  void bytesThatAreNoRequestAreAnException() {
    assertThatThrownBy(() -> OtlpTraces.decode("garbage".getBytes()))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  /** Requests of every shape, and the same with bytes changed. */
  @Test
  void whatTheGeneratedClassesReadIsReadAlike() throws Exception {
    Random random = new Random(1);
    int readable = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = randomRequest(random).toByteArray();
      for (int change = 0; change < i % 4; change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      OtlpTraces.Decoded expected;
      try {
        expected = GeneratedTraces.decode(bytes);
      } catch (InvalidProtocolBufferException e) {
        continue;
      }
      readable++;
      OtlpTraces.Decoded decoded = OtlpTraces.decode(bytes);
      if (i % 4 == 0) {
        assertThat(decoded).isEqualTo(expected);
      } else {
        // A message that came twice is merged by the generated classes; here the last one counts.
        assertThat(decoded.spans().size() + decoded.rejected())
            .isEqualTo(expected.spans().size() + expected.rejected());
      }
    }
    assertThat(readable).isGreaterThan(1000);
  }

  private static ExportTraceServiceRequest randomRequest(Random random) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      ResourceSpans.Builder resource = ResourceSpans.newBuilder().setSchemaUrl("url");
      if (random.nextBoolean()) {
        resource.getResourceBuilder().addAttributes(randomAttribute(random, 0));
        resource
            .getResourceBuilder()
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("service.name")
                    .setValue(AnyValue.newBuilder().setStringValue("s")));
      }
      for (int s = random.nextInt(3); s > 0; s--) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        scope.getScopeBuilder().setName("scope");
        for (int i = random.nextInt(4); i > 0; i--) {
          scope.addSpans(randomSpan(random));
        }
        resource.addScopeSpans(scope);
      }
      request.addResourceSpans(resource);
    }
    return request.build();
  }

  private static io.opentelemetry.proto.trace.v1.Span.Builder randomSpan(Random random) {
    io.opentelemetry.proto.trace.v1.Span.Builder span = span();
    span.setName("n" + random.nextInt(9)).setKindValue(random.nextInt(8)).setTraceState("a=b");
    span.setFlags(random.nextInt()).setDroppedAttributesCount(random.nextInt(3));
    span.getStatusBuilder().setCodeValue(random.nextInt(4)).setMessage("m");
    if (random.nextInt(5) == 0) {
      span.clearTraceId();
    }
    if (random.nextBoolean()) {
      span.setParentSpanId(ByteString.copyFrom(new byte[random.nextBoolean() ? 8 : 3]));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      span.addAttributes(randomAttribute(random, 0));
      span.addEventsBuilder()
          .setTimeUnixNano(random.nextLong())
          .setName("e")
          .addAttributes(randomAttribute(random, 0));
      span.addLinksBuilder().setTraceId(span().getTraceId()).setSpanId(span().getSpanId());
    }
    return span;
  }

  private static KeyValue randomAttribute(Random random, int depth) {
    return KeyValue.newBuilder()
        .setKey("k" + random.nextInt(50))
        .setValue(randomValue(random, depth))
        .build();
  }

  private static AnyValue randomValue(Random random, int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth > 4 ? 5 : 8)) {
      case 0 -> value.setStringValue("ä".repeat(random.nextInt(5)));
      case 1 -> value.setBoolValue(random.nextBoolean());
      case 2 -> value.setIntValue(random.nextLong());
      case 3 -> value.setDoubleValue(random.nextDouble());
      case 4 -> value.setBytesValue(ByteString.copyFromUtf8("bytes"));
      case 5 -> value.getArrayValueBuilder().addValues(randomValue(random, depth + 1));
      case 6 -> value.getKvlistValueBuilder().addValues(randomAttribute(random, depth + 1));
      default -> {
        // No value at all.
      }
    }
    return value.build();
  }
}
