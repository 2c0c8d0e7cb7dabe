package dev.thaw.agent.coldstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {

  private static final StackTraceElement[] STACK = {
    new StackTraceElement("app.Handler", "handle", "Handler.java", 1)
  };

  private final Samples samples = new Samples();

  @Test
  void allStacksAreInTheTreeHoweverManyCame() {
    for (int i = 0; i < 100; i++) {
      samples.add("clinit", "main", STACK, 10);
    }
    assertThat(samples.tree().samples).isEqualTo(100);
    assertThat(samples.tree().root.totalNs()).isEqualTo(1_000);
  }

  @Test
  void moreTimeBelongsToTheLatestStackBeforeAndAfterItIsInTheTree() {
    samples.add("clinit", "main", STACK, 10);
    samples.addToLatest(1);
    assertThat(samples.tree().root.totalNs()).isEqualTo(11);
    samples.addToLatest(2);
    assertThat(samples.tree().root.totalNs()).isEqualTo(13);
  }
}
