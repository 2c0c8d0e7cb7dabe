package dev.thaw.collector.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

public class BucketTest {

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
    assertThat(counts(totals(read).durations())).isEqualTo(counts(totals(minute).durations()));
    assertThat(counts(totals(read).inits())).isEqualTo(counts(totals(minute).inits()));
    assertThat(totals(read).inits().total()).isEqualTo(1000);
  }

  @Test
  void percentilesAreExactToThreeDigits() {
    Bucket minute = new Bucket();
    for (int i = 1; i <= 1000; i++) {
      minute.add(invocation(Spans.invocation("f", i).lasting(i * Spans.MS).build()));
    }
    assertThat(totals(minute).durations().at(95)[0]).isBetween(949_000L, 951_000L);
  }

  @Test
  void whatIsTakenOutLeavesNothingBehind() {
    Bucket minute = new Bucket();
    Invocation added = invocation(Spans.invocation("f", 1).outcome("timeout").cold(1).build());
    minute.add(added);
    minute.remove(added);
    assertThat(minute.invocations()).isZero();
    assertThat(minute.timeouts()).isZero();
    assertThat(totals(minute).durations().total()).isZero();
    assertThat(totals(minute).inits().total()).isZero();
  }

  @Test
  void totalsAreTheSum() {
    Bucket a = new Bucket();
    a.add(invocation(Spans.invocation("f", 1).build()));
    Totals sum = totals(a);
    sum.add(Bucket.decode(a.encode()));
    assertThat(sum.invocations()).isEqualTo(2);
    assertThat(sum.durations().total()).isEqualTo(2);
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
    Tally tally = totals(Bucket.decode(minute.encode())).durations();
    assertThat(counts(tally)).isEqualTo(counts(directly));
    for (double percentile : new double[] {0, 1, 50, 95, 99, 99.9, 100}) {
      assertThat(tally.at(percentile)[0])
          .as("%s %%", percentile)
          .isEqualTo(directly.getValueAtPercentile(percentile));
    }
    assertThat(tally.at(50, 95, 95, 99))
        .containsExactly(tally.at(50)[0], tally.at(95)[0], tally.at(95)[0], tally.at(99)[0]);
    assertThat(tally.sum())
        .isCloseTo(directly.getMean() * directly.getTotalCount(), Percentage.withPercentage(0.05));
  }

  /** By the largest value that is not told apart. */
  public static Map<Long, Long> counts(Tally tally) {
    Map<Long, Long> counts = new TreeMap<>();
    tally.forEach(counts::put);
    return counts;
  }

  private static Map<Long, Long> counts(Histogram histogram) {
    Map<Long, Long> counts = new TreeMap<>();
    for (HistogramIterationValue value : histogram.recordedValues()) {
      counts.put(value.getValueIteratedTo(), value.getCountAtValueIteratedTo());
    }
    return counts;
  }

  /** Eight bytes for each counter, then lists of distances between values, in varints. */
  @Test
  void whatEarlierVersionsWroteIsReadStill() {
    ByteBuffer bytes = ByteBuffer.allocate(Counters.BYTES + 13);
    bytes.putLong(3).position(Counters.BYTES);
    // Warm: 300 us twice, 5000 us once, which is 4700 more.
    bytes.put(new byte[] {2, (byte) 0xac, 2, 4, (byte) 0xdc, 0x24, 2});
    // No inits, cold ones, shares and waits; 5 MB ms; no dead letters.
    bytes.put(new byte[] {0, 0, 0, 0, 0, 10});
    Bucket read = Bucket.decode(Arrays.copyOf(bytes.array(), bytes.capacity() + 1));
    assertThat(read.invocations()).isEqualTo(3);
    assertThat(read.billedMbMs()).isEqualTo(5);
    assertThat(read.durationAt(50)).isEqualTo(300);
    assertThat(read.durationAt(100)).isEqualTo(5000);
    assertThat(counts(totals(Bucket.decode(bytes.array())).durations()))
        .isEqualTo(Map.of(300L, 2L, 5003L, 1L));
  }

  @Test
  void useOfTimeAndMemoryWaitsCostAndDeadLettersAreKept() {
    Bucket minute = new Bucket();
    for (int i = 1; i <= 4; i++) {
      minute.add(
          invocation(
              Spans.invocation("f", i)
                  .lasting(i * 1000 * Spans.MS - 1)
                  .with("thaw.remaining_time", 10 - i)
                  .with("thaw.memory.used", i * 100L << 20)
                  .with("thaw.queue.wait", i)
                  .with("thaw.dead_letter", true)
                  .with("messaging.batch.message_count", 2L)
                  .in("faas.max_memory", 1000L << 20)
                  .build()));
    }
    minute.add(Bucket.decode(minute.encode()));
    Bucket read = Bucket.decode(minute.encode());
    assertThat(read.timeUsedAt(50)).isEqualTo(20);
    assertThat(read.timeUsedAt(100)).isEqualTo(40);
    assertThat(read.memoryUsedAt(75)).isEqualTo(30);
    assertThat(read.waitAt(100)).isBetween(3_997_000L, 4_000_000L);
    assertThat(read.billedMbMs()).isEqualTo(2 * 10_000 * 1000);
    assertThat(read.deadLetters()).isEqualTo(16);
    assertThat(read.initAt(99)).isEqualTo(-1);
  }

  @Test
  void percentilesOfTheWholeAreThoseOfWarmAndColdTogether() {
    Bucket minute = new Bucket();
    for (int i = 1; i <= 100; i++) {
      Spans span = Spans.invocation("f", i).lasting(i * Spans.MS);
      minute.add(invocation((i % 3 == 0 ? span.cold(i) : span).build()));
    }
    assertThat(minute.durationAt(50)).isBetween(49_950L, 50_000L);
    assertThat(minute.durationAt(100)).isBetween(99_900L, 100_000L);
    assertThat(minute.initsOfAtLeast(50_000_000)).isEqualTo(17);
    assertThat(minute.initsOfAtLeast(500_000_000)).isZero();
  }

  @Test
  void bytesOfSomethingElseAreRefused() {
    assertThatThrownBy(() -> Bucket.decode(new byte[10])).isInstanceOf(IllegalStateException.class);
    byte[] toNowhere = new Bucket().encode();
    Arrays.fill(toNowhere, 1 + Counters.BYTES, toNowhere.length, (byte) 0x7f);
    toNowhere[1 + Counters.BYTES] = 1;
    toNowhere[2 + Counters.BYTES] = (byte) 0xff;
    toNowhere[3 + Counters.BYTES] = (byte) 0xff;
    assertThatThrownBy(() -> totals(Bucket.decode(toNowhere)))
        .isInstanceOf(IllegalStateException.class);
  }
}
