package dev.thaw.collector.query;

import static dev.thaw.collector.Spans.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.Totals;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeatMapTest {

  private static Totals step(Spans... spans) {
    Bucket bucket = new Bucket();
    for (Spans span : spans) {
      bucket.add(Invocation.of(span.build()).orElseThrow());
    }
    Totals totals = new Totals();
    totals.add(bucket);
    return totals;
  }

  private static Spans lasting(long ms) {
    return Spans.invocation("pay", 1).lasting(ms * MS);
  }

  @Test
  void eachDurationIsInTheRowWhoseBoundsHoldIt() {
    Answers.HeatMapItem map =
        HeatMap.of(
            List.of(step(lasting(10), lasting(11), lasting(900).cold(1)), step(lasting(70))));

    for (long ms : new long[] {10, 70, 900}) {
      assertThat(map.boundsMs().get(0)).isLessThanOrEqualTo(10);
      assertThat(map.boundsMs().get(map.boundsMs().size() - 1)).isGreaterThan(900);
      int row = 0;
      while (map.boundsMs().get(row + 1) <= ms) {
        row++;
      }
      Answers.HeatColumn column = map.columns().get(ms == 70 ? 1 : 0);
      assertThat(column.counts().get(row)).isEqualTo(ms == 10 ? 2 : 1);
      assertThat(column.cold().get(row)).isEqualTo(ms == 900 ? 1 : 0);
    }
  }

  @Test
  void whereNothingEndedThereIsNoRow() {
    Answers.HeatMapItem map = HeatMap.of(List.of(new Totals()));

    assertThat(map.boundsMs()).isEmpty();
    assertThat(map.columns())
        .singleElement()
        .extracting(Answers.HeatColumn::counts)
        .isEqualTo(List.of());
  }
}
