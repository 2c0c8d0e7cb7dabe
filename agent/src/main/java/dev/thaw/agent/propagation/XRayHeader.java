package dev.thaw.agent.propagation;

import dev.thaw.agent.invocation.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * AWS X-Ray's header {@code X-Amzn-Trace-Id: Root=1-8hex-24hex;Parent=16hex;Sampled=1} (X-Ray
 * developer guide, «Tracing header»): the only context that Lambda hands on with an asynchronous
 * invoke.
 */
public final class XRayHeader {

  public static final String NAME = "X-Amzn-Trace-Id";

  private XRayHeader() {}

  /**
   * @return the context, or null when there is none, or when the header says «not sampled»: then
   *     the platform made it up and nobody recorded the parent that it names
   */
  public static @Nullable TraceContext parse(@Nullable String header) {
    if (header == null) {
      return null;
    }
    String root = field(header, "Root=");
    String parent = field(header, "Parent=");
    String sampled = field(header, "Sampled=");
    if (root == null
        || parent == null
        || !"1".equals(sampled)
        || root.length() != 35
        || parent.length() != 16
        || !root.startsWith("1-")
        || root.charAt(10) != '-') {
      return null;
    }
    String traceId = root.substring(2, 10) + root.substring(11);
    if (!TraceParent.isHex(traceId, 0, 32)
        || !TraceParent.isHex(parent, 0, 16)
        || TraceParent.isZero(traceId)
        || TraceParent.isZero(parent)) {
      return null;
    }
    return new TraceContext(traceId, parent, true, null);
  }

  public static String format(TraceContext context) {
    return "Root=1-"
        + context.traceId.substring(0, 8)
        + "-"
        + context.traceId.substring(8)
        + ";Parent="
        + context.spanId
        + ";Sampled="
        + (context.sampled ? "1" : "0");
  }

  private static @Nullable String field(String header, String name) {
    int at = header.indexOf(name);
    if (at < 0) {
      return null;
    }
    int end = header.indexOf(';', at);
    return header.substring(at + name.length(), end < 0 ? header.length() : end).trim();
  }
}
