package dev.thaw.collector.alert;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static dev.thaw.collector.alert.Rules.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time is an argument here; the store is the real one. */
class EvaluatorTest {

  private static final long NOW_MS = NOW_NS / MS;
  private static final long MINUTE_MS = 60_000;
  private static final Prices PRICES = new Prices(0.0000166667, 0.20);

  @TempDir Path folder;

  private Store store;
  private Evaluator evaluator;
  private final List<String> changes = new ArrayList<>();
  private int number;

  @BeforeEach
  void open() {
    store = Stores.open("duckdb", folder);
    evaluator = evaluator(0, List.of());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Evaluator evaluator(long evaluatedMs, List<Alert> known) {
    return new Evaluator(store, store::rollups, PRICES, NOW_MS, evaluatedMs, known);
  }

  private Spans invocation(String function) {
    return Spans.invocation(function, ++number);
  }

  private void ended(Spans span, long endMs) {
    store.append(List.of(span.startingAt((endMs - 100) * MS).lasting(100 * MS).build()));
  }

  private void timeout(long endMs) {
    ended(invocation("stuck").outcome("timeout"), endMs);
  }

  /** Evaluates, and notes what has begun to fire and what was resolved. */
  private void at(long nowMs, Rule... rules) {
    List<String> before = firing();
    List<Alert> resolved = evaluator.evaluate(List.of(rules), nowMs);
    resolved.forEach(alert -> changes.add("resolved " + alert.rule() + " " + alert.function()));
    firing().stream().filter(one -> !before.contains(one)).forEach(changes::add);
  }

  private List<String> firing() {
    return evaluator.alerts().stream()
        .filter(Alert::isFiring)
        .map(alert -> "firing " + alert.rule() + " " + alert.function())
        .toList();
  }

  /** The functions for which a rule fires that is evaluated for the first time. */
  private List<String> fires(String fields) {
    changes.clear();
    evaluator = evaluator(NOW_MS, List.of());
    at(NOW_MS, rule("name: r, " + fields));
    return changes.stream().map(change -> change.replace("firing r ", "")).toList();
  }

  @Test
  void anAlertFiresOnceWhenTheCountIsReachedAndIsResolvedOnceWhenTheWindowHasPassed() {
    Rule rule =
        rule(
            "name: late, kind: timeouts, function: st*, threshold: 2, window: 30s, keep-firing: 0s");
    timeout(NOW_MS);
    at(NOW_MS, rule);
    assertThat(changes).isEmpty();

    timeout(NOW_MS + 1000);
    at(NOW_MS + 1000, rule);
    at(NOW_MS + 2000, rule);
    assertThat(changes).containsExactly("firing late stuck");
    Alert alert = evaluator.alerts().get(0);
    assertThat(alert.value()).isEqualTo(2);
    assertThat(alert.finding()).isEqualTo("2 timeouts within 30s");
    assertThat(alert.example()).isNotNull();

    at(NOW_MS + 32_000, rule);
    at(NOW_MS + 33_000, rule);
    assertThat(changes).containsExactly("firing late stuck", "resolved late stuck");
    assertThat(evaluator.alerts()).singleElement().extracting(Alert::state).isEqualTo("resolved");
  }

  @Test
  void aConditionMustHoldForAsLongAsTheRuleSays() {
    Rule rule = rule("name: r, kind: timeouts, window: 5m, for: 2m");
    timeout(NOW_MS);
    at(NOW_MS, rule);
    assertThat(evaluator.alerts()).extracting(Alert::state).containsExactly("pending");
    at(NOW_MS + MINUTE_MS, rule);
    assertThat(changes).isEmpty();
    at(NOW_MS + 2 * MINUTE_MS, rule);
    assertThat(changes).containsExactly("firing r stuck");
  }

  @Test
  void whatGoesUpAndDownAroundTheThresholdIsOneAlert() {
    Rule rule = rule("name: r, kind: timeouts, window: 1m, keep-firing: 5m");
    for (int minute = 0; minute < 20; minute += 4) {
      timeout(NOW_MS + minute * MINUTE_MS);
    }
    for (int minute = 0; minute < 30; minute++) {
      at(NOW_MS + minute * MINUTE_MS, rule);
    }
    assertThat(changes).containsExactly("firing r stuck", "resolved r stuck");
  }

  @Test
  void anAlertGoesOnUntilTheValueIsClearlyBetter() {
    Rule rule =
        rule("name: r, kind: memory, threshold: 90%, resolve: 70%, window: 1m, keep-firing: 0s");
    long[] percent = {91, 80, 71, 60};
    for (int i = 0; i < percent.length; i++) {
      long nowMs = NOW_MS + i * 10 * MINUTE_MS;
      ended(
          invocation("full")
              .with("thaw.memory.used", percent[i] << 20)
              .in("faas.max_memory", 100L << 20),
          nowMs);
      at(nowMs, rule);
      assertThat(changes).hasSize(i < 3 ? 1 : 2);
    }
  }

  @Test
  void functionsThatTheRuleDoesNotNameAreLeftAlone() {
    timeout(NOW_MS);
    assertThat(fires("kind: timeouts, function: checkout")).isEmpty();
    assertThat(fires("kind: timeouts, function: s*ck")).containsExactly("stuck");
  }

  @Test
  void aTagNamesTheFunctionsThatHaveIt() {
    ended(invocation("pay").outcome("timeout").in("team", "payments"), NOW_MS);
    ended(invocation("find").outcome("timeout").in("team", "search"), NOW_MS);
    assertThat(fires("kind: timeouts, tag: team=payments")).containsExactly("pay");
  }

  @Test
  void aChainNamesTheFunctionsThatItReaches() {
    Span first = invocation("checkout").outcome("timeout").startingAt(NOW_NS - 100 * MS).build();
    Span call = Spans.call(first, 1).build();
    Span second =
        invocation("pricing").outcome("timeout").childOf(call).startingAt(NOW_NS - 90 * MS).build();
    store.append(List.of(first, call, second));
    timeout(NOW_MS);
    assertThat(fires("kind: timeouts, chain: checkout"))
        .containsExactlyInAnyOrder("checkout", "pricing");
    assertThat(fires("kind: timeouts, chain: stuck")).containsExactly("stuck");
  }

  @Test
  void eachKindWatchesItsOwn() {
    ended(invocation("failing").outcome("error"), NOW_MS);
    ended(invocation("crashing").outcome("crash"), NOW_MS);
    Span checkout =
        invocation("slow")
            .startingAt(NOW_NS - 4000 * MS)
            .lasting(4000 * MS)
            .cold(3)
            .with("thaw.remaining_time", 1.0)
            .with("thaw.memory.used", 95L << 20)
            .with("thaw.queue.wait", 90.0)
            .with("thaw.dead_letter", true)
            .in("faas.max_memory", 100L << 20)
            .build();
    store.append(List.of(checkout, Spans.call(checkout, 1).throttledBy("pricing", 12).build()));
    assertThat(fires("kind: errors, threshold: 1")).containsExactly("crashing", "failing");
    assertThat(fires("kind: error-rate, minimum: 1")).containsExactly("crashing", "failing");
    assertThat(fires("kind: throttles")).containsExactly("pricing");
    assertThat(fires("kind: near-timeouts")).containsExactly("slow");
    assertThat(fires("kind: near-timeouts, threshold: 81%")).isEmpty();
    assertThat(fires("kind: cold-start-share, minimum: 1")).containsExactly("slow");
    assertThat(fires("kind: slow-cold-starts, slower-than: 2s")).containsExactly("slow");
    assertThat(fires("kind: slow-cold-starts, slower-than: 4s")).isEmpty();
    assertThat(fires("kind: init-duration, threshold: 2900ms")).containsExactly("slow");
    assertThat(fires("kind: duration, percentile: max, threshold: 3s, minimum: 1"))
        .containsExactly("slow");
    assertThat(fires("kind: memory")).containsExactly("slow");
    assertThat(fires("kind: queue-wait, threshold: 80s")).containsExactly("slow");
    assertThat(fires("kind: dead-letters")).containsExactly("slow");
    assertThat(fires("kind: cost, threshold: $0.00001")).containsExactly("slow");
    assertThat(fires("kind: cost, threshold: $0.0001")).isEmpty();
  }

  @Test
  void ofFewInvocationsARateSaysNothing() {
    ended(invocation("failing").outcome("error"), NOW_MS);
    assertThat(fires("kind: error-rate")).isEmpty();
    for (int i = 0; i < 9; i++) {
      ended(invocation("failing"), NOW_MS);
    }
    assertThat(fires("kind: error-rate")).containsExactly("failing");
    assertThat(fires("kind: error-rate, threshold: 11%")).isEmpty();
  }

  @Test
  void silenceFiresForWhatWasThereAndForWhatIsNamed() {
    ended(invocation("nightly"), NOW_MS - 60 * MINUTE_MS);
    ended(invocation("busy"), NOW_MS);
    assertThat(fires("kind: silence, window: 30m")).containsExactly("nightly");
    assertThat(fires("kind: silence, function: never, window: 30m")).containsExactly("never");
    assertThat(fires("kind: silence, window: 2h")).isEmpty();
  }

  @Test
  void aCollectorThatWasDownDoesNotTakeItsOwnAbsenceForSilence() {
    ended(invocation("busy"), NOW_MS - 40 * MINUTE_MS);
    evaluator = evaluator(NOW_MS - 39 * MINUTE_MS, List.of());
    Rule rule = rule("name: r, kind: silence, window: 30m");
    at(NOW_MS, rule);
    at(NOW_MS + 29 * MINUTE_MS, rule);
    assertThat(changes).isEmpty();
    at(NOW_MS + 30 * MINUTE_MS, rule);
    assertThat(changes).containsExactly("firing r busy");
  }

  @Test
  void aRuleThatComparesFiresOnTheChange() {
    long yesterday = NOW_MS - 24 * 60 * MINUTE_MS;
    for (int i = 0; i < 4; i++) {
      ended(invocation("failing").outcome("error"), yesterday - 30_000);
    }
    for (int i = 0; i < 8; i++) {
      ended(invocation("failing").outcome("error"), NOW_MS - 30_000);
    }
    assertThat(fires("kind: errors, compared-with: yesterday, threshold: +100%"))
        .containsExactly("failing");
    assertThat(evaluator.alerts().get(0).finding())
        .isEqualTo("8 errors within 5m, 4 at this time yesterday");
    assertThat(fires("kind: errors, compared-with: yesterday, threshold: +101%")).isEmpty();
    assertThat(fires("kind: errors, compared-with: last-week, threshold: +700%"))
        .containsExactly("failing");
  }

  @Test
  void whatIsToldAfterItsWindowHasPassedIsAlertedAllTheSame() {
    Rule rule = rule("name: r, kind: timeouts, window: 5m, keep-firing: 0s");
    at(NOW_MS, rule);
    timeout(NOW_MS - 20 * MINUTE_MS);
    at(NOW_MS + MINUTE_MS, rule);
    assertThat(changes).containsExactly("firing r stuck");
    assertThat(evaluator.alerts().get(0).late()).isTrue();
    at(NOW_MS + 2 * MINUTE_MS, rule);
    at(NOW_MS + 3 * MINUTE_MS, rule);
    assertThat(changes).containsExactly("firing r stuck", "resolved r stuck");
  }

  @Test
  void whatHappenedWhileTheCollectorWasDownIsAlertedWhenItComes() {
    Rule rule = rule("name: r, kind: timeouts, window: 5m, keep-firing: 0s");
    timeout(NOW_MS - 30 * MINUTE_MS);
    evaluator = evaluator(NOW_MS - 20 * MINUTE_MS, List.of());
    at(NOW_MS, rule);
    assertThat(changes).isEmpty();

    timeout(NOW_MS - 15 * MINUTE_MS);
    evaluator = evaluator(NOW_MS - 20 * MINUTE_MS, List.of());
    at(NOW_MS, rule);
    assertThat(changes).containsExactly("firing r stuck");
  }

  @Test
  void whatAClockAheadOfOursDatesIntoTheFutureCountsWhenItIsNearAndOtherwiseInItsTime() {
    Rule rule = rule("name: r, kind: timeouts, window: 5m");
    timeout(NOW_MS + 4 * MINUTE_MS);
    at(NOW_MS, rule);
    assertThat(changes).containsExactly("firing r stuck");

    changes.clear();
    ended(invocation("far").outcome("timeout"), NOW_MS + 20 * MINUTE_MS);
    at(NOW_MS + MINUTE_MS, rule);
    assertThat(changes).isEmpty();
    at(NOW_MS + 16 * MINUTE_MS, rule);
    assertThat(changes).contains("firing r far");
  }

  @Test
  void alertsOfARuleThatIsGoneAreResolved() {
    timeout(NOW_MS);
    at(NOW_MS, rule("name: r, kind: timeouts"));
    at(NOW_MS + 1000);
    assertThat(changes).containsExactly("firing r stuck", "resolved r stuck");
  }

  @Test
  void anotherProcessGoesOnWhereTheOneBeforeItStopped() {
    Rule rule = rule("name: r, kind: timeouts, keep-firing: 0s");
    timeout(NOW_MS);
    at(NOW_MS, rule);
    evaluator = evaluator(NOW_MS, evaluator.alerts());
    at(NOW_MS + 1000, rule);
    at(NOW_MS + 10 * MINUTE_MS, rule);
    assertThat(changes).containsExactly("firing r stuck", "resolved r stuck");
  }

  @Test
  void aTimeoutsAlertSaysWhereItHung() {
    Span invocation =
        invocation("stuck")
            .outcome("timeout")
            .startingAt((NOW_MS - 3000) * MS)
            .lasting(3000 * MS)
            .event(
                "thaw.stack",
                java.util.Map.of(
                    "code.stacktrace",
                    "java.net.Socket.read(Socket.java:1)\nshop.Payment.charge(Payment.java:31)"))
            .build();
    Span call =
        Spans.call(invocation, 1)
            .name("POST")
            .with("url.full", "http://pay.example/charges")
            .with("thaw.unfinished", true)
            .build();
    store.append(List.of(invocation, call));
    at(NOW_MS, rule("name: r, kind: timeouts"));
    Alert.Example example = evaluator.alerts().get(0).example();
    assertThat(example).isNotNull();
    assertThat(example.openCall()).isEqualTo("POST http://pay.example/charges");
    assertThat(example.topFrame()).isEqualTo("shop.Payment.charge(Payment.java:31)");
  }
}
