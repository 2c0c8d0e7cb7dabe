package dev.thaw.collector.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.thaw.collector.rollup.Tally;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The API's answers, as docs/reference/openapi.yaml describes them. Times are milliseconds since
 * the Unix epoch, durations milliseconds, in a trace microseconds; names end in the unit.
 */
public final class Answers {

  private Answers() {}

  /** A distribution, exact to 3 digits. */
  public record Percentiles(double p50, double p95, double p99, double max) {

    /** In milliseconds, of a distribution in microseconds; null when it is empty. */
    static @Nullable Percentiles ofMicros(Tally micros) {
      if (micros.total() == 0) {
        return null;
      }
      long[] values = micros.at(50, 95, 99, 100);
      return new Percentiles(values[0] / 1e3, values[1] / 1e3, values[2] / 1e3, values[3] / 1e3);
    }

    /** In milliseconds, of a distribution in microseconds that is not empty. */
    static Percentiles ofMicros(Histogram micros) {
      return new Percentiles(
          micros.getValueAtPercentile(50) / 1e3,
          micros.getValueAtPercentile(95) / 1e3,
          micros.getValueAtPercentile(99) / 1e3,
          micros.getMaxValue() / 1e3);
    }
  }

  /** One function over a range. */
  public record FunctionSummary(
      String name,
      long invocations,
      long running,
      long errors,
      long timeouts,
      long crashes,
      long failedStarts,
      long coldStarts,
      long throttled,
      long throttlesMet,
      @JsonInclude @Nullable Percentiles durationMs,
      @JsonInclude @Nullable Percentiles warmMs,
      @JsonInclude @Nullable Percentiles coldMs,
      @JsonInclude @Nullable Percentiles initMs,
      double costUsd,
      List<Long> sparkline) {}

  public record FunctionList(long fromMs, long toMs, List<FunctionSummary> functions) {}

  /** One step of a function's history. */
  public record Point(
      long timeMs,
      long invocations,
      long errors,
      long timeouts,
      long crashes,
      long coldStarts,
      long throttled,
      double busy,
      @JsonInclude @Nullable Percentiles durationMs,
      @JsonInclude @Nullable Percentiles warmMs,
      @JsonInclude @Nullable Percentiles coldMs) {}

  /**
   * How many invocations took how long in one step.
   *
   * @param counts by row, the shortest first
   * @param cold how many of them were cold
   */
  public record HeatColumn(List<Long> counts, List<Long> cold) {}

  /**
   * @param boundsMs where rows begin, and where the last one ends; empty when nothing ended
   * @param columns one for each point
   */
  public record HeatMapItem(List<Double> boundsMs, List<HeatColumn> columns) {}

  /**
   * One version of a function over a range.
   *
   * @param firstMs the minute of its first invocation in the range
   * @param lastMs the minute of its last one
   */
  public record VersionItem(
      String version,
      long firstMs,
      long lastMs,
      long invocations,
      long errors,
      long timeouts,
      long crashes,
      long coldStarts,
      @JsonInclude @Nullable Percentiles warmMs,
      @JsonInclude @Nullable Percentiles coldMs,
      @JsonInclude @Nullable Percentiles initMs) {}

  public record FunctionDetail(
      long fromMs,
      long toMs,
      long stepMs,
      FunctionSummary summary,
      List<Point> points,
      HeatMapItem heatMap,
      List<VersionItem> versions,
      double timeoutMs,
      long memoryLimitBytes,
      long memoryUsedBytes,
      List<InvocationItem> recent) {}

  /** One invocation in a list. */
  public record InvocationItem(
      String traceId,
      String spanId,
      String function,
      String requestId,
      double startMs,
      double durationMs,
      String outcome,
      boolean cold,
      double initMs,
      String trigger,
      String instance,
      String version,
      String errorType,
      String errorMessage) {}

  /**
   * @param next the cursor of the next page, empty when there is none
   */
  public record InvocationList(List<InvocationItem> invocations, String next) {}

