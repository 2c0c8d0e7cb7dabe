package dev.thaw.collector.store.duckdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.model.Span;
import java.util.List;
import java.util.Map;

/** What of a span is kept as one JSON text: nothing that a search looks at. */
record SpanBody(
    String statusMessage,
    Map<String, Object> attributes,
    List<Span.Event> events,
    List<Span.Link> links,
    Map<String, Object> resource) {

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.USE_LONG_FOR_INTS, true);

  static String write(Span span) {
    try {
      return JSON.writeValueAsString(
          new SpanBody(
              span.statusMessage(),
              span.attributes(),
              span.events(),
              span.links(),
              span.resource()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A span of the model is always JSON", e);
    }
  }

  static SpanBody read(String text) {
    try {
      return JSON.readValue(text, SpanBody.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A span in the store is damaged", e);
    }
  }
}
