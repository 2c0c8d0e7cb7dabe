package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What became of an invocation that was announced and of which nothing more was heard.
 *
 * <p>An agent hands an invocation over before its deadline, and when its process ends in good
 * order. One that did neither was killed without warning: out of memory, {@code Runtime.halt},
 * SIGKILL. As long as its deadline and a grace have not passed, it is still running. The verdict is
 * one more provisional record of the same span, so that whatever comes late replaces it.
 */
public final class Verdict {

  private Verdict() {}

  /**
   * @param announced the invocation's newest record
   * @param graceNs how long after the deadline a record may come late
   * @param nowEpochNs the time
   * @return the record to store; empty when it is not time yet, or it is known how it ended
   */
  public static Optional<Span> of(Span announced, long graceNs, long nowEpochNs) {
    Invocation invocation = Invocation.of(announced).orElse(null);
    if (invocation == null || !isDue(invocation, graceNs, nowEpochNs)) {
      return Optional.empty();
    }
    Map<String, Object> attributes = new LinkedHashMap<>(announced.attributes());
    attributes.put("thaw.outcome", Outcome.CRASH.word());
    attributes.put("error.type", "killed");
    attributes.put(Invocation.VERDICT, true);
    String message =
        String.format(
            Locale.ROOT,
            "The process was killed without warning; it was last seen alive after %.2f seconds",
            announced.durationNs() / 1e9);
    return Optional.of(
        new Span(
            announced.traceId(),
            announced.spanId(),
            announced.parentSpanId(),
            announced.kind(),
            announced.name(),
            announced.function(),
            announced.startEpochNs(),
            announced.endEpochNs(),
            Span.Status.ERROR,
            message,
            attributes,
            announced.events(),
            announced.links(),
            announced.resource()));
  }

  /**
   * Whether its time and the grace are over. An invocation without a deadline is never given up.
   */
  public static boolean isDue(Invocation invocation, long graceNs, long nowEpochNs) {
    return invocation.outcome() == Outcome.RUNNING
        && invocation.timeoutNs() > 0
        && nowEpochNs - invocation.startEpochNs() > invocation.timeoutNs() + graceNs;
  }
}
