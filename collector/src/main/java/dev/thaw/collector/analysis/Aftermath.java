package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import java.util.Locale;

/**
 * What a kill did to the invocation after it: the environment had to start anew, and on Lambda it
 * does so within that invocation's own time.
 */
public final class Aftermath {

  private Aftermath() {}

  /**
   * A sentence for people; empty when its process was not started after a kill.
   *
   * <p>When the invocation timed out as well, it is a doom loop: each start eats the time of the
   * invocation that it serves, which is then killed and makes the next start necessary.
   */
  public static String of(Span span) {
    String killed = span.text("thaw.init.after");
    Invocation invocation = Invocation.of(span).orElse(null);
    if (killed.isEmpty() || invocation == null) {
      return "";
    }
    String why =
        span.text("thaw.init.after.outcome").equals(Outcome.TIMEOUT.word())
            ? "timed out"
            : "was killed";
    String before = "The process before it " + why + " in request " + killed;
    double initS = invocation.initNs() / 1e9;
    return switch (invocation.outcome()) {
      case TIMEOUT ->
          String.format(
              Locale.ROOT,
              "Doom loop: %s, and the new start took %.2f s of this invocation's time, which left %.2f s; it timed out as well. A larger"
                  + " timeout, or a faster start, ends the loop.",
              decapitalised(before),
              initS,
              invocation.timeoutNs() / 1e9);
      case INIT_TIMEOUT ->
          "Doom loop: " + decapitalised(before) + ", and the new start was killed, too.";
      default ->
          String.format(
              Locale.ROOT,
              "%s. The new start of %.2f s was within this invocation.",
              before,
              initS);
    };
  }

  private static String decapitalised(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
