package dev.thaw.collector.alert;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.rollup.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rollups that rules look at, kept from one evaluation to the next: only what may have changed
 * is read again. The last minutes are read at every evaluation, the last hour once a minute; what
 * is older is taken to be over. Not thread-safe.
 */
final class Recent {

  static final long MINUTE_MS = 60_000;

  /** Minutes that may change at any moment, also those that a clock ahead of ours dates. */
  private static final long MOVING = 6;

  /** Minutes in which something late is looked for. */
  static final long LATE = 60;

  private record Stretch(Duration length, long ago) {}

  private final RollupSource source;
  private final TreeMap<Long, List<FunctionBucket>> minutes = new TreeMap<>();
  private final Map<Stretch, Map<String, Window>> byHour = new HashMap<>();

  /** The first minutes that this evaluation and the one before it have looked at. */
  private final TreeMap<Long, Long> asked = new TreeMap<>();

  private long nowMinute;

  Recent(RollupSource source) {
    this.source = source;
  }

  /** To be called at the beginning of each evaluation. */
  void begin(long nowMs) {
    long before = nowMinute;
    nowMinute = Math.floorDiv(nowMs, MINUTE_MS);
    minutes
        .keySet()
        .removeIf(
            minute ->
                asked.floorEntry(minute) == null || asked.floorEntry(minute).getValue() <= minute);
    asked.clear();
    minutes.tailMap(nowMinute - (nowMinute == before ? MOVING : LATE), true).clear();
    if (nowMinute != before) {
      byHour.clear();
    }
  }

  /**
   * @param from the first minute
   * @param to the minute behind the last
   */
  List<FunctionBucket> rows(long from, long to) {
    asked.merge(from, to, Math::max);
    long missing = -1;
    for (long minute = from; minute <= to; minute++) {
      boolean isThere = minute == to || minutes.containsKey(minute);
      if (!isThere && missing < 0) {
        missing = minute;
      } else if (isThere && missing >= 0) {
        read(missing, minute);
        missing = -1;
      }
    }
    List<FunctionBucket> rows = new ArrayList<>();
    minutes.subMap(from, to).values().forEach(rows::addAll);
    return rows;
  }

  private void read(long from, long to) {
    for (long minute = from; minute < to; minute++) {
      minutes.put(minute, new ArrayList<>());
    }
    Scope range = Scope.ofMillis(Math.max(0, from * MINUTE_MS), to * MINUTE_MS);
    for (FunctionBucket row : source.rollups(range, null, Grain.MINUTE)) {
      minutes.computeIfAbsent(row.epochMinute(), absent -> new ArrayList<>()).add(row);
    }
  }

  /**
   * Whole hours, for windows of many of them; the hour that runs is one more.
   *
   * @param ago how many minutes before now it ends
   */
  Map<String, Window> hours(Duration length, long ago) {
    return byHour.computeIfAbsent(
        new Stretch(length, ago),
        key -> {
          long end = nowMinute - ago;
          long first = Grain.HOUR.of(end) - length.toMinutes();
          long behind = ago == 0 ? Grain.HOUR.of(end) + Grain.HOUR.minutes() : Grain.HOUR.of(end);
          Scope range = Scope.ofMillis(Math.max(0, first * MINUTE_MS), behind * MINUTE_MS);
          return sum(source.rollups(range, null, Grain.HOUR));
        });
  }

  static Map<String, Window> sum(List<FunctionBucket> rows) {
    Map<String, Window> sums = new HashMap<>();
    for (FunctionBucket row : rows) {
      sums.computeIfAbsent(row.function(), absent -> new Window()).add(row.bucket());
    }
    return sums;
  }
}
