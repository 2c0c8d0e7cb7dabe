package dev.thaw.collector.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class BucketTest {

  private static Invocation invocation(Span span) {
    return Invocation.of(span).orElseThrow();
  }

  private static Totals totals(Bucket minute) {
    Totals totals = new Totals();
    totals.add(minute);
    return totals;
  }

  @Test
  void whatIsEncodedIsDecodedAgain() {
    Bucket minute = new Bucket();
    for (int i = 1; i <= 1000; i++) {
      minute.add(
          invocation(Spans.invocation("f", i).lasting(i * Spans.MS).cold(i / 1000.0).build()));
    }
    minute.addThrottled(3);
    minute.addThrottlesMet(2);
    Bucket read = Bucket.decode(minute.encode());
    assertThat(read.invocations()).isEqualTo(1000);
    assertThat(read.throttled()).isEqualTo(3);
    assertThat(read.throttlesMet()).isEqualTo(2);
    assertThat(totals(read).durations()).isEqualTo(totals(minute).durations());
    assertThat(totals(read).inits()).isEqualTo(totals(minute).inits());
    assertThat(totals(read).inits().getTotalCount()).isEqualTo(1000);
  }

  @Test
  void percentilesAreExactToThreeDigits() {
    Bucket minute = new Bucket();
    for (int i = 1; i <= 1000; i++) {
      minute.add(invocation(Spans.invocation("f", i).lasting(i * Spans.MS).build()));
    }
    assertThat(totals(minute).durations().getValueAtPercentile(95)).isBetween(949_000L, 951_000L);
  }

  @Test
  void whatIsTakenOutLeavesNothingBehind() {
    Bucket minute = new Bucket();
    Invocation added = invocation(Spans.invocation("f", 1).outcome("timeout").cold(1).build());
    minute.add(added);
    minute.remove(added);
    assertThat(minute.invocations()).isZero();
    assertThat(minute.timeouts()).isZero();
    assertThat(totals(minute).durations().getTotalCount()).isZero();
    assertThat(totals(minute).inits().getTotalCount()).isZero();
  }

  @Test
  void totalsAreTheSum() {
    Bucket a = new Bucket();
    a.add(invocation(Spans.invocation("f", 1).build()));
    Totals sum = totals(a);
    sum.add(Bucket.decode(a.encode()));
    assertThat(sum.invocations()).isEqualTo(2);
    assertThat(sum.durations().getTotalCount()).isEqualTo(2);
  }

  @Test
  void aMinuteHoldsWhatAHistogramOfItsValuesHolds() {
    Random random = new Random(1);
    Bucket minute = new Bucket();
    Histogram directly = new Histogram(3);
    for (int i = 0; i < 10_000; i++) {
      long micros = random.nextLong(1L << random.nextInt(1, 33));
      minute.add(invocation(Spans.invocation("f", i).lasting(micros * 1000).build()));
      directly.recordValue(micros);
    }
    assertThat(totals(Bucket.decode(minute.encode())).durations()).isEqualTo(directly);
  }

  @Test
  void bytesOfSomethingElseAreRefused() {
    assertThatThrownBy(() -> Bucket.decode(new byte[10])).isInstanceOf(IllegalStateException.class);
  }
}
