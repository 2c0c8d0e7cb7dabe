package dev.thaw.collector.store;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.TraceSummary;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page of a list ended: the next one begins behind it, whatever was added meanwhile.
 *
 * @param value of the page's last row, by which the list is in order; nanoseconds
 * @param traceId the last row's, 32 hexadecimal digits
 * @param spanId the last row's, 16 hexadecimal digits; empty in a list of traces
 */
public record Cursor(long value, String traceId, String spanId) {

  private static final Pattern TEXT =
      Pattern.compile("(-?\\d{1,19})-([0-9a-f]{32})((?:[0-9a-f]{16})?)");

  /** Behind an invocation in a list of that order. */
  public static Cursor after(Store.Order order, Invocation last) {
    long value =
        switch (order) {
          case NEWEST -> last.startEpochNs();
          case SLOWEST -> last.durationNs();
          case SLOWEST_INIT -> last.initNs();
        };
    return new Cursor(value, last.traceId(), last.spanId());
  }

  /** Behind a trace in the list of traces. */
  public static Cursor after(TraceSummary last) {
    return new Cursor(last.startEpochNs(), last.traceId(), "");
  }

  /**
   * @param text as {@link #text} gives it
   * @throws IllegalArgumentException when it is no cursor
   */
  public static Cursor read(String text) {
    Matcher parts = TEXT.matcher(text);
    if (parts.matches()) {
      try {
        return new Cursor(Long.parseLong(parts.group(1)), parts.group(2), parts.group(3));
      } catch (NumberFormatException e) {
        // Said below.
      }
    }
    throw new IllegalArgumentException(
        "cursor is '" + text + "'; give what 'next' was in the page before, or leave it away");
  }

  public String text() {
    return value + "-" + traceId + spanId;
  }
}
