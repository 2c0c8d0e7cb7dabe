package dev.thaw.collector.query;

import dev.thaw.collector.analysis.ChainGraph;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.TraceCount;
import dev.thaw.collector.model.TraceSummary;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.rollup.Totals;
import dev.thaw.collector.store.Cursor;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The questions of the dashboard, one method each. Thread-safe. */
public final class Questions {

  private static final int SPARKLINE_POINTS = 30;
  private static final int MOST_BARS = 36;
  private static final int LONG_MINUTES = 12 * 60;
  private static final int MOST_POINTS = 120;
  private static final int RECENT = 50;
  private static final int DENSITY_BARS = 60;

  /** A chain map of more spans says no more, and takes seconds to read. */
  private static final int CHAIN_SPANS = 20_000;

  private final Store store;
  private final Prices prices;

  public Questions(Store store, Prices prices) {
    this.store = store;
    this.prices = prices;
  }

  public Answers.FunctionList functions(Scope range) {
    Bars bars = Bars.of(range);
    Map<String, List<FunctionBucket>> byFunction = new TreeMap<>();
    for (FunctionBucket row : store.rollups(range, null, bars.grain())) {
      byFunction.computeIfAbsent(row.function(), absent -> new ArrayList<>()).add(row);
    }
    List<Answers.FunctionSummary> functions = new ArrayList<>();
    Totals sum = new Totals();
    byFunction.forEach(
        (function, rows) -> {
          sum.clear();
          Answers.FunctionSummary summary = summary(function, rows, bars, sum);
          // What is only known as the target of refused calls is a queue or a host, not a function.
          if (summary.invocations() > 0
              || summary.throttlesMet() > 0
              || summary.failedStarts() > 0) {
            functions.add(summary);
          }
        });
    return new Answers.FunctionList(
        millis(range.fromEpochNs()), millis(range.toEpochNs()), functions);
  }

  /** The bars of a small chart: over long ranges each is about whole hours. */
  private record Bars(Grain grain, long firstMinute, long minutes, int count) {

    static Bars of(Scope range) {
      long first = Bucket.minuteOf(range.fromEpochNs());
      long minutes = Math.max(1, Bucket.minuteOf(range.toEpochNs() - 1) - first + 1);
      if (minutes < LONG_MINUTES) {
        return new Bars(Grain.MINUTE, first, minutes, SPARKLINE_POINTS);
      }
      long firstHour = Grain.HOUR.of(first);
      long hours = (Grain.HOUR.of(first + minutes - 1) - firstHour) / Grain.HOUR.minutes() + 1;
      long hoursPerBar = (hours + MOST_BARS - 1) / MOST_BARS;
      int count = (int) ((hours + hoursPerBar - 1) / hoursPerBar);
      return new Bars(Grain.HOUR, firstHour, count * hoursPerBar * Grain.HOUR.minutes(), count);
    }

    int bar(FunctionBucket row) {
      long bar = (row.epochMinute() - firstMinute) * count / minutes;
      return (int) Math.max(0, Math.min(count - 1, bar));
    }
  }

  /**
   * @param sum empty
   */
  private Answers.FunctionSummary summary(
      String function, List<FunctionBucket> rows, Bars bars, Totals sum) {
    long[] heights = new long[bars.count()];
    for (FunctionBucket row : rows) {
      sum.add(row.bucket());
      heights[bars.bar(row)] += row.bucket().invocations();
    }
    return new Answers.FunctionSummary(
        function,
        sum.invocations(),
        sum.running(),
        sum.errors(),
        sum.timeouts(),
        sum.crashes(),
        sum.failedStarts(),
        sum.coldStarts(),
        sum.throttled(),
        sum.throttlesMet(),
        Answers.Percentiles.ofMicros(sum.durations()),
        Answers.Percentiles.ofMicros(sum.warm()),
        Answers.Percentiles.ofMicros(sum.cold()),
        Answers.Percentiles.ofMicros(sum.inits()),
        prices.of(sum),
        Arrays.stream(heights).boxed().toList());
  }