  /** How many fell between two bounds; one more bound than counts. */
  public record Distribution(List<Double> boundsMs, List<Long> counts) {}

  /**
   * @param next the cursor of the next page, empty when there is none
   */
  public record ColdStartList(Distribution initMs, List<InvocationItem> coldStarts, String next) {}

  /** A part of a start; times from the process's own start. */
  public record PhaseItem(String name, double startMs, double durationMs) {}

  /** What the agent itself took of a start. */
  public record AgentItem(double startMs, @JsonInclude @Nullable Double sendMs) {}

  public record ShareItem(String name, double ms) {}

  public record JarItem(String name, String version, double ms, double loadingMs) {}

  public record InitialiserItem(String type, String jar, double ownMs, double ms) {}

  public record AdviceItem(
      String rule, String title, String text, double ms, List<ShareItem> places) {}

  /** A frame of the flame graph, with what it called. */
  public record FrameItem(
      String name, String jar, double ms, double selfMs, List<FrameItem> children) {}

  public record ProfileItem(
      double periodMs,
      int samples,
      double ms,
      List<ShareItem> kinds,
      List<JarItem> jars,
      List<InitialiserItem> initialisers,
      List<FrameItem> flame) {}

  /**
   * One cold start and why it took so long.
   *
   * @param idleMs how long the environment was ready before the invocation came
   * @param warmMs the median of the function's warm invocations; null when there is none
   * @param note why there is no profile, or empty
   */
  public record ColdStartDetail(
      InvocationItem invocation,
      String type,
      boolean felt,
      double idleMs,
      @JsonInclude @Nullable Double warmMs,
      List<PhaseItem> phases,
      AgentItem agent,
      List<AdviceItem> advice,
      @JsonInclude @Nullable ProfileItem profile,
      String note) {}

  /**
   * Invocations of a function that failed in the same way at the same place.
   *
   * @param firstMs the first that is known, also from before the range
   * @param isNew whether the function ran before the range, and did not fail so
   * @param counts in equal parts of the range
   * @param openCall what the last one was waiting for, or empty
   * @param tookDown functions that called the last one and failed, too; the nearest first
   */
  public record FailureItem(
      String function,
      String outcome,
      String errorType,
      String place,
      String message,
      long count,
      long firstMs,
      long lastMs,
      boolean isNew,
      List<String> versions,
      List<Long> counts,
      String traceId,
      String spanId,
      String requestId,
      String openCall,
      List<String> tookDown) {}

  public record FailureList(long fromMs, long toMs, List<FailureItem> failures) {}

  /**
   * What refused calls.
   *
   * @param refused attempts by step
   * @param busy environments of it that were busy on average, by step; empty when it is not a
   *     function that is known
   */
  public record ThrottleTarget(String target, List<Long> refused, List<Double> busy) {}

  /**
   * One function's calls to one target.
   *
   * @param calls that met a refusal
   * @param refused attempts, those that the client repeated by itself included
   */
  public record ThrottleItem(
      String caller,
      String target,
      String reason,
      long calls,
      long refused,
      long lastMs,
      String traceId,
      String spanId) {}

  public record Throttles(
      long fromMs,
      long toMs,
      long stepMs,
      List<ThrottleTarget> targets,
      List<ThrottleItem> throttles) {}

  public record TraceItem(
      String traceId,
      String rootFunction,
      double startMs,
      double durationMs,
      int invocations,
      int coldStarts,
      List<String> functions,
      String outcome) {}

  /**
   * @param next the cursor of the next page, empty when there is none
   */
  public record TraceList(List<TraceItem> traces, String next) {}

  public record EventItem(long timeUs, String name, Map<String, Object> attributes) {}

  public record LinkItem(String traceId, String spanId) {}

  /** What an unfinished invocation was doing. */
  public record HangItem(
      String openCall,
      String openCallSpanId,
      String topFrame,
      String stack,
      List<OtherThreadItem> others) {}

