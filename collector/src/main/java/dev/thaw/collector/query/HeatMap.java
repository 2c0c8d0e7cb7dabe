package dev.thaw.collector.query;

import dev.thaw.collector.rollup.Tally;
import dev.thaw.collector.rollup.Totals;
import java.util.ArrayList;
import java.util.List;

/**
 * How many invocations took how long, step by step. Rows are half powers of two: each is 1.41 times
 * as long as the one below it, so that milliseconds and minutes fit into one picture.
 */
final class HeatMap {

  /** Shorter ones are in the lowest row. */
  private static final double SHORTEST_MS = 0.1;

  private static final int MOST_ROWS = 48;

  private HeatMap() {}

  static Answers.HeatMapItem of(List<Totals> steps) {
    int lowest = MOST_ROWS;
    int highest = -1;
    List<long[]> all = new ArrayList<>();
    List<long[]> cold = new ArrayList<>();
    for (Totals step : steps) {
      long[] ofCold = rows(step.cold());
      long[] both = rows(step.warm());
      for (int row = 0; row < MOST_ROWS; row++) {
        both[row] += ofCold[row];
        if (both[row] > 0) {
          lowest = Math.min(lowest, row);
          highest = Math.max(highest, row);
        }
      }
      all.add(both);
      cold.add(ofCold);
    }
    List<Answers.HeatColumn> columns = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      columns.add(
          new Answers.HeatColumn(
              part(all.get(i), lowest, highest), part(cold.get(i), lowest, highest)));
    }
    return new Answers.HeatMapItem(bounds(lowest, highest), columns);
  }

  /** One distribution, by the same rows. */
  static Answers.Distribution of(Tally micros) {
    long[] rows = rows(micros);
    int lowest = 0;
    int highest = MOST_ROWS - 1;
    while (highest >= 0 && rows[highest] == 0) {
      highest--;
    }
    while (lowest < highest && rows[lowest] == 0) {
      lowest++;
    }
    return new Answers.Distribution(bounds(lowest, highest), part(rows, lowest, highest));
  }

  /** One more than there are rows. */
  private static List<Double> bounds(int lowest, int highest) {
    List<Double> bounds = new ArrayList<>();
    for (int row = lowest; row <= highest + 1 && highest >= 0; row++) {
      bounds.add(row == 0 ? 0 : SHORTEST_MS * Math.pow(2, row / 2.0));
    }
    return bounds;
  }

  private static List<Long> part(long[] rows, int lowest, int highest) {
    List<Long> part = new ArrayList<>();
    for (int row = lowest; row <= highest; row++) {
      part.add(rows[row]);
    }
    return part;
  }

  private static long[] rows(Tally micros) {
    long[] rows = new long[MOST_ROWS];
    micros.forEach(
        (value, count) -> {
          double ms = value / 1e3;
          int row =
              ms <= SHORTEST_MS
                  ? 0
                  : (int) Math.floor(2 * Math.log(ms / SHORTEST_MS) / Math.log(2));
          rows[Math.max(0, Math.min(MOST_ROWS - 1, row))] += count;
        });
    return rows;
  }
}
