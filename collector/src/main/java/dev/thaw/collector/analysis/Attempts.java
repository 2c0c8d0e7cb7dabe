package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import java.util.Comparator;
import java.util.List;

/**
 * Several invocations of one event: an asynchronous invoke that is retried keeps its request id,
 * and a queue counts how often it delivered a message. What nobody could process may end as a dead
 * letter.
 */
public final class Attempts {

  private Attempts() {}

  /**
   * A sentence for people; empty when it is the only attempt that is known.
   *
   * @param trace all spans of its trace
   */
  public static String of(Span span, List<Span> trace) {
    Invocation own = Invocation.of(span).orElse(null);
    if (own == null || own.requestId().isEmpty()) {
      return "";
    }
    List<Invocation> attempts =
        trace.stream()
            .flatMap(other -> Invocation.of(other).stream())
            .filter(other -> other.requestId().equals(own.requestId()))
            .filter(other -> other.function().equals(own.function()))
            .sorted(Comparator.comparingLong(Invocation::startEpochNs))
            .toList();
    if (Boolean.TRUE.equals(span.attributes().get("thaw.dead_letter"))) {
      return deadLetter(span);
    }
    String end = givenUp(own, trace);
    if (attempts.size() < 2) {
      return (redelivered(span) + end).strip();
    }
    int number = 1;
    while (!attempts.get(number - 1).spanId().equals(own.spanId())) {
      number++;
    }
    Invocation first = attempts.get(0);
    Invocation last = attempts.get(attempts.size() - 1);
    return "Attempt %d of %d of the same event. The first one ended with %s, the last one with %s."
            .formatted(number, attempts.size(), cause(first), cause(last))
        + end;
  }

  private static String cause(Invocation invocation) {
    return invocation.errorType().isEmpty()
        ? invocation.outcome().word()
        : invocation.outcome().word() + " (" + invocation.errorType() + ")";
  }

  private static String deadLetter(Span span) {
    String queue = span.text("thaw.dead_letter.source");
    String request = span.text("thaw.dead_letter.request_id");
    String reason = span.text("thaw.dead_letter.reason");
    return "It got a dead letter"
        + (queue.isEmpty() ? "" : " of the queue " + queue)
        + (request.isEmpty() ? "" : ": request " + request + " was given up")
        + (reason.isEmpty() ? "." : " (" + reason + ").");
  }

  /** Who took over after the last attempt, as far as the trace shows it. */
  private static String givenUp(Invocation own, List<Span> trace) {
    return trace.stream()
        .filter(other -> other.text("thaw.dead_letter.request_id").equals(own.requestId()))
        .map(other -> " It ended as a dead letter, which " + other.function() + " got.")
        .findFirst()
        .orElse("");
  }

  private static String redelivered(Span span) {
    Object count = span.attributes().get("thaw.queue.receive_count");
    return count instanceof Number number && number.longValue() > 1
        ? "A message of its batch was delivered for the %d. time: the deliveries before failed."
            .formatted(number.longValue())
        : "";
  }
}
