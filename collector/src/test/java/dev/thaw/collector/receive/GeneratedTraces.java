package dev.thaw.collector.receive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.thaw.collector.model.Span;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a request by protobuf's generated classes: what the collector's own reader must agree with.
 */
final class GeneratedTraces {

  private static final int LONGEST_TEXT = 64 * 1024;

  private GeneratedTraces() {}

  /**
   * @throws InvalidProtocolBufferException when the bytes are not such a request
   */
  static OtlpTraces.Decoded decode(byte[] bytes) throws InvalidProtocolBufferException {
    ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(bytes);
    List<Span> spans = new ArrayList<>();
    int rejected = 0;
    String why = "";
    for (ResourceSpans ofResource : request.getResourceSpansList()) {
      Map<String, Object> resource = attributes(ofResource.getResource().getAttributesList());
      for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
        for (io.opentelemetry.proto.trace.v1.Span span : ofScope.getSpansList()) {
          String problem = problem(span);
          if (problem.isEmpty()) {
            spans.add(span(span, resource));
          } else {
            rejected++;
            why = why.isEmpty() ? problem : why;
          }
        }
      }
    }
    return new OtlpTraces.Decoded(spans, rejected, why);
  }

  private static String problem(io.opentelemetry.proto.trace.v1.Span span) {
    if (!isId(span.getTraceId(), 16)) {
      return "trace_id must be 16 bytes and not all zeros";
    }
    if (!isId(span.getSpanId(), 8)) {
      return "span_id must be 8 bytes and not all zeros";
    }
    if (!span.getParentSpanId().isEmpty() && span.getParentSpanId().size() != 8) {
      return "parent_span_id must be 8 bytes or empty";
    }
    if (span.getStartTimeUnixNano() <= 0) {
      return "start_time_unix_nano is missing";
    }
    return "";
  }

  private static boolean isId(ByteString id, int length) {
    if (id.size() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (id.byteAt(i) != 0) {
        return true;
      }
    }
    return false;
  }

  private static Span span(
      io.opentelemetry.proto.trace.v1.Span span, Map<String, Object> resource) {
    List<Span.Event> events = new ArrayList<>();
    span.getEventsList()
        .forEach(
            event ->
                events.add(
                    new Span.Event(
                        event.getTimeUnixNano(),
                        event.getName(),
                        attributes(event.getAttributesList()))));
    List<Span.Link> links = new ArrayList<>();
    span.getLinksList()
        .forEach(
            link -> {
              if (isId(link.getTraceId(), 16) && isId(link.getSpanId(), 8)) {
                links.add(new Span.Link(hex(link.getTraceId()), hex(link.getSpanId())));
              }
            });
    Object function =
        resource.getOrDefault("faas.name", resource.getOrDefault("service.name", "unknown"));
    int kind = span.getKindValue();
    int status = span.getStatus().getCodeValue();
    ByteString parent = span.getParentSpanId();
    return new Span(
        hex(span.getTraceId()),
        hex(span.getSpanId()),
        isId(parent, 8) ? hex(parent) : "",
        kind >= 0 && kind < Span.Kind.values().length
            ? Span.Kind.values()[kind]
            : Span.Kind.UNSPECIFIED,
        cut(span.getName()),
        cut(function.toString()),
        span.getStartTimeUnixNano(),
        Math.max(span.getStartTimeUnixNano(), span.getEndTimeUnixNano()),
        status >= 0 && status < Span.Status.values().length
            ? Span.Status.values()[status]
            : Span.Status.UNSET,
        cut(span.getStatus().getMessage()),
        attributes(span.getAttributesList()),
        events,
        links,
        resource);
  }

  private static Map<String, Object> attributes(List<KeyValue> given) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (KeyValue attribute : given) {
      attributes.put(attribute.getKey(), value(attribute.getValue()));
    }
    return attributes;
  }

  private static Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> cut(value.getStringValue());
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream().map(GeneratedTraces::value).toList();
      case KVLIST_VALUE -> attributes(value.getKvlistValue().getValuesList());
      case BYTES_VALUE -> Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
      default -> "";
    };
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }

  private static String hex(ByteString id) {
    StringBuilder hex = new StringBuilder(id.size() * 2);
    for (int i = 0; i < id.size(); i++) {
      hex.append(Character.forDigit((id.byteAt(i) >> 4) & 15, 16));
      hex.append(Character.forDigit(id.byteAt(i) & 15, 16));
    }
    return hex.toString();
  }
}
