package dev.thaw.collector.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.query.FunctionTotals.Key;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.store.Keep;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionTotalsTest {

  private static final long HOUR_NS = 60 * Bucket.MINUTE_NS;
  private static final Key CHECKOUT = new Key("checkout", "");

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

  private void invoked(int number, long atNs) {
    store.append(List.of(Spans.invocation("checkout", number).startingAt(atNs).build()));
  }

  @Test
  void whatEndedBeforeTheStartDoesNotCount() {
    invoked(1, Spans.NOW_NS - HOUR_NS);
    invoked(2, Spans.NOW_NS);
    FunctionTotals totals = new FunctionTotals(store, Spans.NOW_NS);
    assertThat(totals.until(Spans.NOW_NS + Spans.MS).get(CHECKOUT).invocations()).isEqualTo(1);
  }

  @Test
  void whatTheStoreForgetsStillCounts() {
    FunctionTotals totals = new FunctionTotals(store, Spans.NOW_NS);
    invoked(1, Spans.NOW_NS);
    long later = Spans.NOW_NS + 100 * HOUR_NS;
    invoked(2, later);
    assertThat(totals.until(later + Spans.MS).get(CHECKOUT).invocations()).isEqualTo(2);
    Duration day = Duration.ofDays(1);
    store.forget(new Keep(day, day, 1, day, Long.MAX_VALUE), later + HOUR_NS);
    assertThat(totals.until(later + HOUR_NS).get(CHECKOUT).invocations()).isEqualTo(2);
  }

  @Test
  void whatComesLateIsAddedForAnHour() {
    FunctionTotals totals = new FunctionTotals(store, Spans.NOW_NS);
    invoked(1, Spans.NOW_NS);
    long later = Spans.NOW_NS + HOUR_NS / 2;
    assertThat(totals.until(later).get(CHECKOUT).invocations()).isEqualTo(1);
    invoked(2, Spans.NOW_NS + Spans.MS);
    assertThat(totals.until(later).get(CHECKOUT).invocations()).isEqualTo(2);
    assertThat(totals.until(later + 2 * HOUR_NS).get(CHECKOUT).invocations()).isEqualTo(2);
    invoked(3, Spans.NOW_NS + 2 * Spans.MS);
    assertThat(totals.until(later + 3 * HOUR_NS).get(CHECKOUT).invocations()).isEqualTo(2);
  }

  @Test
  void environmentsAreCountedApart() {
    FunctionTotals totals = new FunctionTotals(store, Spans.NOW_NS);
    invoked(1, Spans.NOW_NS);
    store.append(
        List.of(
            Spans.invocation("checkout", 2).in("deployment.environment.name", "staging").build()));
    Map<Key, Bucket> sums = totals.until(Spans.NOW_NS + Spans.MS);
    assertThat(sums).containsOnlyKeys(CHECKOUT, new Key("checkout", "staging"));
  }
}