  /** Empty when nothing is known of the function in this range. */
  public Optional<Answers.FunctionDetail> function(String function, Scope range) {
    List<FunctionBucket> rows = store.rollups(range, function, Grain.MINUTE);
    List<Invocation> recent =
        store.invocations(
            new Store.InvocationQuery(
                range, function, Set.of(), false, 0, Store.Order.NEWEST, RECENT));
    if (rows.isEmpty() && recent.isEmpty()) {
      return Optional.empty();
    }
    long first = Bucket.minuteOf(range.fromEpochNs());
    long count = Math.max(1, Bucket.minuteOf(range.toEpochNs() - 1) - first + 1);
    long minutesPerStep = Math.max(1, (count + MOST_POINTS - 1) / MOST_POINTS);
    Map<Long, Totals> steps = new TreeMap<>();
    for (FunctionBucket row : rows) {
      steps
          .computeIfAbsent(
              row.epochMinute() / minutesPerStep * minutesPerStep, absent -> new Totals())
          .add(row.bucket());
    }
    List<Answers.Point> points = new ArrayList<>();
    List<Totals> columns = new ArrayList<>();
    for (long at = first / minutesPerStep * minutesPerStep;
        at < first + count;
        at += minutesPerStep) {
      Totals step = steps.getOrDefault(at, new Totals());
      columns.add(step);
      points.add(point(at, minutesPerStep, step));
    }
    double timeoutMs = 0;
    long limit = 0;
    long used = 0;
    for (Invocation invocation : recent) {
      timeoutMs = Math.max(timeoutMs, Math.round(invocation.timeoutNs() / 1e8) * 100);
      limit = Math.max(limit, invocation.memoryLimit());
      used = Math.max(used, invocation.memoryUsed());
    }
    return Optional.of(
        new Answers.FunctionDetail(
            millis(range.fromEpochNs()),
            millis(range.toEpochNs()),
            minutesPerStep * 60_000,
            summary(function, rows, Bars.of(range), new Totals()),
            points,
            HeatMap.of(columns),
            versions(rows),
            timeoutMs,
            limit,
            used,
            items(recent)));
  }

  /** The one that ran last comes first. */
  private static List<Answers.VersionItem> versions(List<FunctionBucket> rows) {
    Map<String, List<FunctionBucket>> byVersion = new TreeMap<>();
    for (FunctionBucket row : rows) {
      if (row.bucket().invocations() > 0) {
        byVersion.computeIfAbsent(row.version(), absent -> new ArrayList<>()).add(row);
      }
    }
    List<Answers.VersionItem> versions = new ArrayList<>();
    byVersion.forEach((version, own) -> versions.add(version(version, own)));
    versions.sort(Comparator.comparingLong(Answers.VersionItem::lastMs).reversed());
    return versions;
  }

  private static Answers.VersionItem version(String version, List<FunctionBucket> rows) {
    Totals sum = new Totals();
    rows.forEach(row -> sum.add(row.bucket()));
    return new Answers.VersionItem(
        version,
        rows.get(0).epochMinute() * 60_000,
        rows.get(rows.size() - 1).epochMinute() * 60_000,
        sum.invocations(),
        sum.errors(),
        sum.timeouts(),
        sum.crashes(),
        sum.coldStarts(),
        Answers.Percentiles.ofMicros(sum.warm()),
        Answers.Percentiles.ofMicros(sum.cold()),
        Answers.Percentiles.ofMicros(sum.inits()));
  }

  private static Answers.Point point(long epochMinute, long minutes, Totals step) {
    return new Answers.Point(
        epochMinute * 60_000,
        step.invocations(),
        step.errors(),
        step.timeouts(),
        step.crashes(),
        step.coldStarts(),
        step.throttled(),
        // How many environments were busy on average, by Little's law.
        step.tookMicros() / (minutes * 6e7),
        Answers.Percentiles.ofMicros(step.durations()),
        Answers.Percentiles.ofMicros(step.warm()),
        Answers.Percentiles.ofMicros(step.cold()));
  }

  public Answers.InvocationList invocations(Store.InvocationQuery query) {
    Page<Invocation> page = page(query);
    return new Answers.InvocationList(items(page.rows()), page.next());
  }

  /** Slowest init first. */
  public Answers.ColdStartList coldStarts(
      Scope range, @Nullable String function, int limit, @Nullable Cursor after) {
    Totals sum = new Totals();
    store.rollups(range, function, Grain.HOUR).forEach(row -> sum.add(row.bucket()));
    Page<Invocation> page =
        page(
            new Store.InvocationQuery(
                    range, function, Set.of(), true, 0, Store.Order.SLOWEST_INIT, limit)
                .after(after));
    return new Answers.ColdStartList(HeatMap.of(sum.inits()), items(page.rows()), page.next());
  }

  /** Rows of a list, and the cursor behind them; empty when they are the last. */
  private record Page<T>(List<T> rows, String next) {

