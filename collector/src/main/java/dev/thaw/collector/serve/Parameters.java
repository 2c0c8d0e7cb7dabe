package dev.thaw.collector.serve;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.store.Cursor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request; a wrong one is an IllegalArgumentException that says what to
 * write.
 */
record Parameters(ServiceRequestContext context, long nowMs) {

  private static final long HOUR_MS = 3_600_000;

  @Nullable String text(String name) {
    String value = context.queryParam(name);
    return value == null || value.isEmpty() ? null : value;
  }

  String path(String name) {
    String value = context.pathParam(name);
    return value == null ? "" : value;
  }

  String traceId() {
    String id = path("traceId").toLowerCase(java.util.Locale.ROOT);
    if (!id.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("A trace id is 32 hexadecimal digits");
    }
    return id;
  }

  String spanId() {
    String id = path("spanId").toLowerCase(java.util.Locale.ROOT);
    if (!id.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException("A span id is 16 hexadecimal digits");
    }
    return id;
  }

  boolean flag(String name) {
    return "true".equals(text(name));
  }

  /** The last hour and all environments when nothing is said. */
  Scope scope() {
    long to = number("to", nowMs + 1, 0, Long.MAX_VALUE / 1_000_000);
    return Scope.ofMillis(number("from", to - HOUR_MS, 0, Long.MAX_VALUE / 1_000_000), to)
        .in(context.queryParam("environment"));
  }

  int limit() {
    return (int) number("limit", 100, 1, 10_000);
  }

  /** Behind which the page begins; null for the first one. */
  @Nullable Cursor cursor() {
    String text = text("cursor");
    return text == null ? null : Cursor.read(text);
  }

  long number(String name, long otherwise, long least, long most) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        name + " is '" + value + "'; it must be a whole number from " + least + " to " + most);
  }

  <T> T choice(String name, Map<String, T> choices, T otherwise) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    T chosen = choices.get(value);
    if (chosen == null) {
      throw new IllegalArgumentException(
          name + " is '" + value + "'; use one of " + new java.util.TreeSet<>(choices.keySet()));
    }
    return chosen;
  }
}
