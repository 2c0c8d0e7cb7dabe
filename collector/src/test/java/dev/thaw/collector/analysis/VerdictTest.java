package dev.thaw.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of an announcement after which nothing came. */
class VerdictTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_700_000_000L * SECOND;

  /** Announced after one second, with two seconds left. */
  private static Span announced(String outcome, Map<String, Object> more) {
    Map<String, Object> attributes = new java.util.HashMap<>(more);
    attributes.putIfAbsent("faas.invocation_id", "r1");
    attributes.put("thaw.outcome", outcome);
    attributes.put("thaw.provisional", true);
    attributes.put("thaw.remaining_time", 2.0);
    return new Span(
        "0102030405060708090a0b0c0d0e0f10",
        "0102030405060708",
        "",
        Span.Kind.SERVER,
        "f",
        "f",
        START,
        START + SECOND,
        Span.Status.UNSET,
        "",
        attributes,
        List.of(),
        List.of(),
        Map.of("faas.name", "f"));
  }

  private static Optional<Span> after(Span span, double seconds) {
    return Verdict.of(span, 5 * SECOND, START + (long) (seconds * SECOND));
  }

  @Test
  void beforeItsDeadlineAndTheGraceItIsStillRunning() {
    assertThat(after(announced("running", Map.of()), 7.9)).isEmpty();
  }

  @Test
  void afterItsDeadlineAndTheGraceItWasKilledWithoutWarning() {
    Span verdict = after(announced("running", Map.of()), 8.1).orElseThrow();
    Invocation invocation = Invocation.of(verdict).orElseThrow();
    assertThat(invocation.outcome()).isEqualTo(Outcome.CRASH);
    assertThat(invocation.errorType()).isEqualTo("killed");
    assertThat(invocation.errorMessage()).contains("last seen alive after 1.00 seconds");
  }

  @Test
  void aVerdictStandsAboveTheAnnouncementAndBelowWhateverTheAgentSays() {
    Span verdict = after(announced("running", Map.of()), 8.1).orElseThrow();
    int certainty = Invocation.of(verdict).orElseThrow().certainty();
    assertThat(certainty)
        .isGreaterThan(Invocation.of(announced("running", Map.of())).orElseThrow().certainty())
        .isLessThan(Invocation.of(announced("timeout", Map.of())).orElseThrow().certainty());
  }

  @Test
  void whatEndedIsNeverJudgedByTime() {
    assertThat(after(announced("timeout", Map.of()), 1000)).isEmpty();
    assertThat(after(announced("ok", Map.of()), 1000)).isEmpty();
  }

  @Test
  void aTimeoutAfterATimeoutIsADoomLoop() {
    Map<String, Object> afterKill =
        Map.of(
            "thaw.init.after",
            "r0",
            "thaw.init.after.outcome",
            "timeout",
            "thaw.init.duration",
            1.9,
            "faas.coldstart",
            true);
    assertThat(Aftermath.of(announced("timeout", afterKill)))
        .startsWith("Doom loop: the process before it timed out in request r0")
        .contains("took 1.90 s");
    assertThat(Aftermath.of(announced("ok", afterKill))).doesNotContain("Doom");
    assertThat(Aftermath.of(announced("timeout", Map.of()))).isEmpty();
  }

  @Test
  void aRetrySaysWhichAttemptItIsAndHowTheFirstAndTheLastEnded() {
    Span first = announced("timeout", Map.of("error.type", "timeout"));
    Span second = again(announced("ok", Map.of()), "1102030405060708", 60 * SECOND);
    assertThat(Attempts.of(second, List.of(first, second)))
        .isEqualTo(
            "Attempt 2 of 2 of the same event. The first one ended with timeout (timeout), the last one with ok.");
    assertThat(Attempts.of(first, List.of(first))).isEmpty();
  }

  @Test
  void aRedeliveredMessageIsNamed() {
    assertThat(Attempts.of(announced("ok", Map.of("thaw.queue.receive_count", 3L)), List.of()))
        .contains("for the 3. time");
  }

  @Test
  void aDeadLetterAndTheInvocationThatWasGivenUpNameEachOther() {
    Span failed = announced("error", Map.of());
    Span letter =
        again(
            announced(
                "ok",
                Map.of(
                    "thaw.dead_letter",
                    true,
                    "faas.invocation_id",
                    "r2",
                    "thaw.dead_letter.request_id",
                    failed.text("faas.invocation_id"),
                    "thaw.dead_letter.reason",
                    "RetriesExhausted")),
            "1102030405060708",
            60 * SECOND);
    assertThat(Attempts.of(letter, List.of(failed, letter)))
        .startsWith("It got a dead letter: request ")
        .endsWith(" was given up (RetriesExhausted).");
    assertThat(Attempts.of(failed, List.of(failed, letter)))
        .startsWith("It ended as a dead letter, which ");
  }

  private static Span again(Span span, String spanId, long later) {
    return new Span(
        span.traceId(),
        spanId,
        span.parentSpanId(),
        span.kind(),
        span.name(),
        span.function(),
        span.startEpochNs() + later,
        span.endEpochNs() + later,
        span.status(),
        span.statusMessage(),
        span.attributes(),
        span.events(),
        span.links(),
        span.resource());
  }
}
