package dev.thaw.agent.propagation;

import dev.thaw.agent.invocation.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which headers carry the context, in and out: those that {@code OTEL_PROPAGATORS} names.
 *
 * <p>What AWS itself hands on between its services is its X-Ray header, so requests to AWS carry
 * that one in any case, and it is the last that is looked at. Thread-safe.
 */
public final class Propagation {

  /** Headers, or what takes their place in a message. */
  public interface Carrier {
    /** The value of a header, whatever the case of its name; null when it is not there. */
    @Nullable String get(String name);
  }

  public static final String TRACE_CONTEXT = "tracecontext";
  public static final String B3 = "b3";
  public static final String B3_MULTI = "b3multi";
  public static final String X_RAY = "xray";

  private static volatile String[] formats = {TRACE_CONTEXT};

  private Propagation() {}

  /**
   * @param names of the constants above, in the order in which they are looked at
   */
  public static void use(String[] names) {
    formats = names;
  }

  /** The first context that is there and valid, or null. */
  public static @Nullable TraceContext read(Carrier carrier) {
    String[] known = formats;
    for (int i = 0; i < known.length; i++) {
      TraceContext context = read(known[i], carrier);
      if (context != null) {
        return context;
      }
    }
    return XRayHeader.parse(carrier.get(XRayHeader.NAME));
  }

  private static @Nullable TraceContext read(String format, Carrier carrier) {
    switch (format) {
      case TRACE_CONTEXT:
        return TraceParent.parse(
            carrier.get(TraceParent.NAME), carrier.get(TraceParent.STATE_NAME));
      case B3:
      case B3_MULTI:
        TraceContext single = B3Header.parse(carrier.get(B3Header.NAME));
        return single != null
            ? single
            : B3Header.parse(
                carrier.get(B3Header.TRACE_ID),
                carrier.get(B3Header.SPAN_ID),
                carrier.get(B3Header.SAMPLED),
                carrier.get(B3Header.FLAGS));
      default:
        return XRayHeader.parse(carrier.get(XRayHeader.NAME));
    }
  }

  /**
   * The headers that carry a context.
   *
   * @return name, value, name, value and so on
   */
  public static String[] headers(TraceContext context) {
    List<String> headers = new ArrayList<>();
    String[] known = formats;
    for (int i = 0; i < known.length; i++) {
      add(known[i], context, headers);
    }
    return headers.toArray(new String[0]);
  }

  private static void add(String format, TraceContext context, List<String> headers) {
    switch (format) {
      case TRACE_CONTEXT:
        headers.add(TraceParent.NAME);
        headers.add(TraceParent.format(context));
        if (context.traceState != null) {
          headers.add(TraceParent.STATE_NAME);
          headers.add(context.traceState);
        }
        break;
      case B3:
        headers.add(B3Header.NAME);
        headers.add(B3Header.format(context));
        break;
      case B3_MULTI:
        headers.add(B3Header.TRACE_ID);
        headers.add(context.traceId);
        headers.add(B3Header.SPAN_ID);
        headers.add(context.spanId);
        headers.add(B3Header.SAMPLED);
        headers.add(context.sampled ? "1" : "0");
        break;
      default:
        headers.add(XRayHeader.NAME);
        headers.add(XRayHeader.format(context));
    }
  }
}
