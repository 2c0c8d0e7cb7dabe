package dev.thaw.collector.store.duckdb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.model.Span;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a span is kept as one JSON text: what has no column, and nothing that is empty. The
 * resource is a text of its own, because very many spans have the same.
 *
 * @param resource where it was written by the third version of the schema; empty since
 */
record SpanBody(
    String statusMessage,
    Map<String, Object> attributes,
    List<Span.Event> events,
    List<Span.Link> links,
    Map<String, Object> resource) {

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.USE_LONG_FOR_INTS, true);
  private static final JsonFactory WRITING = new JsonFactory();
  private static final TypeReference<Map<String, Object>> ATTRIBUTES = new TypeReference<>() {};

  private static final SpanBody NOTHING = new SpanBody(null, null, null, null, null);

  SpanBody(
      @Nullable String statusMessage,
      @Nullable Map<String, Object> attributes,
      @Nullable List<Span.Event> events,
      @Nullable List<Span.Link> links,
      @Nullable Map<String, Object> resource) {
    this.statusMessage = statusMessage == null ? "" : statusMessage;
    this.attributes = attributes == null ? Map.of() : attributes;
    this.events = events == null ? List.of() : events;
    this.links = links == null ? List.of() : links;
    this.resource = resource == null ? Map.of() : resource;
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private static String written(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = WRITING.createGenerator(text)) {
      writing.to(json);
    } catch (IOException e) {
      throw new IllegalStateException("A span of the model is always JSON", e);
    }
    return text.toString();
  }

  /**
   * @param attributes those without a column
   * @return null when there is nothing
   */
  static @Nullable String write(Span span, Map<String, Object> attributes) {
    if (attributes.isEmpty()
        && span.statusMessage().isEmpty()
        && span.events().isEmpty()
        && span.links().isEmpty()) {
      return null;
    }
    return written(
        json -> {
          json.writeStartObject();
          if (!span.statusMessage().isEmpty()) {
            json.writeStringField("statusMessage", span.statusMessage());
          }
          if (!attributes.isEmpty()) {
            json.writeFieldName("attributes");
            value(json, attributes);
          }
          if (!span.events().isEmpty()) {
            json.writeArrayFieldStart("events");
            for (Span.Event event : span.events()) {
              json.writeStartObject();
              json.writeNumberField("epochNs", event.epochNs());
              json.writeStringField("name", event.name());
              json.writeFieldName("attributes");
              value(json, event.attributes());
              json.writeEndObject();
            }
            json.writeEndArray();
          }
          if (!span.links().isEmpty()) {
            json.writeArrayFieldStart("links");
            for (Span.Link link : span.links()) {
              json.writeStartObject();
              json.writeStringField("traceId", link.traceId());
              json.writeStringField("spanId", link.spanId());
              json.writeEndObject();
            }
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  static String writeResource(Map<String, Object> resource) {
    return written(json -> value(json, resource));
  }

  /** The types that the model allows. */
  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        value(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        value(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Number number) {
      json.writeNumber(number.doubleValue());
    } else {
      json.writeString(String.valueOf(value));
    }
  }

  static SpanBody read(@Nullable String text) {
    if (text == null) {
      return NOTHING;
    }
    try {
      return JSON.readValue(text, SpanBody.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A span in the store is damaged", e);
    }
  }

  static Map<String, Object> readResource(String text) {
    try {
      return JSON.readValue(text, ATTRIBUTES);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A resource in the store is damaged", e);
    }
  }
}
