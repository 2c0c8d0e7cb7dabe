package dev.thaw.agent.propagation;

import dev.thaw.agent.invocation.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * The W3C headers {@code traceparent} and {@code tracestate} (Trace Context level 2, sections 3.2
 * and 3.3).
 *
 * <p>Parsed here and not by OpenTelemetry's propagator: the context is needed at the first outgoing
 * call of a cold start, which pays for every class.
 */
public final class TraceParent {

  public static final String NAME = "traceparent";
  public static final String STATE_NAME = "tracestate";

  private static final int LENGTH = 55;

  private TraceParent() {}

  /**
   * @return the context, or null when the header is absent or not valid (such a header is ignored,
   *     as section 3.2.2.5 asks)
   */
  public static @Nullable TraceContext parse(@Nullable String header, @Nullable String state) {
    if (header == null) {
      return null;
    }
    String value = header.trim();
    if (value.length() < LENGTH
        || value.charAt(2) != '-'
        || value.charAt(35) != '-'
        || value.charAt(52) != '-'
        || !isHex(value, 0, 2)
        || !isHex(value, 3, 35)
        || !isHex(value, 36, 52)
        || !isHex(value, 53, 55)) {
      return null;
    }
    boolean version0 = value.startsWith("00");
    if (value.startsWith("ff")
        || (version0 && value.length() != LENGTH)
        || (!version0 && value.length() > LENGTH && value.charAt(LENGTH) != '-')) {
      return null;
    }
    String traceId = value.substring(3, 35);
    String spanId = value.substring(36, 52);
    if (isZero(traceId) || isZero(spanId)) {
      return null;
    }
    boolean sampled = (Character.digit(value.charAt(54), 16) & 1) == 1;
    return new TraceContext(
        traceId, spanId, sampled, state == null || state.isEmpty() ? null : state);
  }

  public static String format(TraceContext context) {
    return "00-" + context.traceId + "-" + context.spanId + (context.sampled ? "-01" : "-00");
  }

  /** Lower case only, as section 3.2.2 requires. */
  static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  static boolean isZero(String hex) {
    for (int i = 0; i < hex.length(); i++) {
      if (hex.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
