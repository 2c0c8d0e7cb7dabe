package dev.thaw.agent.export;

import dev.thaw.agent.invocation.TraceContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An ExportTraceServiceRequest (opentelemetry-proto 1.11, trace.proto, common.proto and
 * resource.proto), written while it is told: spans one after another, and in each its attributes,
 * links and events in any order. Not thread-safe.
 *
 * <p>Not OpenTelemetry's own marshaler: that one and the classes of finished spans that it takes
 * were half of what the agent loaded after the first response, while the environment is paid for.
 */
final class TracesRequest {

  /** Values of Span.SpanKind. */
  static final int INTERNAL = 1;

  static final int SERVER = 2;
  static final int CLIENT = 3;
  static final int PRODUCER = 4;
  static final int CONSUMER = 5;

  // Fields of messages, by message and name.
  private static final int REQUEST_RESOURCE_SPANS = 1;
  private static final int RESOURCE_SPANS_RESOURCE = 1;
  private static final int RESOURCE_SPANS_SCOPE_SPANS = 2;
  private static final int SCOPE_SPANS_SCOPE = 1;
  private static final int SCOPE_SPANS_SPANS = 2;
  private static final int SCOPE_NAME = 1;
  private static final int SCOPE_VERSION = 2;
  private static final int RESOURCE_ATTRIBUTES = 1;
  private static final int SPAN_TRACE_ID = 1;
  private static final int SPAN_SPAN_ID = 2;
  private static final int SPAN_PARENT_SPAN_ID = 4;
  private static final int SPAN_NAME = 5;
  private static final int SPAN_KIND = 6;
  private static final int SPAN_START = 7;
  private static final int SPAN_END = 8;
  private static final int SPAN_ATTRIBUTES = 9;
  private static final int SPAN_EVENTS = 11;
  private static final int SPAN_LINKS = 13;
  private static final int SPAN_STATUS = 15;
  private static final int SPAN_FLAGS = 16;
  private static final int EVENT_TIME = 1;
  private static final int EVENT_NAME = 2;
  private static final int EVENT_ATTRIBUTES = 3;
  private static final int LINK_TRACE_ID = 1;
  private static final int LINK_SPAN_ID = 2;
  private static final int LINK_FLAGS = 6;
  private static final int STATUS_MESSAGE = 2;
  private static final int STATUS_CODE = 3;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int STRING_VALUE = 1;
  private static final int BOOL_VALUE = 2;
  private static final int INT_VALUE = 3;
  private static final int DOUBLE_VALUE = 4;
  private static final int ARRAY_VALUE = 5;
  private static final int ARRAY_VALUES = 1;

  private static final int STATUS_ERROR = 2;

  // Of SpanFlags: the lowest byte is W3C's, then whether it is known that the parent is remote.
  private static final int SAMPLED = 0x1;
  private static final int KNOWS_IS_REMOTE = 0x100;
  private static final int IS_REMOTE = 0x200;

  private final ProtoWriter out = new ProtoWriter();
  private final byte[] resource;
  private final byte[] scope;
  private int resourceSpans;
  private int scopeSpans;
  private int span;
  private int event;
  private int attribute;

  /** The field that an attribute is of: the open span's, or the open event's. */
  private int attributes = RESOURCE_ATTRIBUTES;

  /**
   * @param resource what all spans come from; values as {@link #attributes} takes them
   */
  TracesRequest(Map<String, Object> resource, String scopeName, String scopeVersion) {
    attributes(resource);
    this.resource = out.toByteArray();
    out.clear();
    out.text(SCOPE_NAME, scopeName);
    out.text(SCOPE_VERSION, scopeVersion);
    scope = out.toByteArray();
  }

  /** Begins a request, and forgets one that was not ended. */
  void begin() {
    out.clear();
    resourceSpans = out.begin(REQUEST_RESOURCE_SPANS);
    out.bytes(RESOURCE_SPANS_RESOURCE, resource);
    scopeSpans = out.begin(RESOURCE_SPANS_SCOPE_SPANS);
    out.bytes(SCOPE_SPANS_SCOPE, scope);
  }

  byte[] end() {
    out.end(scopeSpans);
    out.end(resourceSpans);
    return out.toByteArray();
  }

