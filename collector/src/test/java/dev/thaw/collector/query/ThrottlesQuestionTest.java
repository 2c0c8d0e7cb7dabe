package dev.thaw.collector.query;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThrottlesQuestionTest {

  private static final long MINUTE_NS = 60_000 * MS;
  private static final Scope FOUR_MINUTES =
      new Scope(NOW_NS - 2 * MINUTE_NS, NOW_NS + 2 * MINUTE_NS);

  @TempDir Path folder;

  private Store store;

  @BeforeEach
  void open() {
    store = Stores.open("duckdb", folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void refusalsStandBesideHowBusyTheTargetWas() {
    Span caller = Spans.invocation("checkout", 1).build();
    store.append(
        List.of(
            caller,
            Spans.call(caller, 1).throttledBy("pricing", 3).build(),
            Spans.call(caller, 2).throttledBy("queue", 1).build(),
            Spans.invocation("pricing", 2).lasting(30_000 * MS).build(),
            Spans.invocation("pricing", 3).lasting(45_000 * MS).build()));

    Answers.Throttles answer = new ThrottlesQuestion(store).throttles(FOUR_MINUTES);

    assertThat(answer.stepMs()).isEqualTo(60_000);
    assertThat(answer.targets())
        .extracting(Answers.ThrottleTarget::target)
        .containsExactly("pricing", "queue");
    Answers.ThrottleTarget pricing = answer.targets().get(0);
    assertThat(pricing.refused()).containsExactly(0L, 0L, 3L, 0L);
    assertThat(pricing.busy().get(2)).isBetween(1.24, 1.26);
    assertThat(answer.targets().get(1).busy()).isEmpty();
    assertThat(answer.throttles().get(0).calls()).isEqualTo(1);
    assertThat(answer.throttles().get(0).refused()).isEqualTo(3);
  }

  @Test
  void aRangeOfSecondsIsOneStep() {
    Scope seconds = new Scope(NOW_NS, NOW_NS + 5_000 * MS);

    assertThat(new ThrottlesQuestion(store).throttles(seconds).stepMs()).isEqualTo(5_000);
  }
}
