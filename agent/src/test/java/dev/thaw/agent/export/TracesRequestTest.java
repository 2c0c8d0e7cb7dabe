package dev.thaw.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.thaw.agent.invocation.TraceContext;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read with the classes that are generated from OpenTelemetry's own files. */
class TracesRequestTest {

  private static final TraceContext OWN =
      new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true, null);
  private static final TraceContext OTHER =
      new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", false, null);

  private final TracesRequest request =
      new TracesRequest(Map.of("service.name", "checkout"), "dev.thaw", "1");

  private void beginSpan() {
    request.begin();
    request.beginSpan(OWN, null, false, "checkout", TracesRequest.SERVER, 5, 9);
  }

  private Span endSpan() throws Exception {
    request.endSpan();
    return only(request.end());
  }

  private static Span only(byte[] written) throws Exception {
    ExportTraceServiceRequest read = ExportTraceServiceRequest.parseFrom(written);
    assertThat(read.getResourceSpansList()).hasSize(1);
    assertThat(read.getResourceSpans(0).getScopeSpansList()).hasSize(1);
    List<Span> spans = read.getResourceSpans(0).getScopeSpans(0).getSpansList();
    assertThat(spans).hasSize(1);
    assertThat(spans.get(0).getUnknownFields()).isEqualTo(UnknownFieldSet.getDefaultInstance());
    return spans.get(0);
  }

  private static Map<String, AnyValue> values(List<KeyValue> attributes) {
    Map<String, AnyValue> values = new LinkedHashMap<>();
    attributes.forEach(attribute -> values.put(attribute.getKey(), attribute.getValue()));
    assertThat(values).hasSameSizeAs(attributes);
    return values;
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @Test
  void aSpanHasItsIdsTimesAndKind() throws Exception {
    request.begin();
    request.beginSpan(OWN, OTHER, true, "checkout", TracesRequest.CONSUMER, 5, 9);
    Span span = endSpan();
    assertThat(hex(span.getTraceId())).isEqualTo(OWN.traceId);
    assertThat(hex(span.getSpanId())).isEqualTo(OWN.spanId);
    assertThat(hex(span.getParentSpanId())).isEqualTo(OTHER.spanId);
    assertThat(span.getName()).isEqualTo("checkout");
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CONSUMER);
    assertThat(span.getStartTimeUnixNano()).isEqualTo(5);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(9);
    assertThat(span.getFlags()).isEqualTo(0x301);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
  }

  @Test
  void aSpanWithoutAParentBeginsItsTrace() throws Exception {
    beginSpan();
    Span span = endSpan();
    assertThat(span.getParentSpanId()).isEqualTo(ByteString.EMPTY);
    assertThat(span.getFlags()).isEqualTo(0x101);
  }

  @Test
  void aClockThatWasSetBackMakesNoNegativeDuration() throws Exception {
    request.begin();
    request.beginSpan(OWN, null, false, "checkout", TracesRequest.SERVER, 9, 5);
    assertThat(endSpan().getEndTimeUnixNano()).isEqualTo(9);
  }

  @Test
  void attributesKeepTheTypesOfTheirValues() throws Exception {
    beginSpan();
    Map<String, Object> several = new LinkedHashMap<>();
    several.put("number", -7L);
    several.put("real", 0.25);
    several.put("truth", false);
    several.put("texts", new String[] {"a", ""});
    several.put("other", new StringBuilder("text"));
    request.attributes(several);
    request.attribute("none", (String) null);
    request.attribute("empty", "");
    Map<String, AnyValue> read = values(endSpan().getAttributesList());
    assertThat(read.keySet()).containsExactly("number", "real", "truth", "texts", "other", "empty");
    assertThat(read.get("number").getIntValue()).isEqualTo(-7);
    assertThat(read.get("real").getDoubleValue()).isEqualTo(0.25);
    assertThat(read.get("truth").hasBoolValue()).isTrue();
    assertThat(read.get("truth").getBoolValue()).isFalse();
    assertThat(read.get("texts").getArrayValue().getValuesList())
        .extracting(AnyValue::getStringValue)
        .containsExactly("a", "");
    assertThat(read.get("other").getStringValue()).isEqualTo("text");
    assertThat(read.get("empty").hasStringValue()).isTrue();
  }

  /** The length before a text takes one byte more from 128, 16,384 and 2,097,152 bytes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 129, 16_383, 16_384, 100_000, 2_097_152})
  void aTextOfAnyLengthIsReadAsItWas(int length) throws Exception {
    beginSpan();
    String text = "x".repeat(length);
    request.attribute("text", text);
    request.attribute("after", 1);
    Map<String, AnyValue> read = values(endSpan().getAttributesList());
    assertThat(read.get("text").getStringValue()).isEqualTo(text);
    assertThat(read.get("after").getIntValue()).isEqualTo(1);
  }

  /** The array that is written into ends at another place of an attribute each time. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void nothingIsLostWhereTheArrayGrows(int offset) throws Exception {
    beginSpan();
    request.attribute("text", "x".repeat(offset));
    for (int i = 0; i < 1_000; i++) {
      request.attribute("k", "v");
    }
    List<KeyValue> read = endSpan().getAttributesList();
    assertThat(read).hasSize(1_001);
    assertThat(read.subList(1, read.size()))
        .allSatisfy(
            attribute -> {
              assertThat(attribute.getKey()).isEqualTo("k");
              assertThat(attribute.getValue().getStringValue()).isEqualTo("v");
            });
  }

  @Test
  void textsOfAllLanguagesAreReadAsTheyWere() throws Exception {
    beginSpan();
    request.attribute("text", "Grüße, 雪, \uD83D\uDE00");
    assertThat(endSpan().getAttributes(0).getValue().getStringValue())
        .isEqualTo("Grüße, 雪, \uD83D\uDE00");
  }

  @Test
  void halfASurrogatePairBecomesAQuestionMark() throws Exception {
    beginSpan();
    request.attribute("text", "a\uD83Db\uDE00");
    assertThat(endSpan().getAttributes(0).getValue().getStringValue()).isEqualTo("a?b?");
  }

  @Test
  void eventsLinksAndTheErrorBelongToTheirSpan() throws Exception {
    beginSpan();
    request.beginEvent("exception", 7);
    request.attribute("exception.type", "java.io.IOException");
    request.endEvent();
    request.attribute("error.type", "java.io.IOException");
    request.link(OTHER);
    request.error("broken");
    Span span = endSpan();
    assertThat(values(span.getAttributesList())).containsOnlyKeys("error.type");
    assertThat(span.getEvents(0).getName()).isEqualTo("exception");
    assertThat(span.getEvents(0).getTimeUnixNano()).isEqualTo(7);
    assertThat(values(span.getEvents(0).getAttributesList())).containsOnlyKeys("exception.type");
    assertThat(hex(span.getLinks(0).getTraceId())).isEqualTo(OTHER.traceId);
    assertThat(hex(span.getLinks(0).getSpanId())).isEqualTo(OTHER.spanId);
    assertThat(span.getLinks(0).getFlags()).isEqualTo(0x300);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(span.getStatus().getMessage()).isEqualTo("broken");
  }

  @Test
  void eachRequestNamesTheResourceAndTheScope() throws Exception {
    for (int i = 0; i < 2; i++) {
      beginSpan();
      request.endSpan();
      var read = ExportTraceServiceRequest.parseFrom(request.end()).getResourceSpans(0);
      assertThat(
              values(read.getResource().getAttributesList()).get("service.name").getStringValue())
          .isEqualTo("checkout");
      assertThat(read.getScopeSpans(0).getScope().getName()).isEqualTo("dev.thaw");
      assertThat(read.getScopeSpans(0).getScope().getVersion()).isEqualTo("1");
    }
  }

  @Test
  void aRequestThatWasNotEndedIsForgotten() throws Exception {
    beginSpan();
    request.attribute("text", "x".repeat(100_000));
    beginSpan();
    assertThat(endSpan().getAttributesList()).isEmpty();
  }
}
