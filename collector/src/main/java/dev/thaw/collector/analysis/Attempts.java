package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import java.util.Comparator;
import java.util.List;

/**
 * Several invocations of one event: an asynchronous invoke that is retried keeps its request id,
 * and a queue counts how often it delivered a message.
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
    if (attempts.size() < 2) {
      return redelivered(span);
    }
    int number = 1;
    while (!attempts.get(number - 1).spanId().equals(own.spanId())) {
      number++;
    }
    Invocation first = attempts.get(0);
    Invocation last = attempts.get(attempts.size() - 1);
    return "Attempt %d of %d of the same event. The first one ended with %s, the last one with %s."
        .formatted(number, attempts.size(), cause(first), cause(last));
  }

  private static String cause(Invocation invocation) {
    return invocation.errorType().isEmpty()
        ? invocation.outcome().word()
        : invocation.outcome().word() + " (" + invocation.errorType() + ")";
  }

  private static String redelivered(Span span) {
    Object count = span.attributes().get("thaw.queue.receive_count");
    return count instanceof Number number && number.longValue() > 1
        ? "A message of its batch was delivered for the %d. time: the deliveries before failed."
            .formatted(number.longValue())
        : "";
  }
}
