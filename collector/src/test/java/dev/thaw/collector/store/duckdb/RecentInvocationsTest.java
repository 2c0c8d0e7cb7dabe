package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Invocation;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An invocation that is in the table is always looked for; one that is new hardly ever. */
class RecentInvocationsTest {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final int MOST = 1024;

  /** The table's latest invocation began long before those that are told. */
  private final RecentInvocations recent =
      new RecentInvocations(Spans.NOW_NS - 600 * SECOND_NS, MOST);

  private static Invocation invocation(int number, int afterSeconds) {
    return Invocation.of(
            Spans.invocation("f", number)
                .startingAt(Spans.NOW_NS + afterSeconds * SECOND_NS)
                .build())
        .orElseThrow();
  }

  private void tell(int from, int to, int afterSeconds) {
    for (int i = from; i < to; i++) {
      recent.add(invocation(i, afterSeconds));
    }
  }

  private long found(int from, int to, int afterSeconds) {
    return IntStream.range(from, to)
        .filter(number -> recent.mayHave(invocation(number, afterSeconds)))
        .count();
  }

  @Test
  void whatWasToldMayBeThere() {
    tell(0, MOST, 0);
    assertThat(found(0, MOST, 0)).isEqualTo(MOST);
  }

  @Test
  void whatIsNewCanMostlyNotBeThere() {
    tell(0, 2 * MOST, 0);
    assertThat(found(10_000, 30_000, 0)).isLessThan(5);
  }

  @Test
  void whatBeganWhenTheTableHadOthersMayBeThere() {
    assertThat(found(0, 10, -600)).isEqualTo(10);
    // Records of one invocation differ in their start by a minute at most.
    assertThat(found(0, 10, -540)).isEqualTo(10);
    assertThat(found(0, 10, -530)).isZero();
  }

  @Test
  void whatBeganBeforeThoseThatAreForgottenMayBeThere() {
    tell(0, 1, 0);
    tell(1, 2 * MOST + 1, 300);
    assertThat(found(0, 1, 0)).isEqualTo(1);
    assertThat(found(10_000, 10_010, 50)).isEqualTo(10);
    // Of the first filter, all are forgotten, and the latest in it began then.
    assertThat(found(10_000, 10_010, 355)).isEqualTo(10);
    assertThat(found(10_000, 30_000, 365)).isLessThan(5);
  }
}
