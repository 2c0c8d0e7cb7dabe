package dev.thaw.collector.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A span as OTLP delivers it (opentelemetry-proto, trace.proto), with its resource.
 *
 * @param traceId 32 lower-case hex digits
 * @param spanId 16 lower-case hex digits
 * @param parentSpanId 16 lower-case hex digits, or empty
 * @param function the function it belongs to: {@code faas.name}, else {@code service.name}
 * @param startEpochNs nanoseconds since the Unix epoch
 * @param endEpochNs nanoseconds since the Unix epoch, not before the start
 * @param attributes String, Long, Double, Boolean, List or Map values
 */
public record Span(
    String traceId,
    String spanId,
    String parentSpanId,
    Kind kind,
    String name,
    String function,
    long startEpochNs,
    long endEpochNs,
    Status status,
    String statusMessage,
    Map<String, Object> attributes,
    List<Event> events,
    List<Link> links,
    Map<String, Object> resource) {

  /** OTLP's span kinds, in the order of their numbers. */
  public enum Kind {
    UNSPECIFIED,
    INTERNAL,
    SERVER,
    CLIENT,
    PRODUCER,
    CONSUMER
  }

  /** OTLP's status codes, in the order of their numbers. */
  public enum Status {
    UNSET,
    OK,
    ERROR
  }

  /** Something at one moment of a span. */
  public record Event(long epochNs, String name, Map<String, Object> attributes) {}

  /** Another span that this one belongs to without being its child. */
  public record Link(String traceId, String spanId) {}

  /** The attributes that name what a call goes to, the most telling first. */
  private static final List<String> DESTINATIONS =
      List.of(
          "messaging.destination.name",
          "faas.invoked_name",
          "db.collection.name",
          "aws.s3.bucket",
          "db.namespace");

  /** By trace, in the order in which they come. */
  public static Map<String, List<Span>> byTrace(List<Span> spans) {
    Map<String, List<Span>> traces = new LinkedHashMap<>();
    for (Span span : spans) {
      traces.computeIfAbsent(span.traceId(), absent -> new ArrayList<>()).add(span);
    }
    return traces;
  }

  /** Whether it goes out of a function: a call, or the sending of a message. */
  public boolean isCall() {
    return kind == Kind.CLIENT || kind == Kind.PRODUCER;
  }

  /** Whether a later record of the same span is to be expected. */
  public boolean provisional() {
    return Boolean.TRUE.equals(attributes.get("thaw.provisional"));
  }

  /** Whether it was still open when it was sent. */
  public boolean unfinished() {
    return Boolean.TRUE.equals(attributes.get("thaw.unfinished"));
  }

  /** Whether it stands for what was logged while its parent was open: see {@link LogLine}. */
  public boolean isLogLine() {
    return attributes.containsKey(LogLine.BODY);
  }

  public long durationNs() {
    return endEpochNs - startEpochNs;
  }

  /**
   * The deployment environment that it ran in, or empty ({@code deployment.environment.name} of
   * OpenTelemetry's resource conventions; {@code deployment.environment} in older versions).
   */
  public String environment() {
    Object name = resource.get("deployment.environment.name");
    Object environment = name == null ? resource.get("deployment.environment") : name;
    return environment == null ? "" : environment.toString();
  }

  /** What a call says that it goes to: a queue, a function, a table; or empty. */
  public String destination() {
    for (String attribute : DESTINATIONS) {
      if (!text(attribute).isEmpty()) {
        return text(attribute);
      }
    }
    return "";
  }

  /** The attribute's number, or 0. */
  public double number(String attribute) {
    return attributes.get(attribute) instanceof Number number ? number.doubleValue() : 0;
  }

  /** The attribute's text, or empty. */
  public String text(String attribute) {
    Object value = attributes.get(attribute);
    return value == null ? "" : value.toString();
  }
}
