package dev.thaw.collector.receive;

import dev.thaw.collector.model.Attributes;
import dev.thaw.collector.model.LogLine;
import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes out of spans what nobody should find in a trace, before any of it is written to the disk:
 * of attributes, events, log lines, resources and status messages. What is clean stays the same
 * object. Thread-safe.
 */
public final class Redaction {

  private final Secrets secrets;
  private final boolean isOn;
  private final AtomicLong redacted = new AtomicLong();

  /**
   * @param secrets whether passwords, tokens and keys are taken out
   * @param emails whether e-mail addresses are
   * @param words what makes an attribute secret besides, when its key holds it; letters and digits
   *     in lower case
   */
  public Redaction(boolean secrets, boolean emails, List<String> words) {
    this.secrets = new Secrets(secrets, emails, words);
    isOn = secrets || emails || !words.isEmpty();
  }

  /** How many values were changed or taken out. */
  public long redacted() {
    return redacted.get();
  }

  /** The spans without them; the same list when there are none. */
  List<Span> without(List<Span> spans) {
    if (!isOn) {
      return spans;
    }
    // Spans of one process have one resource.
    Map<Map<String, Object>, Map<String, Object>> resources = new IdentityHashMap<>();
    List<Span> clean = null;
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      Span without = without(span, resources.computeIfAbsent(span.resource(), this::without));
      if (clean == null && without != span) {
        clean = new ArrayList<>(spans);
      }
      if (clean != null) {
        clean.set(i, without);
      }
    }
    return clean == null ? spans : clean;
  }

  private Span without(Span span, Map<String, Object> resource) {
    Map<String, Object> attributes = without(span.attributes());
    String message = counted(text("", span.statusMessage()), span.statusMessage());
    List<Span.Event> events = span.events();
    for (int i = 0; i < span.events().size(); i++) {
      Span.Event event = span.events().get(i);
      Map<String, Object> ofEvent = without(event.attributes());
      if (ofEvent != event.attributes()) {
        events = events == span.events() ? new ArrayList<>(events) : events;
        events.set(i, new Span.Event(event.epochNs(), event.name(), ofEvent));
      }
    }
    if (resource == span.resource()
        && attributes == span.attributes()
        && message == span.statusMessage()
        && events == span.events()) {
      return span;
    }
    return new Span(
        span.traceId(),
        span.spanId(),
        span.parentSpanId(),
        span.kind(),
        span.name(),
        span.function(),
        span.startEpochNs(),
        span.endEpochNs(),
        span.status(),
        message,
        attributes,
        events,
        span.links(),
        resource);
  }

  private Map<String, Object> without(Map<String, Object> attributes) {
    boolean isClean = true;
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      isClean &= value(attribute.getKey(), attribute.getValue()) == attribute.getValue();
    }
    if (isClean) {
      return attributes;
    }
    Attributes.Builder clean = new Attributes.Builder();
    attributes.forEach((key, value) -> clean.put(key, counted(value(key, value), value)));
    return clean.build();
  }

  private <T> T counted(T clean, T given) {
    if (clean != given) {
      redacted.incrementAndGet();
    }
    return clean;
  }

  private Object value(String key, Object value) {
    if (value instanceof String text) {
      return text(key, text);
    }
    Object clean = value;
    if (value instanceof List<?> list) {
      clean = list.stream().map(item -> value(key, item)).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<String, Object> items = new LinkedHashMap<>();
      map.forEach((name, item) -> items.put(name.toString(), value(name.toString(), item)));
      clean = items;
    }
    return clean.equals(value) ? value : clean;
  }

  private String text(String key, String text) {
    // What Thaw itself writes holds no secrets, and what stands for something else must stay.
    boolean isOurOwn = key.startsWith("thaw.") && !key.equals(LogLine.BODY);
    if (isOurOwn || text.isEmpty() || text.equals(Secrets.WITHHELD)) {
      return text;
    }
    return secrets.isSecret(key) ? Secrets.WITHHELD : secrets.without(text);
  }
}