    /**
     * @param found one more than the page has, when there is another one behind it
     */
    static <T> Page<T> of(List<T> found, int limit, Function<T, Cursor> after) {
      return found.size() <= limit
          ? new Page<>(found, "")
          : new Page<>(found.subList(0, limit), after.apply(found.get(limit - 1)).text());
    }
  }

  private Page<Invocation> page(Store.InvocationQuery query) {
    return Page.of(
        store.invocations(query.limitedTo(query.limit() + 1)),
        query.limit(),
        last -> Cursor.after(query.order(), last));
  }

  private static List<Answers.InvocationItem> items(List<Invocation> invocations) {
    return invocations.stream().map(Questions::item).toList();
  }

  static Answers.InvocationItem item(Invocation invocation) {
    return new Answers.InvocationItem(
        invocation.traceId(),
        invocation.spanId(),
        invocation.function(),
        invocation.requestId(),
        invocation.startEpochNs() / 1e6,
        invocation.durationNs() / 1e6,
        invocation.outcome().word(),
        invocation.cold(),
        invocation.initNs() / 1e6,
        invocation.trigger(),
        invocation.instance(),
        invocation.version(),
        invocation.errorType(),
        invocation.errorMessage());
  }

  public Answers.TraceList traces(Store.TraceQuery query) {
    Page<TraceSummary> page =
        Page.of(store.traces(query.limitedTo(query.limit() + 1)), query.limit(), Cursor::after);
    return new Answers.TraceList(page.rows().stream().map(Questions::item).toList(), page.next());
  }

  /** How many traces fit, over time. */
  public Answers.TraceDensity density(Store.TraceQuery query) {
    Scope scope = query.scope();
    long[][] counts = new long[DENSITY_BARS][3];
    long traces = 0;
    for (TraceCount count : store.traceCounts(query, DENSITY_BARS)) {
      int kind = count.worst() == Outcome.RUNNING ? 2 : count.worst().isFailure() ? 1 : 0;
      counts[Math.max(0, Math.min(DENSITY_BARS - 1, count.bar()))][kind] += count.count();
      traces += count.count();
    }
    List<Answers.TraceBar> bars = new ArrayList<>();
    for (int i = 0; i < DENSITY_BARS; i++) {
      bars.add(
          new Answers.TraceBar(
              millis(scope.fromEpochNs() + i * scope.partNs(DENSITY_BARS)),
              counts[i][0],
              counts[i][1],
              counts[i][2]));
    }
    return new Answers.TraceDensity(millis(scope.partNs(DENSITY_BARS)), traces, bars);
  }

  /** Those of which something is known; the empty one is what says none. */
  public Answers.EnvironmentList environments(Scope scope) {
    return new Answers.EnvironmentList(List.copyOf(store.environments(scope)));
  }

  private static Answers.TraceItem item(TraceSummary trace) {
    return new Answers.TraceItem(
        trace.traceId(),
        trace.rootFunction(),
        trace.startEpochNs() / 1e6,
        (trace.endEpochNs() - trace.startEpochNs()) / 1e6,
        trace.invocations(),
        trace.coldStarts(),
        trace.functions(),
        trace.worst().word());
  }

  public Answers.Chains chains(Scope range) {
    List<Span> spans = store.chainSpans(range, CHAIN_SPANS);
    ChainGraph graph = ChainGraph.of(spans);
    return new Answers.Chains(
        millis(range.fromEpochNs()),
        millis(range.toEpochNs()),
        spans.size() < CHAIN_SPANS,
        graph.nodes().stream()
            .map(
                node ->
                    new Answers.NodeItem(
                        node.id(),
                        node.label(),
                        node.kind().name().toLowerCase(Locale.ROOT),
                        node.invocations(),
                        node.failures()))
            .toList(),
        graph.edges().stream()
            .map(
                edge ->
                    new Answers.EdgeItem(
                        edge.from(),
                        edge.to(),
                        edge.calls(),
                        edge.errors(),
                        edge.throttles(),
                        percentiles(edge.durations()),
                        percentiles(edge.waits()),
                        edge.exampleTraceId()))
            .toList());
  }

  /** From microseconds to milliseconds; null when nothing was recorded. */
  private static Answers.@Nullable Percentiles percentiles(Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return null;
    }
    return Answers.Percentiles.ofMicros(histogram);
  }

  private static long millis(long ns) {
    return ns / 1_000_000;
  }
}
