package dev.thaw.agent.invocation;

import org.jspecify.annotations.Nullable;

/**
 * A position in a trace: W3C Trace Context, level 2, sections 3.2 and 3.3. Immutable.
 *
 * <p>Trace id: 32 lower-case hex digits; span id: 16; neither all zeros.
 */
public final class TraceContext {
  public final String traceId;
  public final String spanId;
  public final boolean sampled;
  public final @Nullable String traceState;

  public TraceContext(String traceId, String spanId, boolean sampled, @Nullable String traceState) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.sampled = sampled;
    this.traceState = traceState;
  }
}
