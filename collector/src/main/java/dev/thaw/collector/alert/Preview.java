package dev.thaw.collector.alert;

import dev.thaw.collector.alert.channel.Message;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.rollup.Prices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When a rule would have fired, and what would have been sent: walks through the past minute by
 * minute with the same steps as the evaluation of now. Windows of seconds are taken for a minute.
 * One use.
 */
final class Preview {

  /** What is asked about at most. */
  static final Duration LONGEST = Duration.ofDays(7);

  private static final int MOST_PERIODS = 500;
  private static final int MOST_MESSAGES = 100;
  private static final int POINTS = 240;

  /**
   * A time for which it would have fired.
   *
   * @param untilMs null when it would fire still
   */
  record Period(String function, long fromMs, @Nullable Long untilMs, String finding) {}

  /**
   * The value over time of the function that came nearest to the threshold.
   *
   * @param values in the rule's unit, or the change in percent when it compares; null where there
   *     is none; of several minutes the one that is nearest to firing
   */
  record Line(String function, long stepMs, List<@Nullable Double> values) {}

  /** What would have been sent. */
  record Sent(long atMs, String headline, List<String> findings) {}

  /**
   * @param sentence the rule in words
   * @param unit what values and threshold are in: count, percent, duration (milliseconds) or money
   *     (US dollars)
   * @param functions how many functions the rule is about
   * @param periods newest first
   * @param firings how many there are, also those that are not among the periods
   * @param messages oldest first
   * @param sent how many there are, also those that are not among the messages
   */
  record Result(
      String rule,
      String sentence,
      String unit,
      double threshold,
      long fromMs,
      long toMs,
      int functions,
      int firings,
      List<Period> periods,
      int sent,
      List<Sent> messages,
      @Nullable Line line) {}

  private record Change(long atMs, Alert alert) {}

  private final RollupSource source;
  private final Members members;
  private final Prices prices;
  private final Links links;
  private final Grouping grouping;
  private final List<Alert> stillFiring = new ArrayList<>();

  Preview(RollupSource source, Members members, Prices prices, Links links, Grouping grouping) {
    this.source = source;
    this.members = members;
    this.prices = prices;
    this.links = links;
    this.grouping = grouping;
  }

  Result of(Rule given, long fromMs, long nowMs) {
    Rule rule = given.byMinute();
    long first = Math.floorDiv(Math.max(fromMs, nowMs - LONGEST.toMillis()), Recent.MINUTE_MS);
    long last = Math.floorDiv(nowMs, Recent.MINUTE_MS);
    Set<String> functions = functions(rule, first, last, nowMs);
    List<Change> changes = new ArrayList<>();
    Walk nearest = null;
    for (String function : functions) {
      Walk walk = new Walk(rule, function, rows(rule, function, first, last), first, last);
      walk.run(changes);
      if (nearest == null || walk.isNearerThan(nearest)) {
        nearest = walk;
      }
    }
    List<Period> periods = new ArrayList<>();
    for (Change change : changes) {
      if (change.alert().resolvedMs() != null) {
        periods.add(period(change.alert()));
      }
    }
    stillFiring.forEach(alert -> periods.add(period(alert)));
    periods.sort(Comparator.comparingLong(Period::fromMs).reversed());
    List<Sent> messages = messages(rule, changes, first, last);
    Unit unit = rule.compared() == Rule.Compared.NOTHING ? rule.kind().unit() : Unit.PERCENT;
    return new Result(
        given.name(),
        given.sentence(),
        unit.word(),
        given.threshold(),
        first * Recent.MINUTE_MS,
        nowMs,
        functions.size(),
        periods.size(),
        List.copyOf(periods.subList(0, Math.min(MOST_PERIODS, periods.size()))),
        messages.size(),
        List.copyOf(messages.subList(0, Math.min(MOST_MESSAGES, messages.size()))),
        nearest == null ? null : nearest.line());
  }

  private static Period period(Alert alert) {
    return new Period(alert.function(), alert.sinceMs(), alert.resolvedMs(), alert.finding());
  }

  private Set<String> functions(Rule rule, long first, long last, long nowMs) {
    if (rule.selector().isOne()) {
      return Set.of(rule.selector().text());
    }
    Predicate<String> isMember = members.of(rule.selector(), nowMs);
    Scope range = Scope.ofMillis(first * Recent.MINUTE_MS, (last + 1) * Recent.MINUTE_MS);
    Set<String> functions = new TreeSet<>();
    for (FunctionBucket row : source.rollups(range, null, Grain.HOUR)) {
      if (isMember.test(row.function())) {
        functions.add(row.function());
      }
    }
    return functions;
  }

  /** One function at a time: those of hundreds would not fit into memory together. */
  private Map<Long, Bucket> rows(Rule rule, String function, long first, long last) {
    long back = rule.window().toMinutes() + rule.compared().ago().toMinutes();
    return source.minutes(function, first - back, last + 1);
  }

