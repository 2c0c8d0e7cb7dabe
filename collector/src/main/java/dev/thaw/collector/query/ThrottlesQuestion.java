package dev.thaw.collector.query;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.ThrottleGroup;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is throttled, by what, and who suffers? Thread-safe. */
public final class ThrottlesQuestion {

  private static final int MOST_BARS = 60;
  private static final int MOST_TARGETS = 50;
  private static final int MOST_PAIRS = 500;

  private final Store store;

  public ThrottlesQuestion(Store store) {
    this.store = store;
  }

  public Answers.Throttles throttles(Scope range) {
    int bars = bars(range);
    List<ThrottleGroup> groups = store.throttles(range, bars);
    Map<String, List<Long>> byTarget = new LinkedHashMap<>();
    for (ThrottleGroup group : groups) {
      List<Long> sum =
          byTarget.computeIfAbsent(
              group.target(), absent -> new ArrayList<>(Collections.nCopies(bars, 0L)));
      for (int i = 0; i < bars; i++) {
        sum.set(i, sum.get(i) + group.counts().get(i));
      }
    }
    List<Answers.ThrottleTarget> targets = new ArrayList<>();
    byTarget.entrySet().stream()
        .limit(MOST_TARGETS)
        .forEach(
            target ->
                targets.add(
                    new Answers.ThrottleTarget(
                        target.getKey(), target.getValue(), busy(target.getKey(), range, bars))));
    long stepMs = Math.max(1, (range.toEpochNs() - range.fromEpochNs()) / bars / 1_000_000);
    return new Answers.Throttles(
        range.fromEpochNs() / 1_000_000,
        range.toEpochNs() / 1_000_000,
        stepMs,
        targets,
        groups.stream().limit(MOST_PAIRS).map(ThrottlesQuestion::item).toList());
  }

  /** None is shorter than the minute by which what functions did is counted. */
  private static int bars(Scope range) {
    long minutes = (range.toEpochNs() - range.fromEpochNs()) / 60_000_000_000L;
    return (int) Math.max(1, Math.min(MOST_BARS, minutes));
  }

  private static Answers.ThrottleItem item(ThrottleGroup group) {
    return new Answers.ThrottleItem(
        group.caller(),
        group.target(),
        group.reason(),
        group.calls(),
        group.refused(),
        group.lastEpochNs() / 1_000_000,
        group.traceId(),
        group.spanId());
  }

  /**
   * How many environments were busy on average, by Little's law: the time that invocations took in
   * a part of the range, over the length of that part. Empty when it is not a function that is
   * known.
   */
  private List<Double> busy(String target, Scope range, int bars) {
    double[] tookMs = new double[bars];
    boolean isKnown = false;
    double minutes = (range.toEpochNs() - range.fromEpochNs()) / 6e10;
    for (FunctionBucket row : store.rollups(range, target, Grain.MINUTE)) {
      isKnown |= row.bucket().invocations() > 0;
      double at = row.epochMinute() - range.fromEpochNs() / 6e10;
      int bar = (int) Math.floor(at * bars / minutes);
      tookMs[Math.max(0, Math.min(bars - 1, bar))] += row.bucket().tookMicros() / 1e3;
    }
    List<Double> busy = new ArrayList<>();
    if (isKnown) {
      double partMs = Math.max(1, minutes / bars) * 60_000;
      for (double ms : tookMs) {
        busy.add(ms / partMs);
      }
    }
    return busy;
  }
}
