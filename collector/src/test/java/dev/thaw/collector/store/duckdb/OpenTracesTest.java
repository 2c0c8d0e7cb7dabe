package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OpenTracesTest {

  private final OpenTraces open = new OpenTraces();
  private final Random random = new Random(1);

  private UUID trace() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  @Test
  void whatWasAddedIsNeverDeniedAndHardlyAnythingElseIsClaimed() {
    open.begin(3);
    List<UUID> added = random.ints(100_000).mapToObj(i -> trace()).toList();
    added.forEach(open::add);
    assertThat(added).allMatch(trace -> open.mayHave(3, List.of(trace)));
    long claimed = random.ints(10_000).filter(i -> open.mayHave(3, List.of(trace()))).count();
    assertThat(claimed).isLessThan(50);
    assertThat(open.mayHave(3, List.of(trace(), added.get(7)))).isTrue();
  }

  @Test
  void aPartOfWhichNothingIsKnownMayHaveAnything() {
    assertThat(open.mayHave(1, List.of(trace()))).isTrue();
    open.begin(2);
    assertThat(open.mayHave(1, List.of(trace()))).isTrue();
    assertThat(open.mayHave(2, List.of(trace()))).isFalse();
    assertThat(open.isOf(2)).isTrue();
    assertThat(open.isOf(1)).isFalse();
  }
}
