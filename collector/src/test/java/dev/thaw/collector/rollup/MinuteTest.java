package dev.thaw.collector.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import org.junit.jupiter.api.Test;

class MinuteTest {

  private static Invocation invocation(Span span) {
    return Invocation.of(span).orElseThrow();
  }

  @Test
  void whatIsEncodedIsDecodedAgain() {
    Minute minute = new Minute();
    for (int i = 1; i <= 1000; i++) {
      minute.add(
          invocation(Spans.invocation("f", i).lasting(i * Spans.MS).cold(i / 1000.0).build()));
    }
    minute.addThrottled(3);
    minute.addThrottlesMet(2);
    Minute read = Minute.decode(minute.encode());
    assertThat(read.invocations()).isEqualTo(1000);
    assertThat(read.throttled()).isEqualTo(3);
    assertThat(read.throttlesMet()).isEqualTo(2);
    assertThat(read.durations()).isEqualTo(minute.durations());
    assertThat(read.inits()).isEqualTo(minute.inits());
  }

  @Test
  void percentilesAreExactToThreeDigits() {
    Minute minute = new Minute();
    for (int i = 1; i <= 1000; i++) {
      minute.add(invocation(Spans.invocation("f", i).lasting(i * Spans.MS).build()));
    }
    assertThat(minute.durations().getValueAtPercentile(95)).isBetween(949_000L, 951_000L);
  }

  @Test
  void whatIsTakenOutLeavesNothingBehind() {
    Minute minute = new Minute();
    Invocation added = invocation(Spans.invocation("f", 1).outcome("timeout").cold(1).build());
    minute.add(added);
    minute.remove(added);
    assertThat(minute.invocations()).isZero();
    assertThat(minute.timeouts()).isZero();
    assertThat(minute.durations().getTotalCount()).isZero();
    assertThat(minute.inits().getTotalCount()).isZero();
  }

  @Test
  void aMergeIsTheSum() {
    Minute a = new Minute();
    a.add(invocation(Spans.invocation("f", 1).build()));
    Minute b = Minute.decode(a.encode());
    a.merge(b);
    assertThat(a.invocations()).isEqualTo(2);
    assertThat(a.durations().getTotalCount()).isEqualTo(2);
  }
}
