package dev.thaw.collector.receive;

import com.google.protobuf.ByteString;
import dev.thaw.collector.model.Span;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The model as an ExportTraceServiceRequest (opentelemetry-proto): what OtlpTraces reads. */
public final class OtlpWriter {

  private OtlpWriter() {}

  /**
   * @param spans those of one process have one resource object
   */
  public static byte[] write(List<Span> spans) {
    Map<Map<String, Object>, ScopeSpans.Builder> byResource = new IdentityHashMap<>();
    List<Map<String, Object>> resources = new ArrayList<>();
    for (Span span : spans) {
      byResource
          .computeIfAbsent(
              span.resource(),
              fresh -> {
                resources.add(fresh);
                return ScopeSpans.newBuilder();
              })
          .addSpans(span(span));
    }
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (Map<String, Object> resource : resources) {
      ResourceSpans.Builder of = request.addResourceSpansBuilder();
      of.getResourceBuilder().addAllAttributes(attributes(resource));
      of.addScopeSpans(byResource.get(resource));
    }
    return request.build().toByteArray();
  }

  private static io.opentelemetry.proto.trace.v1.Span span(Span from) {
    io.opentelemetry.proto.trace.v1.Span.Builder span =
        io.opentelemetry.proto.trace.v1.Span.newBuilder()
            .setTraceId(bytes(from.traceId()))
            .setSpanId(bytes(from.spanId()))
            .setParentSpanId(bytes(from.parentSpanId()))
            .setName(from.name())
            .setKindValue(from.kind().ordinal())
            .setStartTimeUnixNano(from.startEpochNs())
            .setEndTimeUnixNano(from.endEpochNs())
            .addAllAttributes(attributes(from.attributes()))
            .setStatus(
                Status.newBuilder()
                    .setCodeValue(from.status().ordinal())
                    .setMessage(from.statusMessage()));
    for (Span.Event event : from.events()) {
      span.addEventsBuilder()
          .setTimeUnixNano(event.epochNs())
          .setName(event.name())
          .addAllAttributes(attributes(event.attributes()));
    }
    for (Span.Link link : from.links()) {
      span.addLinksBuilder().setTraceId(bytes(link.traceId())).setSpanId(bytes(link.spanId()));
    }
    return span.build();
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  private static List<KeyValue> attributes(Map<String, Object> from) {
    List<KeyValue> attributes = new ArrayList<>(from.size());
    from.forEach(
        (key, value) ->
            attributes.add(KeyValue.newBuilder().setKey(key).setValue(value(value)).build()));
    return attributes;
  }

  private static AnyValue value(Object from) {
    AnyValue.Builder value = AnyValue.newBuilder();
    if (from instanceof Long number) {
      value.setIntValue(number);
    } else if (from instanceof Double number) {
      value.setDoubleValue(number);
    } else if (from instanceof Boolean truth) {
      value.setBoolValue(truth);
    } else if (from instanceof List<?> list) {
      ArrayValue.Builder items = value.getArrayValueBuilder();
      list.forEach(item -> items.addValues(value(item)));
    } else if (from instanceof Map<?, ?> map) {
      KeyValueList.Builder items = value.getKvlistValueBuilder();
      map.forEach(
          (key, item) -> items.addValuesBuilder().setKey(key.toString()).setValue(value(item)));
    } else {
      value.setStringValue(from.toString());
    }
    return value.build();
  }
}
