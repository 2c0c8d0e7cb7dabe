package dev.thaw.collector.query;

import dev.thaw.collector.analysis.CriticalPath;
import dev.thaw.collector.analysis.WhereTimeWent;
import dev.thaw.collector.model.Chain;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/**
 * Which chains are slow, from the first request to the last thing that came of it? Those that begin
 * in the same function and run through the same ones are one. Thread-safe.
 */
public final class ChainsQuestion {

  private static final int MOST_SPANS = 20_000;
  private static final int MOST_GROUPS = 50;

  private final Store store;

  public ChainsQuestion(Store store) {
    this.store = store;
  }

  /** Chains of one kind. */
  private static final class Group {
    final String entry;
    final List<String> functions;
    final Histogram lengths = new Histogram(3);
    long failed;
    long withColdStart;
    long longestNs;
    String slowestTraceId = "";
    final Map<CriticalPath.Kind, Long> spent = new HashMap<>();

    Group(String entry, List<String> functions) {
      this.entry = entry;
      this.functions = functions;
    }
  }

  /** The slowest at the 95th percentile first. */
  public Answers.SlowChains slowest(Scope range) {
    List<Span> spans = store.chainSpans(range, MOST_SPANS);
    Map<String, List<Span>> traces = Span.byTrace(spans);
    Map<String, List<Relation>> onwards = new HashMap<>();
    Set<String> led = new HashSet<>();
    for (Relation relation : store.relations(traces.keySet())) {
      onwards.computeIfAbsent(relation.fromTraceId(), absent -> new ArrayList<>()).add(relation);
      if (!relation.fromTraceId().equals(relation.toTraceId())
          && traces.containsKey(relation.fromTraceId())) {
        led.add(relation.toTraceId());
      }
    }
    Map<String, Group> groups = new LinkedHashMap<>();
    for (String traceId : traces.keySet()) {
      if (!led.contains(traceId)) {
        add(traceId, chain(traceId, traces, onwards), groups);
      }
    }
    return new Answers.SlowChains(
        groups.values().stream()
            .sorted(
                Comparator.comparingLong((Group g) -> g.lengths.getValueAtPercentile(95))
                    .reversed())
            .limit(MOST_GROUPS)
            .map(ChainsQuestion::item)
            .toList());
  }

  private static Chain chain(
      String from, Map<String, List<Span>> traces, Map<String, List<Relation>> onwards) {
    Set<String> reached = new LinkedHashSet<>(Set.of(from));
    List<String> open = new ArrayList<>(reached);
    List<Span> spans = new ArrayList<>();
    List<Relation> relations = new ArrayList<>();
    while (!open.isEmpty()) {
      String traceId = open.remove(open.size() - 1);
      spans.addAll(traces.getOrDefault(traceId, List.of()));
      for (Relation relation : onwards.getOrDefault(traceId, List.of())) {
        relations.add(relation);
        if (reached.add(relation.toTraceId())) {
          open.add(relation.toTraceId());
        }
      }
    }
    return new Chain(spans, List.of(), relations, true);
  }

  private static void add(String traceId, Chain chain, Map<String, Group> groups) {
    List<Span> inOrder = new ArrayList<>(chain.spans());
    inOrder.sort(Comparator.comparingLong(Span::startEpochNs));
    Set<String> functions = new LinkedHashSet<>();
    boolean failed = false;
    boolean cold = false;
    for (Span span : inOrder) {
      Invocation invocation = Invocation.of(span).orElse(null);
      if (invocation != null && !invocation.outcome().isOfStart()) {
        functions.add(span.function());
        failed |= invocation.outcome().isFailure();
        cold |= invocation.cold();
      }
    }
    if (functions.isEmpty()) {
      return;
    }
    String entry = functions.iterator().next();
    List<CriticalPath.Part> path = CriticalPath.of(chain);
    long length = path.stream().mapToLong(CriticalPath.Part::lengthNs).sum();
    // What started second may come first the next time: the order is no part of the shape.
    String shape = entry + ">" + String.join(",", functions.stream().sorted().toList());
    Group group = groups.computeIfAbsent(shape, absent -> new Group(entry, List.copyOf(functions)));
    group.lengths.recordValue(length / 1000);
    group.failed += failed ? 1 : 0;
    group.withColdStart += cold ? 1 : 0;
    for (WhereTimeWent.Share share : WhereTimeWent.shares(path)) {
      group.spent.merge(share.kind(), share.ns(), Long::sum);
    }
    if (length >= group.longestNs) {
      group.longestNs = length;
      group.slowestTraceId = traceId;
    }
  }

  private static Answers.SlowChain item(Group group) {
    double whole = Math.max(1, group.spent.values().stream().mapToLong(Long::longValue).sum());
    return new Answers.SlowChain(
        group.entry,
        group.functions,
        group.lengths.getTotalCount(),
        group.failed,
        group.withColdStart,
        Answers.Percentiles.ofMicros(group.lengths),
        group.spent.getOrDefault(CriticalPath.Kind.START, 0L) / whole,
        group.spent.getOrDefault(CriticalPath.Kind.WAIT, 0L) / whole,
        group.spent.getOrDefault(CriticalPath.Kind.THROTTLED, 0L) / whole,
        group.slowestTraceId);
  }
}
