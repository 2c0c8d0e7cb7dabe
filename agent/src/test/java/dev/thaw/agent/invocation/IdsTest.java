package dev.thaw.agent.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ids of processes that are restored from one image. */
class IdsTest {

  private static final int RESTORES = 1000;
  private static final int SPANS = 1000;

  @Test
  void processesRestoredFromOneImageGiveNoIdTwice() {
    long image = Ids.state();
    Set<String> seen = new HashSet<>(2 * RESTORES * SPANS);
    for (int restore = 0; restore < RESTORES; restore++) {
      // Every restored process begins with the memory of the image.
      Ids.state(image);
      Invocations.restored();
      for (int span = 0; span < SPANS; span++) {
        assertThat(seen.add(Ids.spanId())).isTrue();
      }
      assertThat(seen.add(Ids.traceId())).isTrue();
    }
    assertThat(seen).hasSize(RESTORES * (SPANS + 1));
  }

  @Test
  void withoutAnewSeedTheyWouldBeTheSame() {
    long image = Ids.state();
    String first = Ids.spanId();
    Ids.state(image);
    assertThat(Ids.spanId()).isEqualTo(first);
  }

  @Test
  void idsHaveTheLengthAndTheDigitsOfTraceContext() {
    assertThat(Ids.spanId()).matches("[0-9a-f]{16}").isNotEqualTo("0".repeat(16));
    assertThat(Ids.traceId()).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
  }
}
