package dev.thaw.agent.propagation;

import dev.thaw.agent.invocation.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * Zipkin's headers, in one ({@code b3}) or in several ({@code X-B3-TraceId} and so on); see
 * github.com/openzipkin/b3-propagation.
 */
public final class B3Header {

  public static final String NAME = "b3";
  public static final String TRACE_ID = "X-B3-TraceId";
  public static final String SPAN_ID = "X-B3-SpanId";
  public static final String SAMPLED = "X-B3-Sampled";
  public static final String FLAGS = "X-B3-Flags";

  private B3Header() {}

  /**
   * @param header {@code traceId-spanId}, and perhaps {@code -sampled} and {@code -parentId}
   * @return the context, or null when there is none in it
   */
  public static @Nullable TraceContext parse(@Nullable String header) {
    if (header == null) {
      return null;
    }
    int first = header.indexOf('-');
    if (first < 0) {
      return null;
    }
    int second = header.indexOf('-', first + 1);
    String spanId = header.substring(first + 1, second < 0 ? header.length() : second);
    String state = second < 0 ? "" : header.substring(second + 1);
    int third = state.indexOf('-');
    return context(
        header.substring(0, first), spanId, third < 0 ? state : state.substring(0, third));
  }

  /** From the values of the several headers. */
  public static @Nullable TraceContext parse(
      @Nullable String traceId,
      @Nullable String spanId,
      @Nullable String sampled,
      @Nullable String flags) {
    if (traceId == null || spanId == null) {
      return null;
    }
    return context(traceId, spanId, "1".equals(flags) ? "d" : sampled == null ? "" : sampled);
  }

  /** Nothing said means that the receiver decides: it records. */
  private static @Nullable TraceContext context(String traceId, String spanId, String sampled) {
    String padded = traceId.length() == 16 ? "0000000000000000" + traceId : traceId;
    if (padded.length() != 32
        || spanId.length() != 16
        || !TraceParent.isHex(padded, 0, 32)
        || !TraceParent.isHex(spanId, 0, 16)
        || TraceParent.isZero(padded)
        || TraceParent.isZero(spanId)) {
      return null;
    }
    boolean not = sampled.equals("0") || sampled.equals("false");
    return new TraceContext(padded, spanId, !not, null);
  }

  public static String format(TraceContext context) {
    return context.traceId + "-" + context.spanId + (context.sampled ? "-1" : "-0");
  }
}