  /** What would have been sent, by the same notifier that sends. */
  private List<Sent> messages(Rule rule, List<Change> changes, long first, long last) {
    Map<Long, List<Alert>> byTime = new TreeMap<>();
    for (Change change : changes) {
      byTime.computeIfAbsent(change.atMs(), absent -> new ArrayList<>()).add(change.alert());
    }
    Notifier notifier = new Notifier(links, List.of());
    Map<String, List<String>> notify = Map.of(rule.name(), rule.channels());
    Map<String, Alert> current = new HashMap<>();
    List<Sent> messages = new ArrayList<>();
    for (long minute = first; minute <= last; minute++) {
      long atMs = minute * Recent.MINUTE_MS;
      List<Alert> resolved = new ArrayList<>();
      for (Alert alert : byTime.getOrDefault(atMs, List.of())) {
        if (alert.resolvedMs() == null) {
          current.put(alert.function(), alert);
        } else {
          current.remove(alert.function());
          resolved.add(alert);
        }
      }
      if (current.isEmpty() && resolved.isEmpty() && notifier.groups().isEmpty()) {
        continue;
      }
      for (Notifier.Sending sending :
          notifier.tick(current.values(), resolved, List.of(), grouping, notify, atMs)) {
        Message message = sending.message();
        messages.add(
            new Sent(
                atMs,
                message.headline(),
                message.items().stream()
                    .map(item -> item.function() + ": " + item.finding())
                    .toList()));
      }
    }
    return messages;
  }

  /** What a function did from one minute to another, which both move on. */
  private static final class Sliding {
    private final Map<Long, Bucket> rows;
    private final Bucket sum = new Bucket();
    private long from;
    private long to;

    /**
     * @param from the first minute
     * @param to the minute behind the last
     */
    Sliding(Map<Long, Bucket> rows, long from, long to) {
      this.rows = rows;
      this.from = from;
      this.to = from;
      while (this.to < to) {
        grow();
      }
    }

    private void grow() {
      Bucket added = rows.get(to++);
      if (added != null) {
        sum.add(added);
      }
    }

    void move() {
      grow();
      Bucket removed = rows.get(from++);
      if (removed != null) {
        sum.remove(removed);
      }
    }
  }

  /** One function's way through the past. */
  private final class Walk {
    private final Rule rule;
    private final String function;
    private final long first;
    private final long last;
    private final Sliding own;
    private final @Nullable Sliding before;
    private final double[] values;
    private double nearest = Double.NaN;

    Walk(Rule rule, String function, Map<Long, Bucket> rows, long first, long last) {
      this.rule = rule;
      this.function = function;
      this.first = first;
      this.last = last;
      values = new double[(int) (last - first + 1)];
      long window = rule.window().toMinutes();
      long ago = rule.compared().ago().toMinutes();
      // A rule that compares looks at whole minutes, others at the running one as well.
      boolean compares = ago > 0;
      own = new Sliding(rows, first - window, compares ? first : first + 1);
      before = compares ? new Sliding(rows, first - window - ago, first - ago) : null;
    }

    /** Adds when it fires and when that ends, and at the last minute what fires still. */
    void run(List<Change> changes) {
      Alert alert = null;
      for (long minute = first; minute <= last; minute++) {
        long atMs = minute * Recent.MINUTE_MS;
        Reading reading =
            new Reading(
                Readings.value(rule, own.sum, prices),
                before == null ? Double.NaN : Readings.value(rule, before.sum, prices));
        note((int) (minute - first), rule.measured(reading.value(), reading.before()));
        boolean wasFiring = alert != null && alert.isFiring();
        alert = Progress.next(rule, function, alert, reading, atMs);
        if (alert != null && (alert.resolvedMs() != null || alert.isFiring() && !wasFiring)) {
          changes.add(new Change(atMs, alert));
          alert = alert.resolvedMs() == null ? alert : null;
        }
        own.move();
        if (before != null) {
          before.move();
        }
      }
      if (alert != null && alert.isFiring()) {
        stillFiring.add(alert);
      }
    }

    private void note(int at, double measured) {
      values[at] = measured;
      if (!Double.isNaN(measured) && (Double.isNaN(nearest) || isNearer(measured, nearest))) {
        nearest = measured;
      }
    }

    private boolean isNearer(double one, double other) {
      return rule.isDownwards() ? one < other : one > other;
    }

    boolean isNearerThan(Walk other) {
      return !Double.isNaN(nearest)
          && (Double.isNaN(other.nearest) || isNearer(nearest, other.nearest));
    }

    Line line() {
      int minutes = Math.max(1, (values.length + POINTS - 1) / POINTS);
      List<@Nullable Double> points = new ArrayList<>();
      for (int at = 0; at < values.length; at += minutes) {
        double point = Double.NaN;
        for (int i = at; i < Math.min(values.length, at + minutes); i++) {
          if (!Double.isNaN(values[i]) && (Double.isNaN(point) || isNearer(values[i], point))) {
            point = values[i];
          }
        }
        points.add(Double.isNaN(point) ? null : point);
      }
      return new Line(function, minutes * Recent.MINUTE_MS, points);
    }
  }
}
