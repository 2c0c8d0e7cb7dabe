package dev.thaw.collector.model;

import java.util.List;

/**
 * The ids by which a sender and a receiver name the same thing: a message, a record of a stream, an
 * object, an item of a table. See docs/reference/attributes.md.
 */
public final class Messages {

  private Messages() {}

  /** What a span sends, when it is a call, or receives; empty for a span that names none. */
  public static List<String> ids(Span span) {
    String one = span.text("messaging.message.id");
    if (!one.isEmpty()) {
      return List.of(one);
    }
    String several = span.text("thaw.message.ids");
    return several.isEmpty() ? List.of() : List.of(several.split(","));
  }
}
