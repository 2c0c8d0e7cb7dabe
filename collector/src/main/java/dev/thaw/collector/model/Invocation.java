package dev.thaw.collector.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of a function, read from its span.
 *
 * @param certainty which record this is: of the same span, one with a higher value replaces one
 *     with a lower
 * @param requestId the platform's id; an asynchronous retry has the same one; empty for a start
 *     that came to nothing
 * @param cold whether its caller waited for a start: not so when the environment was made ready
 *     beforehand, by provisioned concurrency or because the platform foresaw it
 * @param initNs process start to ready, nanoseconds; 0 when it was not a cold start or is not known
 * @param timeoutNs the time the platform allowed, nanoseconds; 0 when not known
 * @param memoryUsed resident bytes after it; 0 when not known
 * @param memoryLimit configured bytes; 0 when not known
 * @param queueWaitNs how long its oldest message waited, nanoseconds; 0 when not known
 * @param deadLetters messages that had failed too often elsewhere and were its input
 * @param errorType the exception's class, or empty
 * @param place where in the function's own code it failed, or empty; so when it did not fail
 * @param environment the deployment environment, or empty
 */
public record Invocation(
    String traceId,
    String spanId,
    String parentSpanId,
    int certainty,
    String function,
    String requestId,
    long startEpochNs,
    long endEpochNs,
    Outcome outcome,
    boolean cold,
    long initNs,
    String trigger,
    String instance,
    String version,
    long timeoutNs,
    long memoryUsed,
    long memoryLimit,
    long queueWaitNs,
    int deadLetters,
    String errorType,
    String errorMessage,
    String place,
    String environment) {

  /** Announced as running. */
  public static final int ANNOUNCED = 0;

  /** Announced, and given up by the collector when nothing more was heard of it. */
  public static final int GIVEN_UP = 1;

  /** About to be killed; the handler may still make it. */
  public static final int ABOUT_TO_END = 2;

  public static final int FINAL = 3;

  /** On a record that the collector made itself, by this rule. */
  public static final String VERDICT = "thaw.verdict";

  public long durationNs() {
    return endEpochNs - startEpochNs;
  }

  /**
   * A span is an invocation when it has {@code faas.invocation_id} (OpenTelemetry FaaS conventions;
   * {@code faas.execution} in older versions) and is the function's own side of it. A start that
   * came to nothing is one without a request id.
   */
  public static Optional<Invocation> of(Span span) {
    if (span.isCall()) {
      return Optional.empty();
    }
    String requestId = span.text("faas.invocation_id");
    if (requestId.isEmpty()) {
      requestId = span.text("faas.execution");
    }
    // Most spans are none: they must not cost much.
    if (requestId.isEmpty() && !span.attributes().containsKey("thaw.outcome")) {
      return Optional.empty();
    }
    Outcome outcome = outcome(span);
    if (requestId.isEmpty() && !outcome.isOfStart()) {
      return Optional.empty();
    }
    double remaining = span.number("thaw.remaining_time");
    boolean knowsTime = span.attributes().containsKey("thaw.remaining_time");
    return Optional.of(
        new Invocation(
            span.traceId(),
            span.spanId(),
            span.parentSpanId(),
            certainty(span, outcome),
            span.function(),
            requestId,
            span.startEpochNs(),
            span.endEpochNs(),
            outcome,
            !outcome.isOfStart()
                && Boolean.TRUE.equals(span.attributes().get("faas.coldstart"))
                && wasFelt(span),
            (long) (span.number("thaw.init.duration") * 1e9),
            span.text("faas.trigger"),
            resource(span, "faas.instance"),
            resource(span, "faas.version"),
            knowsTime ? span.durationNs() + (long) (remaining * 1e9) : 0,
            (long) span.number("thaw.memory.used"),
            (long) number(span.resource().get("faas.max_memory")),
            (long) (span.number("thaw.queue.wait") * 1e9),
            deadLetters(span),
            span.text("error.type"),
            span.statusMessage(),
            Stack.placeOf(span, outcome),
            span.environment()));
  }

  private static int deadLetters(Span span) {
    if (!Boolean.TRUE.equals(span.attributes().get("thaw.dead_letter"))) {
      return 0;
    }
    return (int) Math.max(1, span.number("messaging.batch.message_count"));
  }

  private static int certainty(Span span, Outcome outcome) {
    if (!span.provisional()) {
      return FINAL;
    }
    if (span.attributes().containsKey(VERDICT)) {
      return GIVEN_UP;
    }
    return outcome == Outcome.RUNNING ? ANNOUNCED : ABOUT_TO_END;
  }

  /** Spans of other tracers have no {@code thaw.outcome}; their status tells. */
  private static Outcome outcome(Span span) {
    String word = span.text("thaw.outcome");
    for (Outcome outcome : Outcome.values()) {
      if (outcome.word().equals(word)) {
        return outcome;
      }
    }
    return span.status() == Span.Status.ERROR ? Outcome.ERROR : Outcome.OK;
  }

  /**
   * A runtime that was ready for longer was not started for this caller. Below it, the caller may
   * have waited for an extension: Lambda's init phase ends when all of them are ready, and has 10
   * seconds (Lambda developer guide, «Lambda execution environment lifecycle», init phase).
   */
  private static final double LONGEST_IDLE_S = 10;

  /** Spans of other tracers don't say; their cold starts count. */
  public static boolean wasFelt(Span span) {
    String type = span.text("thaw.init.type");
    return !type.equals("provisioned-concurrency")
        && !type.equals("lambda-managed-instances")
        && span.number("thaw.init.idle") < LONGEST_IDLE_S;
  }

  private static String resource(Span span, String key) {
    Object value = span.resource().get(key);
    return value == null ? "" : value.toString();
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : 0;
  }
}
