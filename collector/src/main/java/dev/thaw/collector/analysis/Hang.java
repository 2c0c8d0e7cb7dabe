package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an invocation was doing when it was cut off.
 *
 * @param openCall the call that had no answer, such as {@code POST http://pay.example/charges};
 *     empty when none was open
 * @param openCallSpanId its span, or empty
 * @param topFrame the innermost frame of the function's own code, or of any code when none of it
 *     was on the stack
 * @param stack the handler's whole stack, one frame a line
 * @param others the threads that were at work meanwhile: the handler may have waited for them
 */
public record Hang(
    String openCall, String openCallSpanId, String topFrame, String stack, List<Other> others) {

  /** A thread that was at work while the handler waited. */
  public record Other(String thread, String topFrame, String stack) {}

  /**
   * @param spans the invocation's trace
   * @return empty when the invocation ended by itself
   */
  public static Optional<Hang> of(Span invocation, List<Span> spans) {
    Outcome outcome = Invocation.of(invocation).map(Invocation::outcome).orElse(Outcome.OK);
    if (outcome == Outcome.OK || outcome == Outcome.ERROR) {
      return Optional.empty();
    }
    String stack = "";
    List<Other> others = new ArrayList<>();
    for (Span.Event event : invocation.events()) {
      Object text = event.attributes().get("code.stacktrace");
      if (!event.name().equals("thaw.stack") || text == null) {
        continue;
      }
      if (stack.isEmpty()) {
        stack = text.toString();
      } else {
        String thread = String.valueOf(event.attributes().get("thread.name"));
        others.add(new Other(thread, Stack.ownFrame(text.toString()), text.toString()));
      }
    }
    if (outcome == Outcome.INIT_ERROR && stack.isEmpty()) {
      return Optional.empty();
    }
    Span open = null;
    for (Span span : spans) {
      if (span.unfinished()
          && span.parentSpanId().equals(invocation.spanId())
          && (open == null || span.startEpochNs() > open.startEpochNs())) {
        open = span;
      }
    }
    return Optional.of(
        new Hang(
            open == null ? "" : describe(open),
            open == null ? "" : open.spanId(),
            Stack.ownFrame(stack),
            stack,
            others));
  }

  private static String describe(Span call) {
    String url = call.text("url.full");
    return url.isEmpty() ? call.name() : call.name() + " " + url;
  }
}
