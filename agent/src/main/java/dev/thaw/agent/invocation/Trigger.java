package dev.thaw.agent.invocation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What started an invocation, as far as its event and headers tell.
 *
 * <p>{@link #kind} is a value of {@code faas.trigger} (OpenTelemetry semantic conventions, FaaS
 * spans): datasource, http, pubsub, timer or other. One carrier of context makes a parent; several
 * make links.
 */
public final class Trigger {
  public final String kind;

  /** Attributes for the span, by their conventional names: String, Long or Boolean values. */
  public final Map<String, Object> attributes = new LinkedHashMap<>();

  public @Nullable TraceContext parent;
  public final List<TraceContext> links = new ArrayList<>();

  public Trigger(String kind) {
    this.kind = kind;
  }
}
