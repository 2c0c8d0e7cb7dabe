package dev.thaw.collector.alert;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Thirty days of traffic with incidents that are known: the rollups that the collector would have
 * made of it, minute by minute, as they become known.
 */
final class Month {

  static final int DAYS = 30;
  static final long MINUTE_MS = 60_000;
  private static final int MINUTES_A_DAY = 24 * 60;

  /** Some of what ends is told so much later. */
  private static final int MOST_LATE_MINUTES = 3;

  /**
   * Something that must be alerted.
   *
   * @param rule by which
   * @param from its first minute since the month began
   * @param minutes how long it goes on
   * @param lateBy how much later than it happens it is told, in minutes
   */
  record Incident(String rule, String function, int from, int minutes, int lateBy) {}

  /** What the functions do by day and at night, without incidents. */
  record Usual(String function, int dayInvocations, int nightInvocations, int ms) {}

  private final long beginMs;
  private final List<Usual> functions;
  private final List<Incident> incidents;
  private final Random random = new Random(8);
  private final NavigableMap<Long, Map<String, Bucket>> minutes = new TreeMap<>();
  private final NavigableMap<Long, Map<String, Bucket>> hours = new TreeMap<>();
  private final NavigableMap<Integer, List<Runnable>> late = new TreeMap<>();
  private int number;

  Month(long beginMs, List<Usual> functions, List<Incident> incidents) {
    this.beginMs = beginMs;
    this.functions = functions;
    this.incidents = incidents;
  }

  long timeOf(int minute) {
    return beginMs + minute * MINUTE_MS;
  }

  /** What is known at the end of this minute of what happened in it, and of what was late. */
  void happen(int minute) {
    for (Usual usual : functions) {
      boolean isDay = minute % MINUTES_A_DAY >= 6 * 60 && minute % MINUTES_A_DAY < 22 * 60;
      int invocations = isDay ? usual.dayInvocations() : usual.nightInvocations();
      Incident incident =
          incidents.stream()
              .filter(one -> one.function().equals(usual.function()))
              .filter(one -> minute >= one.from() && minute < one.from() + one.minutes())
              .findFirst()
              .orElse(null);
      if (incident != null && incident.rule().equals("silence")) {
        continue;
      }
      int lateBy =
          incident != null && incident.lateBy() > 0
              ? incident.lateBy()
              : random.nextInt(20) == 0 ? random.nextInt(1, MOST_LATE_MINUTES) : 0;
      List<Invocation> ended = new ArrayList<>();
      int count = Math.max(1, invocations + random.nextInt(-1, 2));
      for (int i = 0; i < count; i++) {
        ended.add(invocation(usual, incident, i, minute));
      }
      Runnable told = () -> tell(usual.function(), minute, ended, incident);
      late.computeIfAbsent(minute + lateBy, absent -> new ArrayList<>()).add(told);
    }
    late.headMap(minute, true).values().forEach(all -> all.forEach(Runnable::run));
    late.headMap(minute, true).clear();
  }

  private void tell(
      String function, int minute, List<Invocation> ended, @Nullable Incident incident) {
    long at = timeOf(minute) / MINUTE_MS;
    for (Bucket bucket :
        List.of(bucket(minutes, at, function), bucket(hours, Grain.HOUR.of(at), function))) {
      ended.forEach(bucket::add);
      if (incident != null && incident.rule().equals("throttles")) {
        bucket.addThrottled(20);
      }
    }
  }

  private static Bucket bucket(Map<Long, Map<String, Bucket>> of, long minute, String function) {
    return of.computeIfAbsent(minute, absent -> new HashMap<>())
        .computeIfAbsent(function, absent -> new Bucket());
  }

  /**
   * Ordinary: now and then one fails, or is slow, or starts cold. In an incident: as its rule says.
   */
  private Invocation invocation(Usual usual, @Nullable Incident incident, int i, int minute) {
    Spans span = Spans.invocation(usual.function(), ++number);
    double ms = usual.ms() * (0.5 + random.nextDouble());
    String rule = incident == null ? "" : incident.rule();
    if (random.nextInt(400) == 0) {
      span.outcome("error");
    }
    if (random.nextInt(200) == 0) {
      span.cold(0.4 + random.nextDouble() * 0.4);
    }
    switch (rule) {
      case "timeouts" -> {
        if (i == 0) {
          span.outcome("timeout");
        }
      }
      case "errors" -> {
        if (i % 2 == 0) {
          span.outcome("error");
        }
      }
      case "slow" -> ms *= 10;
      case "starts" -> span.cold(6);
      default -> {}
    }
    return Invocation.of(
            span.startingAt(timeOf(minute) * Spans.MS)
                .lasting((long) (ms * Spans.MS))
                .with("thaw.memory.used", (rule.equals("memory") ? 490L : 180L) << 20)
                .with("thaw.remaining_time", 30.0)
                .in("faas.max_memory", 512L << 20)
                .build())
        .orElseThrow();
  }

  /** As a store that is asked would answer. */
  List<FunctionBucket> rollups(Scope range, @Nullable String function, Grain coarsest) {
    long first = Bucket.minuteOf(range.fromEpochNs());
    long end = Bucket.minuteOf(range.toEpochNs() - 1) + 1;
    long firstHour = Grain.HOUR.of(first + Grain.HOUR.minutes() - 1);
    long endHour = Grain.HOUR.of(end);
    List<FunctionBucket> found = new ArrayList<>();
    if (coarsest == Grain.MINUTE || firstHour >= endHour) {
      add(minutes.subMap(first, end), function, found);
    } else {
      add(minutes.subMap(first, firstHour), function, found);
      add(hours.subMap(firstHour, endHour), function, found);
      add(minutes.subMap(endHour, end), function, found);
    }
    return found;
  }

  private static void add(
      Map<Long, Map<String, Bucket>> rows, @Nullable String function, List<FunctionBucket> to) {
    rows.forEach(
        (minute, own) ->
            own.forEach(
                (name, bucket) -> {
                  if (function == null || function.equals(name)) {
                    to.add(new FunctionBucket(name, "", minute, bucket));
                  }
                }));
  }
}
