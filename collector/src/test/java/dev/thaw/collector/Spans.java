package dev.thaw.collector;

import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Spans for tests, as the agent would send them. */
public final class Spans {

  /** A Sunday in 2026, at a full minute. */
  public static final long NOW_NS = 1_780_000_020_000_000_000L;

  public static final long MS = 1_000_000L;

  private String traceId = "0af7651916cd43dd8448eb211c80319c";
  private String spanId = "b7ad6b7169203331";
  private String parentId = "";
  private Span.Kind kind = Span.Kind.SERVER;
  private String name = "";
  private String function = "checkout";
  private String version = "";
  private long start = NOW_NS;
  private long length = 10 * MS;
  private Span.Status status = Span.Status.UNSET;
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final Map<String, Object> resource = new LinkedHashMap<>();
  private final List<Span.Event> events = new ArrayList<>();
  private final List<Span.Link> links = new ArrayList<>();

  private Spans() {}

  /** A finished, warm, successful invocation. */
  public static Spans invocation(String function, int number) {
    Spans spans = new Spans();
    spans.function = function;
    spans.name = function;
    spans.traceId = String.format("%032x", 0xabcdL + number);
    spans.spanId = String.format("%016x", 0x1000L + number);
    return spans
        .with("faas.invocation_id", "request-" + number)
        .with("thaw.outcome", "ok")
        .with("faas.trigger", "http");
  }

  /** An outgoing call of an invocation. */
  public static Spans call(Span of, int number) {
    Spans spans = new Spans();
    spans.function = of.function();
    spans.name = "GET";
    spans.kind = Span.Kind.CLIENT;
    spans.traceId = of.traceId();
    spans.parentId = of.spanId();
    spans.spanId = String.format("%016x", 0x2000L + number);
    spans.start = of.startEpochNs() + MS;
    spans.length = 5 * MS;
    return spans;
  }

  public Spans with(String key, Object value) {
    attributes.put(key, value);
    return this;
  }

  /** An attribute of the environment. */
  public Spans in(String key, Object value) {
    resource.put(key, value);
    return this;
  }

  public Spans outcome(String word) {
    status = word.equals("ok") || word.equals("running") ? Span.Status.UNSET : Span.Status.ERROR;
    return with("thaw.outcome", word);
  }

  public Spans provisional() {
    return with("thaw.provisional", true);
  }

  public Spans cold(double initSeconds) {
    return with("faas.coldstart", true).with("thaw.init.duration", initSeconds);
  }

  public Spans kind(Span.Kind value) {
    kind = value;
    return this;
  }

  public Spans name(String value) {
    name = value;
    return this;
  }

  public Spans startingAt(long epochNs) {
    start = epochNs;
    return this;
  }

  public Spans lasting(long ns) {
    length = ns;
    return this;
  }

  public Spans version(String of) {
    version = of;
    return this;
  }

  public Spans childOf(Span parent) {
    traceId = parent.traceId();
    parentId = parent.spanId();
    return this;
  }

  public Spans linkedTo(Span other) {
    links.add(new Span.Link(other.traceId(), other.spanId()));
    return this;
  }

  public Spans throttledBy(String target, int times) {
    for (int i = 0; i < times; i++) {
      events.add(
          new Span.Event(
              start,
              "thaw.throttle",
              Map.of("thaw.throttle.target", target, "thaw.throttle.reason", "Rate")));
    }
    return this;
  }

  public Spans event(String eventName, Map<String, Object> values) {
    events.add(new Span.Event(start, eventName, values));
    return this;
  }

  public Span build() {
    resource.put("faas.name", function);
    if (!version.isEmpty()) {
      resource.put("faas.version", version);
    }
    return new Span(
        traceId,
        spanId,
        parentId,
        kind,
        name,
        function,
        start,
        start + length,
        status,
        "",
        attributes,
        events,
        links,
        Map.copyOf(resource));
  }
}