  /** A thread that was at work while the handler waited. */
  public record OtherThreadItem(String thread, String topFrame, String stack) {}

  /**
   * A span.
   *
   * @param causeSpanId the span that led to it without being its parent, or empty
   * @param resource its place among the trace's resources, from 0
   */
  public record SpanItem(
      String traceId,
      String spanId,
      String parentSpanId,
      String causeSpanId,
      String name,
      String function,
      String kind,
      long startUs,
      long durationUs,
      String status,
      String statusMessage,
      boolean unfinished,
      String outcome,
      boolean cold,
      String note,
      @JsonInclude @Nullable HangItem hang,
      Map<String, Object> attributes,
      int resource,
      List<EventItem> events,
      List<LinkItem> links) {}

  /**
   * A part of the time that a chain took.
   *
   * @param startUs microseconds since the Unix epoch, after clocks were brought together
   */
  public record PathPart(String kind, String what, String spanId, long startUs, long durationUs) {}

  public record PathShare(String kind, String what, long durationUs) {}

  /** What the end of a chain had to wait for. */
  public record CriticalPathItem(
      long durationUs, String sentence, List<PathShare> shares, List<PathPart> parts) {}

  /**
   * A trace with those that it is linked to.
   *
   * @param traces how many they are
   * @param complete false when there are too many to show
   * @param resources what the spans came from, each once
   */
  public record TraceDetail(
      String traceId,
      long startUs,
      long durationUs,
      List<String> functions,
      int traces,
      boolean complete,
      CriticalPathItem criticalPath,
      List<Map<String, Object>> resources,
      List<SpanItem> spans,
      List<LogItem> logs) {}

  public record LogItem(
      String spanId,
      String function,
      long timeUs,
      String severity,
      String logger,
      String body,
      Map<String, Object> attributes) {}

  public record NodeItem(String id, String label, String kind, long invocations, long failures) {}

  public record EdgeItem(
      String from,
      String to,
      long calls,
      long errors,
      long throttles,
      @JsonInclude @Nullable Percentiles durationMs,
      @JsonInclude @Nullable Percentiles waitMs,
      String exampleTraceId) {}

  public record Chains(
      long fromMs, long toMs, boolean complete, List<NodeItem> nodes, List<EdgeItem> edges) {}

  /**
   * Chains that begin in the same function and run through the same ones.
   *
   * @param withColdStart how many of them met one
   * @param coldShare of all their time on the critical path, 0 to 1; so are the others
   */
  public record SlowChain(
      String entry,
      List<String> functions,
      long count,
      long failed,
      long withColdStart,
      Percentiles durationMs,
      double coldShare,
      double waitShare,
      double throttledShare,
      String slowestTraceId) {}

  public record SlowChains(List<SlowChain> chains) {}

  /** One of two sides that are compared; see openapi.yaml. */
  public record ComparedSide(
      int invocations,
      boolean isAll,
      int read,
      int coldStarts,
      int failed,
      @JsonInclude @Nullable Percentiles durationMs,
      @JsonInclude @Nullable Percentiles initMs) {}

  public record ComparedPart(
      String name,
      double aMs,
      double bMs,
      double aShare,
      double bShare,
      String traceId,
      String spanId) {}

  public record ComparedTrait(String key, String value, double aShare, double bShare) {}

  public record Comparison(
      ComparedSide a, ComparedSide b, List<ComparedPart> parts, List<ComparedTrait> traits) {}

  /** What the agent costs one function: medians. */
  public record AgentCost(
      String function,
      int starts,
      double startMs,
      double initMs,
      @JsonInclude @Nullable Double sendMs) {}

  public record AgentCosts(int starts, boolean isAll, List<AgentCost> functions) {}

  public record EnvironmentList(List<String> environments) {}

  /** Traces that began in one step, by how they came out. */
  public record TraceBar(long timeMs, long ok, long failed, long running) {}

  public record TraceDensity(long stepMs, long traces, List<TraceBar> bars) {}
}
