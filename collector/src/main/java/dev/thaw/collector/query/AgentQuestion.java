package dev.thaw.collector.query;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What does the agent itself cost each function? Thread-safe. */
public final class AgentQuestion {

  /** The newest so many cold starts are read. */
  private static final int MOST_STARTS = 200;

  private static final int MOST_SPANS = 20_000;

  private final Store store;

  public AgentQuestion(Store store) {
    this.store = store;
  }

  private static final class Costs {
    final List<Double> startMs = new ArrayList<>();
    final List<Double> initMs = new ArrayList<>();
    final List<Double> sendMs = new ArrayList<>();
  }

  /** The one whose start it costs most first. */
  public Answers.AgentCosts costs(Scope scope) {
    List<Invocation> starts =
        store.invocations(
            new Store.InvocationQuery(
                scope, null, Set.of(), true, 0, Store.Order.NEWEST, MOST_STARTS));
    Set<String> traceIds = starts.stream().map(Invocation::traceId).collect(Collectors.toSet());
    Map<String, Costs> byFunction = new TreeMap<>();
    for (Span span : store.spans(traceIds, MOST_SPANS)) {
      Costs costs = byFunction.computeIfAbsent(span.function(), absent -> new Costs());
      if (span.attributes().containsKey("thaw.agent.start")) {
        costs.startMs.add(span.number("thaw.agent.start") * 1000);
        costs.initMs.add(span.durationNs() / 1e6);
      }
      if (span.attributes().containsKey("thaw.agent.last_send")) {
        costs.sendMs.add(span.number("thaw.agent.last_send") * 1000);
      }
    }
    List<Answers.AgentCost> items = new ArrayList<>();
    byFunction.forEach(
        (function, costs) -> {
          Double start = median(costs.startMs);
          Double init = median(costs.initMs);
          if (start != null && init != null) {
            items.add(
                new Answers.AgentCost(
                    function, costs.startMs.size(), start, init, median(costs.sendMs)));
          }
        });
    items.sort(Comparator.comparingDouble(Answers.AgentCost::startMs).reversed());
    return new Answers.AgentCosts(starts.size(), starts.size() < MOST_STARTS, items);
  }

  private static @Nullable Double median(List<Double> values) {
    Collections.sort(values);
    return values.isEmpty() ? null : values.get(values.size() / 2);
  }
}