  /**
   * @param parent null when it begins its trace
   * @param parentIsRemote whether the parent is another process's
   */
  void beginSpan(
      TraceContext own,
      @Nullable TraceContext parent,
      boolean parentIsRemote,
      String name,
      int kind,
      long startEpochNs,
      long endEpochNs) {
    span = out.begin(SCOPE_SPANS_SPANS);
    attributes = SPAN_ATTRIBUTES;
    out.hex(SPAN_TRACE_ID, own.traceId);
    out.hex(SPAN_SPAN_ID, own.spanId);
    if (parent != null) {
      out.hex(SPAN_PARENT_SPAN_ID, parent.spanId);
    }
    out.text(SPAN_NAME, name);
    out.number(SPAN_KIND, kind);
    out.fixed64(SPAN_START, startEpochNs);
    // A clock that was set back must not make a negative duration.
    out.fixed64(SPAN_END, Math.max(startEpochNs, endEpochNs));
    out.fixed32(SPAN_FLAGS, flags(own, parentIsRemote));
  }

  void endSpan() {
    out.end(span);
  }

  void error(String message) {
    int status = out.begin(SPAN_STATUS);
    if (!message.isEmpty()) {
      out.text(STATUS_MESSAGE, message);
    }
    out.number(STATUS_CODE, STATUS_ERROR);
    out.end(status);
  }

  /** To a span of another process. */
  void link(TraceContext to) {
    int link = out.begin(SPAN_LINKS);
    out.hex(LINK_TRACE_ID, to.traceId);
    out.hex(LINK_SPAN_ID, to.spanId);
    out.fixed32(LINK_FLAGS, flags(to, true));
    out.end(link);
  }

  private static int flags(TraceContext context, boolean isRemote) {
    return (context.sampled ? SAMPLED : 0) | KNOWS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
  }

  /** What is said of attributes until its end is said of the event. */
  void beginEvent(String name, long epochNs) {
    event = out.begin(SPAN_EVENTS);
    attributes = EVENT_ATTRIBUTES;
    out.fixed64(EVENT_TIME, epochNs);
    out.text(EVENT_NAME, name);
  }

  void endEvent() {
    out.end(event);
    attributes = SPAN_ATTRIBUTES;
  }

  private int beginValue(String key) {
    attribute = out.begin(attributes);
    out.text(KEY, key);
    return out.begin(VALUE);
  }

  private void endValue(int begun) {
    out.end(begun);
    out.end(attribute);
  }

  /** None, where the value is null. */
  void attribute(String key, @Nullable String value) {
    if (value != null) {
      int any = beginValue(key);
      out.text(STRING_VALUE, value);
      endValue(any);
    }
  }

  void attribute(String key, long value) {
    int any = beginValue(key);
    out.number(INT_VALUE, value);
    endValue(any);
  }

  void attribute(String key, double value) {
    int any = beginValue(key);
    out.real(DOUBLE_VALUE, value);
    endValue(any);
  }

  void attribute(String key, boolean value) {
    int any = beginValue(key);
    out.number(BOOL_VALUE, value ? 1 : 0);
    endValue(any);
  }

  private void attribute(String key, String[] values) {
    int any = beginValue(key);
    int array = out.begin(ARRAY_VALUE);
    for (int i = 0; i < values.length; i++) {
      int value = out.begin(ARRAY_VALUES);
      out.text(STRING_VALUE, values[i]);
      out.end(value);
    }
    out.end(array);
    endValue(any);
  }

  /** Long, Double, Boolean and String[] values as such; of others their text. */
  void attributes(Map<String, Object> all) {
    for (Map.Entry<String, Object> entry : all.entrySet()) {
      String key = entry.getKey();
      Object value = entry.getValue();
      if (value instanceof Long) {
        attribute(key, ((Long) value).longValue());
      } else if (value instanceof Double) {
        attribute(key, ((Double) value).doubleValue());
      } else if (value instanceof Boolean) {
        attribute(key, ((Boolean) value).booleanValue());
      } else if (value instanceof String[]) {
        attribute(key, (String[]) value);
      } else {
        attribute(key, String.valueOf(value));
      }
    }
  }
}
