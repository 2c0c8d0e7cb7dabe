package dev.thaw.collector.alert;

import dev.thaw.collector.analysis.Advice;
import dev.thaw.collector.analysis.Blame;
import dev.thaw.collector.analysis.Hang;
import dev.thaw.collector.analysis.InitProfile;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the invocation that shows what an alert is about, and what it says: where it hung, why it
 * was slow.
 */
final class Examples {

  private static final int MOST_TEXT = 200;
  private static final Hang NONE = new Hang("", "", "", "", List.of());

  private final Store store;
  private final Recount recount;

  Examples(Store store) {
    this.store = store;
    recount = new Recount(store);
  }

  /**
   * @param untilMs the end of the window in which the rule held
   * @return null when there is none
   */
  Alert.@Nullable Example find(Rule rule, String function, long untilMs) {
    if (rule.isDownwards()) {
      return null;
    }
    long length = Math.max(60_000, rule.window().toMillis());
    Scope window =
        Scope.ofMillis(Math.max(0, untilMs - length - 60_000), untilMs + Readings.AHEAD.toMillis());
    Invocation shown = shown(rule, recount.find(rule, function, window));
    if (shown == null) {
      return null;
    }
    List<Span> trace = store.trace(shown.traceId());
    // Why a start was slow is not what it does now.
    Hang hang =
        rule.kind().isOfStarts()
            ? NONE
            : trace.stream()
                .filter(span -> span.spanId().equals(shown.spanId()))
                .findFirst()
                .flatMap(span -> Hang.of(span, trace))
                .orElse(NONE);
    return new Alert.Example(
        shown.traceId(),
        shown.spanId(),
        shown.requestId(),
        cut(hang.openCall()),
        cut(hang.topFrame()),
        cut(cause(rule, shown, trace)));
  }

  private static @Nullable Invocation shown(Rule rule, List<Invocation> found) {
    return switch (rule.kind()) {
      // No single invocation shows it.
      case THROTTLES, COST, SILENCE -> null;
      case MEMORY ->
          found.stream().max(Comparator.comparingLong(Invocation::memoryUsed)).orElse(null);
      case QUEUE_WAIT ->
          found.stream().max(Comparator.comparingLong(Invocation::queueWaitNs)).orElse(null);
      case DEAD_LETTERS ->
          found.stream().filter(one -> one.deadLetters() > 0).findFirst().orElse(null);
      default -> found.isEmpty() ? null : found.get(0);
    };
  }

  private static String cause(Rule rule, Invocation shown, List<Span> trace) {
    return switch (rule.kind()) {
      case SLOW_COLD_STARTS, INIT_DURATION, COLD_START_SHARE -> ofStart(shown, trace);
      case ERRORS, ERROR_RATE ->
          shown.errorMessage().isEmpty()
              ? shown.errorType()
              : shown.errorType() + ": " + shown.errorMessage();
      default -> "";
    };
  }

  /** What took most of a cold start. */
  private static String ofStart(Invocation shown, List<Span> trace) {
    String encoded =
        trace.stream()
            .filter(span -> span.parentSpanId().equals(shown.spanId()))
            .map(span -> span.text("thaw.init.profile"))
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    if (encoded.isEmpty()) {
      return "";
    }
    try {
      InitProfile profile = InitProfile.decode(encoded);
      List<Advice> advice = Advice.of(profile);
      if (!advice.isEmpty()) {
        return advice.get(0).title() + " (" + Unit.DURATION.write(advice.get(0).us() / 1e3) + ")";
      }
      List<Blame.OfWork> kinds = Blame.of(profile).kinds();
      return kinds.isEmpty()
          ? ""
          : kinds.get(0).work().words() + " (" + Unit.DURATION.write(kinds.get(0).us() / 1e3) + ")";
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String cut(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "…";
  }
}
