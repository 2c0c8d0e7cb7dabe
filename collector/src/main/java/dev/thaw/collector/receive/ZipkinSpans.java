package dev.thaw.collector.receive;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * Zipkin's spans, version 2 (zipkin-api, zipkin2-api.yaml), as an OTLP request, by OpenTelemetry's
 * rules («OpenTelemetry to Zipkin», read backwards): one journal, one store, one way in.
 *
 * <p>Ids of half the length are padded on the left. An id that is none leads to a span without one,
 * which is rejected and counted like any other.
 */
final class ZipkinSpans {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ERROR = "error";
  private static final String STATUS_CODE = "otel.status_code";

  private ZipkinSpans() {}

  /**
   * @throws InvalidProtocolBufferException when it is no list of spans
   */
  static byte[] toProtobuf(byte[] body) throws IOException {
    SpanRequest request = new SpanRequest();
    try (JsonParser in = JSON.createParser(body)) {
      if (in.nextToken() != JsonToken.START_ARRAY) {
        throw new InvalidProtocolBufferException("it must be a list of spans");
      }
      while (in.nextToken() != JsonToken.END_ARRAY) {
        JsonNode span = JSON.readTree(in);
        request.add(resource(span.path("localEndpoint").path("serviceName").asText()), span(span));
      }
    } catch (JsonProcessingException e) {
      throw new InvalidProtocolBufferException(e.getOriginalMessage());
    }
    return request.toByteArray();
  }

  private static Resource resource(String service) {
    return service.isEmpty()
        ? Resource.getDefaultInstance()
        : Resource.newBuilder().addAttributes(attribute("service.name", service)).build();
  }

  private static Span span(JsonNode from) {
    long start = from.path("timestamp").asLong() * 1000;
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(id(from.path("traceId").asText(), 32))
            .setSpanId(id(from.path("id").asText(), 16))
            .setParentSpanId(id(from.path("parentId").asText(), 16))
            .setName(from.path("name").asText())
            .setKind(kind(from.path("kind").asText()))
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + from.path("duration").asLong() * 1000);
    remote(from.path("remoteEndpoint"), span);
    for (JsonNode note : from.path("annotations")) {
      span.addEvents(
          Span.Event.newBuilder()
              .setTimeUnixNano(note.path("timestamp").asLong() * 1000)
              .setName(note.path("value").asText()));
    }
    for (Map.Entry<String, JsonNode> tag : from.path("tags").properties()) {
      String value = tag.getValue().asText();
      if (tag.getKey().equals(ERROR)) {
        span.setStatus(
            Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage(value));
      } else if (tag.getKey().equals(STATUS_CODE) && value.equals("OK")) {
        span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_OK));
      } else if (!tag.getKey().equals(STATUS_CODE)) {
        span.addAttributes(attribute(tag.getKey(), value));
      }
    }
    return span.build();
  }

  private static void remote(JsonNode endpoint, Span.Builder span) {
    String service = endpoint.path("serviceName").asText();
    String address = endpoint.path("ipv4").asText(endpoint.path("ipv6").asText());
    if (!service.isEmpty()) {
      span.addAttributes(attribute("peer.service", service));
    }
    if (!address.isEmpty()) {
      span.addAttributes(attribute("network.peer.address", address));
    }
    if (endpoint.path("port").canConvertToInt()) {
      span.addAttributes(
          KeyValue.newBuilder()
              .setKey("network.peer.port")
              .setValue(AnyValue.newBuilder().setIntValue(endpoint.path("port").asInt())));
    }
  }

  private static Span.SpanKind kind(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "CLIENT" -> Span.SpanKind.SPAN_KIND_CLIENT;
      case "SERVER" -> Span.SpanKind.SPAN_KIND_SERVER;
      case "PRODUCER" -> Span.SpanKind.SPAN_KIND_PRODUCER;
      case "CONSUMER" -> Span.SpanKind.SPAN_KIND_CONSUMER;
      default -> Span.SpanKind.SPAN_KIND_INTERNAL;
    };
  }

  private static ByteString id(String hex, int digits) {
    if (hex.isEmpty() || hex.length() > digits) {
      return ByteString.EMPTY;
    }
    try {
      return ByteString.copyFrom(HexFormat.of().parseHex("0".repeat(digits - hex.length()) + hex));
    } catch (IllegalArgumentException e) {
      return ByteString.EMPTY;
    }
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
