package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SampleTest {

  private final Random random = new Random(1);

  private static Sample of(int values, Supplier<Object> value) {
    Sample sample = new Sample();
    for (int i = 0; i < values; i++) {
      sample.add(value.get());
    }
    return sample;
  }

  @Test
  void idsAreShortAndVarious() {
    assertThat(of(300, () -> "user-" + random.nextInt(100_000)).isShortAndVarious()).isTrue();
    assertThat(of(300, () -> java.util.UUID.randomUUID().toString()).isShortAndVarious()).isTrue();
  }

  @Test
  void namesThatComeAgainAreNot() {
    assertThat(of(300, () -> "/orders/" + random.nextInt(1000)).isShortAndVarious()).isFalse();
    assertThat(of(300, () -> "eu-west-1").isShortAndVarious()).isFalse();
  }

  @Test
  void longTextsAreNot() {
    assertThat(
            of(300, () -> "SELECT * FROM orders WHERE id = " + random.nextLong())
                .isShortAndVarious())
        .isFalse();
  }

  @Test
  void numbersAreNot() {
    assertThat(of(300, random::nextLong).isShortAndVarious()).isFalse();
  }

  @Test
  void ofTooFewNothingIsKnown() {
    Sample few = of(199, () -> "user-" + random.nextInt(100_000));
    assertThat(few.isWhole()).isFalse();
    assertThat(few.isShortAndVarious()).isFalse();
    few.add("user-x");
    assertThat(few.isShortAndVarious()).isTrue();
  }
}
