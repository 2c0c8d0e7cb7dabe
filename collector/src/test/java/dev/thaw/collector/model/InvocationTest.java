package dev.thaw.collector.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import org.junit.jupiter.api.Test;

class InvocationTest {

  private static boolean isCold(String type, double idleSeconds) {
    return Invocation.of(
            Spans.invocation("checkout", 1)
                .with("faas.coldstart", true)
                .with("thaw.init.type", type)
                .with("thaw.init.idle", idleSeconds)
                .build())
        .orElseThrow()
        .cold();
  }

  @Test
  void onlyAStartThatACallerWaitedForIsCold() {
    assertThat(isCold("on-demand", 0.02)).isTrue();
    assertThat(isCold("snap-start", 0.02)).isTrue();
    assertThat(isCold("provisioned-concurrency", 0.02)).isFalse();
    assertThat(isCold("lambda-managed-instances", 0.02)).isFalse();
    assertThat(isCold("on-demand", 30)).isFalse();
  }

  @Test
  void aStartThatHadToWaitForAnExtensionIsCold() {
    assertThat(isCold("on-demand", 4)).isTrue();
  }

  @Test
  void aColdStartOfAnotherTracerCounts() {
    Span span = Spans.invocation("checkout", 1).with("faas.coldstart", true).build();
    assertThat(Invocation.of(span).orElseThrow().cold()).isTrue();
  }
}
