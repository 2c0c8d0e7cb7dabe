package dev.thaw.collector.serve;

import dev.thaw.collector.query.FunctionTotals;
import dev.thaw.collector.rollup.Bucket;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongBiFunction;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each function does, for Prometheus: OpenTelemetry's FaaS metrics by their names, and Thaw's
 * own. Counted since the collector's start; a counter never says less than it has said. When the
 * store does not answer, the last answer stands. Thread-safe.
 */
public final class FunctionMetrics implements MultiCollector {

  private static final Logger LOG = LoggerFactory.getLogger(FunctionMetrics.class);

  /**
   * Upper bounds in seconds: from a warm function's milliseconds to the longest that Lambda runs.
   */
  private static final double[] BOUNDS = {
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    30,
    60,
    300,
    900,
    Double.POSITIVE_INFINITY
  };

  /** What is counted: its name, what it means, and where it stands in a sum. */
  private enum Count {
    INVOCATIONS(
        "faas.invocations",
        "Successful invocations",
        sum -> sum.invocations() - sum.running() - sum.errors() - sum.timeouts() - sum.crashes()),
    ERRORS("faas.errors", "Invocations that ended in an error", Bucket::errors),
    TIMEOUTS("faas.timeouts", "Invocations that timed out", Bucket::timeouts),
    COLD_STARTS("faas.coldstarts", "Cold starts that a caller waited for", Bucket::coldStarts),
    CRASHES("thaw.crashes", "Invocations whose process died", Bucket::crashes),
    FAILED_STARTS("thaw.init.failures", "Processes that never became ready", Bucket::failedStarts),
    THROTTLES(
        "thaw.throttles",
        "Calls by the function that were refused, each attempt",
        Bucket::throttlesMet),
    THROTTLED("thaw.throttled", "Calls to the function that were refused", Bucket::throttled),
    DEAD_LETTERS(
        "thaw.dead_letters",
        "Messages that nobody could process and that came here",
        Bucket::deadLetters);

    private final String name;
    private final String help;
    private final ToLongFunction<Bucket> of;

    Count(String name, String help, ToLongFunction<Bucket> of) {
      this.name = name;
      this.help = help;
      this.of = of;
    }
  }

  private final FunctionTotals totals;

  /** What was said last, by what is counted and of whom. */
  private final Map<String, Map<Labels, Long>> said = new HashMap<>();

  private MetricSnapshots last = new MetricSnapshots();

  public FunctionMetrics(FunctionTotals totals) {
    this.totals = totals;
  }

  @Override
  public synchronized MetricSnapshots collect() {
    try {
      last = snapshots(totals.until(System.currentTimeMillis() * 1_000_000));
    } catch (RuntimeException e) {
      LOG.warn("What functions did could not be read for /metrics: {}", e.toString());
    }
    return last;
  }

  private MetricSnapshots snapshots(Map<FunctionTotals.Key, Bucket> sums) {
    List<MetricSnapshot> all = new ArrayList<>();
    for (Count count : Count.values()) {
      CounterSnapshot.Builder counter =
          CounterSnapshot.builder().name(prometheus(count.name)).help(count.help);
      sums.forEach(
          (key, sum) ->
              counter.dataPoint(
                  CounterSnapshot.CounterDataPointSnapshot.builder()
                      .labels(labels(key))
                      .value(grown(count.name, labels(key), count.of.applyAsLong(sum)))
                      .build()));
      all.add(counter.build());
    }
    all.add(
        histogram(
            "faas.invoke_duration",
            "How long invocations took, without their init",
            sums,
            Bucket::durationsOfAtMost,
            Bucket::tookMicros));
    all.add(
        histogram(
            "faas.init_duration",
            "How long cold starts took until the runtime was ready",
            sums,
            Bucket::initsOfAtMost,
            Bucket::initMicros));
    return new MetricSnapshots(all);
  }

  /**
   * What is to be said: a record that replaces another one may take something back, and a counter
   * that falls would look like a collector that has started anew.
   */
  private long grown(String what, Labels of, long value) {
    return said.computeIfAbsent(what, absent -> new HashMap<>())
        .merge(of, Math.max(0, value), Math::max);
  }

  private HistogramSnapshot histogram(
      String name,
      String help,
      Map<FunctionTotals.Key, Bucket> sums,
      ToLongBiFunction<Bucket, Long> atMost,
      ToLongFunction<Bucket> micros) {
    HistogramSnapshot.Builder histogram =
        HistogramSnapshot.builder().name(prometheus(name) + "_seconds").help(help);
    sums.forEach(
        (key, sum) ->
            histogram.dataPoint(
                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .labels(labels(key))
                    .classicHistogramBuckets(
                        buckets(name, labels(key), limit -> atMost.applyAsLong(sum, limit)))
                    .sum(grown(name + " sum", labels(key), micros.applyAsLong(sum)) / 1e6)
                    .build()));
    return histogram.build();
  }

  private ClassicHistogramBuckets buckets(String name, Labels of, LongUnaryOperator atMost) {
    long[] counts = new long[BOUNDS.length];
    long below = 0;
    for (int i = 0; i < BOUNDS.length; i++) {
      // Infinity becomes the largest number that there is.
      long upTo =
          grown(name + " " + BOUNDS[i], of, atMost.applyAsLong(Math.round(BOUNDS[i] * 1e6)));
      counts[i] = upTo - below;
      below = upTo;
    }
    return ClassicHistogramBuckets.of(BOUNDS, counts);
  }

  private static Labels labels(FunctionTotals.Key key) {
    return Labels.of("faas_name", key.function(), "deployment_environment_name", key.environment());
  }

  /** By OpenTelemetry's rules for Prometheus: dots become underscores. */
  private static String prometheus(String name) {
    return name.replace('.', '_');
  }
}
