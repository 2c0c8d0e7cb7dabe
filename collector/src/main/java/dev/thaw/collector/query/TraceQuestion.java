package dev.thaw.collector.query;

import dev.thaw.collector.analysis.Aftermath;
import dev.thaw.collector.analysis.Attempts;
import dev.thaw.collector.analysis.CriticalPath;
import dev.thaw.collector.analysis.Hang;
import dev.thaw.collector.analysis.WhereTimeWent;
import dev.thaw.collector.model.Chain;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.LogLine;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where did the time of one request go, across all functions and queues? Thread-safe.
 *
 * <p>A request's trace is shown with those that it is linked to: first back to where everything
 * began, then on to everything that came of it. What else came into a batch on the way is another
 * request's.
 */
public final class TraceQuestion {

  /** More traces are no picture any more. */
  private static final int MOST_TRACES = 50;

  private static final int MOST_SPANS = 20_000;

  private final Store store;

  public TraceQuestion(Store store) {
    this.store = store;
  }

  /** Empty when there is no such trace. */
  public Optional<Answers.TraceDetail> trace(String traceId) {
    Chain chain = chain(traceId);
    List<Span> spans = chain.spans();
    if (spans.isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<Span>> traces = Span.byTrace(spans);
    Map<String, String> causes = causes(chain);
    long start = spans.stream().mapToLong(Span::startEpochNs).min().orElse(0);
    long end = spans.stream().mapToLong(Span::endEpochNs).max().orElse(0);
    Set<String> functions = new TreeSet<>();
    Map<Map<String, Object>, Integer> resources = new LinkedHashMap<>();
    List<Answers.SpanItem> items = new ArrayList<>();
    for (Span span : spans) {
      int resource = resources.computeIfAbsent(span.resource(), absent -> resources.size());
      functions.add(span.function());
      String cause = causes.getOrDefault(span.traceId() + span.spanId(), "");
      items.add(item(span, cause, resource, traces.getOrDefault(span.traceId(), List.of())));
    }
    items.sort(Comparator.comparingLong(Answers.SpanItem::startUs));
    return Optional.of(
        new Answers.TraceDetail(
            traceId,
            start / 1000,
            (end - start) / 1000,
            List.copyOf(functions),
            traces.size(),
            chain.complete(),
            critical(CriticalPath.of(chain)),
            List.copyOf(resources.keySet()),
            items,
            chain.logs().stream().map(TraceQuestion::logItem).toList()));
  }

  private static Answers.LogItem logItem(LogLine log) {
    return new Answers.LogItem(
        log.spanId(),
        log.function(),
        log.epochNs() / 1000,
        log.severity(),
        log.logger(),
        log.body(),
        log.attributes());
  }

  /** What hangs together with a trace. */
  Chain chain(String traceId) {
    Set<String> traceIds = new LinkedHashSet<>(Set.of(traceId));
    Set<Relation> met = new LinkedHashSet<>();
    List<Relation> direct = store.relations(traceIds);
    boolean complete = grow(direct, traceIds, true, met);
    List<Relation> known = traceIds.size() == 1 ? direct : store.relations(traceIds);
    complete &= grow(known, traceIds, false, met);
    List<Span> spans = new ArrayList<>();
    for (String id : traceIds) {
      if (spans.size() < MOST_SPANS) {
        spans.addAll(store.trace(id));
      } else {
        complete = false;
      }
    }
    List<Relation> relations =
        met.stream()
            .filter(
                relation ->
                    traceIds.contains(relation.fromTraceId())
                        && traceIds.contains(relation.toTraceId()))
            .toList();
    List<LogLine> logs =
        spans.stream()
            .flatMap(span -> LogLine.of(span).stream())
            .sorted(Comparator.comparingLong(LogLine::epochNs))
            .toList();
    spans.removeIf(Span::isLogLine);
    return new Chain(spans, logs, relations, complete);
  }

  /**
   * @param known the relations of the traces so far
   * @param traceIds grows by what they lead to in one direction
   * @param met is given the relations that are seen on the way
   * @return false when there would have been more
   */
  private boolean grow(
      List<Relation> known, Set<String> traceIds, boolean back, Set<Relation> met) {
    Set<String> fresh = Set.copyOf(traceIds);
    List<Relation> relations = known;
    while (!fresh.isEmpty()) {
      Set<String> next = new LinkedHashSet<>();
      for (Relation relation : relations) {
        met.add(relation);
        String here = back ? relation.toTraceId() : relation.fromTraceId();
        String there = back ? relation.fromTraceId() : relation.toTraceId();
        if (fresh.contains(here) && !traceIds.contains(there)) {
          next.add(there);
        }
      }
      for (String id : next) {
        if (traceIds.size() >= MOST_TRACES) {
          return false;
        }
        traceIds.add(id);
      }
      fresh = next;
      relations = store.relations(fresh);
    }
    return true;
  }

  /** By span, the span of another trace, or of the same, that led to it. */
  private static Map<String, String> causes(Chain chain) {
    Map<String, String> causes = new HashMap<>();
    for (Relation relation : chain.relations()) {
      causes.putIfAbsent(relation.toTraceId() + relation.toSpanId(), relation.fromSpanId());
    }
    return causes;
  }

  private static Answers.CriticalPathItem critical(List<CriticalPath.Part> path) {
    return new Answers.CriticalPathItem(
        path.stream().mapToLong(CriticalPath.Part::lengthNs).sum() / 1000,
        WhereTimeWent.sentence(path),
        WhereTimeWent.shares(path).stream()
            .map(
                share ->
                    new Answers.PathShare(
                        share.kind().name().toLowerCase(Locale.ROOT),
                        share.what(),
                        share.ns() / 1000))
            .toList(),
        path.stream()
            .map(
                part ->
                    new Answers.PathPart(
                        part.kind().name().toLowerCase(Locale.ROOT),
                        part.what(),
                        part.spanId(),
                        part.startEpochNs() / 1000,
                        part.lengthNs() / 1000))
            .toList());
  }

  private static Answers.SpanItem item(Span span, String cause, int resource, List<Span> trace) {
    Optional<Invocation> invocation = Invocation.of(span);
    Answers.HangItem hang =
        Hang.of(span, trace)
            .map(
                found ->
                    new Answers.HangItem(
                        found.openCall(),
                        found.openCallSpanId(),
                        found.topFrame(),
                        found.stack(),
                        found.others().stream()
                            .map(
                                other ->
                                    new Answers.OtherThreadItem(
                                        other.thread(), other.topFrame(), other.stack()))
                            .toList()))
            .orElse(null);
    return new Answers.SpanItem(
        span.traceId(),
        span.spanId(),
        span.parentSpanId(),
        cause,
        span.name(),
        span.function(),
        span.kind().name().toLowerCase(Locale.ROOT),
        span.startEpochNs() / 1000,
        span.durationNs() / 1000,
        span.status().name().toLowerCase(Locale.ROOT),
        span.statusMessage(),
        span.unfinished(),
        invocation.map(Invocation::outcome).map(Outcome::word).orElse(""),
        invocation.map(Invocation::cold).orElse(false),
        note(span, trace),
        hang,
        shown(span.attributes()),
        resource,
        span.events().stream()
            .map(
                event ->
                    new Answers.EventItem(event.epochNs() / 1000, event.name(), event.attributes()))
            .toList(),
        span.links().stream()
            .map(link -> new Answers.LinkItem(link.traceId(), link.spanId()))
            .toList());
  }

  private static String note(Span span, List<Span> trace) {
    String attempts = Attempts.of(span, trace);
    String aftermath = Aftermath.of(span);
    return attempts.isEmpty() || aftermath.isEmpty()
        ? attempts + aftermath
        : attempts + " " + aftermath;
  }

  /** The profile has a question of its own, and is long. */
  private static Map<String, Object> shown(Map<String, Object> attributes) {
    if (!attributes.containsKey("thaw.init.profile")) {
      return attributes;
    }
    Map<String, Object> shown = new TreeMap<>(attributes);
    shown.remove("thaw.init.profile");
    return shown;
  }
}
