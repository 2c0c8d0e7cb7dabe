package dev.thaw.collector.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a function logged while a span was open (opentelemetry-proto, logs.proto).
 *
 * @param spanId the span that was open
 * @param epochNs nanoseconds since the Unix epoch
 * @param severity as the sender says it, such as WARN; or empty
 * @param logger what wrote it, such as the name of a class; or empty
 * @param body as text, whatever its type was
 */
public record LogLine(
    String spanId,
    String function,
    long epochNs,
    String severity,
    String logger,
    String body,
    Map<String, Object> attributes) {

  // It is kept as a span of no length, with these attributes besides its own.
  public static final String BODY = "thaw.log.body";
  public static final String SEVERITY = "thaw.log.severity";
  public static final String LOGGER = "thaw.log.logger";

  /** Empty when the span stands for no log line. */
  public static Optional<LogLine> of(Span span) {
    if (!span.isLogLine()) {
      return Optional.empty();
    }
    Map<String, Object> own = new LinkedHashMap<>(span.attributes());
    own.keySet().removeIf(key -> key.equals(BODY) || key.equals(SEVERITY) || key.equals(LOGGER));
    return Optional.of(
        new LogLine(
            span.parentSpanId(),
            span.function(),
            span.startEpochNs(),
            span.text(SEVERITY),
            span.text(LOGGER),
            span.text(BODY),
            own));
  }
}
