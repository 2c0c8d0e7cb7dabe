package dev.thaw.collector.query;

import dev.thaw.collector.analysis.Hang;
import dev.thaw.collector.model.FailureGroup;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which invocations failed in the same way, since when, and what were they doing? Thread-safe.
 *
 * <p>What an example was waiting for, and which callers it took down, is read from its trace.
 */
public final class FailuresQuestion {

  private static final int BARS = 30;

  /** Of so many groups the example is read: each is a trace. */
  private static final int MOST_EXAMPLES = 20;

  private static final int MOST_SPANS = 20_000;

  private final Store store;

  public FailuresQuestion(Store store) {
    this.store = store;
  }

  /** The most frequent group first. */
  public Answers.FailureList failures(
      Scope range, @Nullable String function, Set<Outcome> outcomes, int limit) {
    List<FailureGroup> groups =
        store.failures(new Store.FailureQuery(range, function, outcomes, BARS, limit));
    Set<String> known = groups.isEmpty() ? Set.of() : functionsBefore(range);
    Map<String, List<Span>> traces =
        traces(groups.subList(0, Math.min(MOST_EXAMPLES, groups.size())));
    List<Answers.FailureItem> items = new ArrayList<>();
    for (FailureGroup group : groups) {
      boolean isNew =
          group.firstEpochNs() >= range.fromEpochNs() && known.contains(group.function());
      Example example = example(group, traces.getOrDefault(group.traceId(), List.of()));
      items.add(
          new Answers.FailureItem(
              group.function(),
              group.outcome().word(),
              group.errorType(),
              group.place(),
              group.message(),
              group.count(),
              group.firstEpochNs() / 1_000_000,
              group.lastEpochNs() / 1_000_000,
              isNew,
              List.copyOf(group.versions()),
              group.counts(),
              group.traceId(),
              group.spanId(),
              group.requestId(),
              example.openCall(),
              example.tookDown()));
    }
    return new Answers.FailureList(
        range.fromEpochNs() / 1_000_000, range.toEpochNs() / 1_000_000, items);
  }

  /** Those that ran in as long a time before: what fails in others only now is no news. */
  private Set<String> functionsBefore(Scope range) {
    long length = range.toEpochNs() - range.fromEpochNs();
    Scope before = range.at(Math.max(0, range.fromEpochNs() - length), range.fromEpochNs());
    Set<String> functions = new TreeSet<>();
    for (FunctionBucket row : store.rollups(before, null, Grain.HOUR)) {
      if (row.bucket().invocations() > 0) {
        functions.add(row.function());
      }
    }
    return functions;
  }

  private record Example(String openCall, List<String> tookDown) {
    static final Example NONE = new Example("", List.of());
  }

  private Map<String, List<Span>> traces(List<FailureGroup> groups) {
    Set<String> ids = groups.stream().map(FailureGroup::traceId).collect(Collectors.toSet());
    return Span.byTrace(store.spans(ids, MOST_SPANS));
  }

  private static Example example(FailureGroup group, List<Span> trace) {
    Map<String, Span> byId = new HashMap<>();
    trace.forEach(span -> byId.put(span.spanId(), span));
    Span failed = byId.get(group.spanId());
    if (failed == null) {
      return Example.NONE;
    }
    String openCall = Hang.of(failed, trace).map(Hang::openCall).orElse("");
    List<String> tookDown = new ArrayList<>();
    Span above = byId.get(failed.parentSpanId());
    // Not more steps than there are spans: parents may go in a circle.
    for (int steps = 0; above != null && steps < trace.size(); steps++) {
      boolean isFailed =
          Invocation.of(above).map(Invocation::outcome).filter(Outcome::isFailure).isPresent();
      if (isFailed && !tookDown.contains(above.function())) {
        tookDown.add(above.function());
      }
      above = byId.get(above.parentSpanId());
    }
    return new Example(openCall, tookDown);
  }
}
