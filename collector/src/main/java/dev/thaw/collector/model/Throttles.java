package dev.thaw.collector.model;

import java.util.Optional;

/**
 * The refusals that one outgoing call met.
 *
 * @param caller the function that made the call
 * @param target what refused: a function, a queue, a host and path
 * @param count how many attempts were refused, at least 1
 * @param firstEpochNs when the first came, nanoseconds since the Unix epoch
 * @param environment the deployment environment of the caller, or empty; taken for that of the
 *     target, too
 */
public record Throttles(
    String traceId,
    String spanId,
    String caller,
    String target,
    String reason,
    int count,
    long firstEpochNs,
    String environment) {

  /** The event that a refused attempt leaves on its call's span. */
  public static final String EVENT = "thaw.throttle";

  public static Optional<Throttles> of(Span span) {
    Span.Event first = null;
    int count = 0;
    for (Span.Event event : span.events()) {
      if (event.name().equals(EVENT)) {
        count++;
        if (first == null) {
          first = event;
        }
      }
    }
    if (first == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Throttles(
            span.traceId(),
            span.spanId(),
            span.function(),
            String.valueOf(first.attributes().getOrDefault("thaw.throttle.target", "unknown")),
            String.valueOf(first.attributes().getOrDefault("thaw.throttle.reason", "")),
            count,
            first.epochNs(),
            span.environment()));
  }
}
