package dev.thaw.collector.alert;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time is an argument here; the store is the real one. */
class EvaluatorTest {

  private static final long NOW_MS = NOW_NS / MS;
  private static final Rule TIMEOUTS =
      new Rule("late", Rule.Kind.TIMEOUTS, "st*", 2, Duration.ofSeconds(30), Duration.ofSeconds(1));

  @TempDir Path folder;

  private Store store;
  private final List<Alert> told = new ArrayList<>();

  @BeforeEach
  void open() {
    store = Stores.open("duckdb", folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Evaluator evaluator(Rule... rules) {
    return new Evaluator(List.of(rules), store, told::add);
  }

  private static Span timeout(int number, long endMs) {
    return Spans.invocation("stuck", number)
        .outcome("timeout")
        .startingAt((endMs - 5000) * MS)
        .lasting(5000 * MS)
        .build();
  }

  @Test
  void anAlertFiresOnceWhenTheCountIsReachedAndIsResolvedOnceWhenTheWindowHasPassed() {
    Evaluator evaluator = evaluator(TIMEOUTS);
    store.append(List.of(timeout(1, NOW_MS)));
    evaluator.evaluate(NOW_MS);
    assertThat(told).isEmpty();

    store.append(List.of(timeout(2, NOW_MS + 1000)));
    evaluator.evaluate(NOW_MS + 1000);
    evaluator.evaluate(NOW_MS + 2000);
    assertThat(told).extracting(Alert::state).containsExactly("firing");
    assertThat(told.get(0).value()).isEqualTo(2);
    assertThat(told.get(0).example()).isNotNull();

    evaluator.evaluate(NOW_MS + 32_000);
    evaluator.evaluate(NOW_MS + 33_000);
    assertThat(told).extracting(Alert::state).containsExactly("firing", "resolved");
    assertThat(evaluator.alerts()).singleElement().extracting(Alert::state).isEqualTo("resolved");
  }

  @Test
  void anInvocationThatBeganBeforeTheWindowAndEndedInItCounts() {
    Evaluator evaluator =
        evaluator(
            new Rule("late", Rule.Kind.TIMEOUTS, "stuck", 1, Duration.ofSeconds(2), Duration.ZERO));
    store.append(List.of(timeout(1, NOW_MS)));
    evaluator.evaluate(NOW_MS + 1000);
    assertThat(told).hasSize(1);
  }

  @Test
  void functionsThatTheRuleDoesNotNameAreNotCounted() {
    store.append(List.of(timeout(1, NOW_MS), timeout(2, NOW_MS)));
    evaluator(
            new Rule(
                "other", Rule.Kind.TIMEOUTS, "checkout", 1, Duration.ofMinutes(1), Duration.ZERO))
        .evaluate(NOW_MS);
    assertThat(told).isEmpty();
  }

  @Test
  void eachKindCountsItsOwn() {
    Span checkout = Spans.invocation("checkout", 1).startingAt((NOW_MS - 100) * MS).cold(3).build();
    store.append(
        List.of(
            checkout,
            Spans.invocation("flaky", 2).outcome("error").startingAt((NOW_MS - 100) * MS).build(),
            Spans.call(checkout, 1).throttledBy("pricing", 1).build()));
    evaluator(
            new Rule("errors", Rule.Kind.ERRORS, "*", 1, Duration.ofMinutes(1), Duration.ZERO),
            new Rule(
                "throttles", Rule.Kind.THROTTLES, "*", 1, Duration.ofMinutes(1), Duration.ZERO),
            new Rule(
                "slow",
                Rule.Kind.SLOW_COLD_STARTS,
                "*",
                1,
                Duration.ofMinutes(1),
                Duration.ofSeconds(2)),
            new Rule(
                "slower",
                Rule.Kind.SLOW_COLD_STARTS,
                "*",
                1,
                Duration.ofMinutes(1),
                Duration.ofSeconds(4)))
        .evaluate(NOW_MS + 10_000);
    assertThat(told)
        .extracting(alert -> alert.rule() + " " + alert.function())
        .containsExactlyInAnyOrder("errors flaky", "throttles pricing", "slow checkout");
  }
}
