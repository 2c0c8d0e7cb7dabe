package dev.thaw.collector.alert;

import dev.thaw.collector.analysis.Hang;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.TimeRange;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts for every rule and function, and keeps the states: an alert fires once, when the count is
 * reached, and resolves once, when it is not any more.
 *
 * <p>The time is an argument, so that a test or a preview can walk through the past. Thread-safe.
 */
public final class Evaluator {

  /** Counting goes up to here; more says no more. */
  private static final int MOST_COUNTED = 1000;

  private static final int MOST_PAST = 200;

  private record Key(String rule, String function) {}

  private final List<Rule> rules;
  private final Store store;
  private final Consumer<Alert> changes;
  private final Map<Key, Alert> firing = new HashMap<>();
  private final Deque<Alert> past = new ArrayDeque<>();

  /**
   * @param changes told of each alert that begins to fire or is resolved, on the evaluating thread
   */
  public Evaluator(List<Rule> rules, Store store, Consumer<Alert> changes) {
    this.rules = rules;
    this.store = store;
    this.changes = changes;
  }

  public List<Rule> rules() {
    return rules;
  }

  /** Firing ones first, then the past ones, newest first. */
  public synchronized List<Alert> alerts() {
    List<Alert> all = new ArrayList<>(firing.values());
    all.addAll(past);
    return all;
  }

  public synchronized void evaluate(long nowMs) {
    for (Rule rule : rules) {
      TimeRange window = TimeRange.ofMillis(nowMs - rule.window().toMillis(), nowMs + 1);
      for (String function : candidates(rule, window)) {
        evaluate(rule, function, window, nowMs);
      }
    }
  }

  /** Functions that were seen in the window, and those whose alert may have to be resolved. */
  private Set<String> candidates(Rule rule, TimeRange window) {
    Set<String> functions = new TreeSet<>();
    for (FunctionBucket row : store.rollups(window, null, Grain.MINUTE)) {
      if (rule.matches(row.function())) {
        functions.add(row.function());
      }
    }
    for (Key key : firing.keySet()) {
      if (key.rule().equals(rule.name())) {
        functions.add(key.function());
      }
    }
    return functions;
  }

  private void evaluate(Rule rule, String function, TimeRange window, long nowMs) {
    List<Invocation> counted = counted(rule, function, window);
    long value =
        rule.kind() == Rule.Kind.THROTTLES
            ? store.countThrottles(window, function)
            : counted.size();
    Key key = new Key(rule.name(), function);
    Alert known = firing.get(key);
    if (known == null && value >= rule.count()) {
      Alert alert =
          new Alert(
              rule.name(),
              rule.kind().word(),
              function,
              "firing",
              nowMs,
              null,
              value,
              rule.count(),
              rule.window().toSeconds(),
              example(counted));
      firing.put(key, alert);
      changes.accept(alert);
    } else if (known != null && value < rule.count()) {
      firing.remove(key);
      Alert resolved = known.resolved(nowMs, value);
      past.addFirst(resolved);
      if (past.size() > MOST_PAST) {
        past.removeLast();
      }
      changes.accept(resolved);
    }
  }

  private List<Invocation> counted(Rule rule, String function, TimeRange window) {
    // An invocation counts when it ends; one that ended in the window may have begun up to 15
    // minutes, the longest time a function has, before it.
    TimeRange began =
        new TimeRange(window.fromEpochNs() - 15 * 60_000_000_000L, window.toEpochNs());
    Set<Outcome> outcomes =
        switch (rule.kind()) {
          case TIMEOUTS -> Set.of(Outcome.TIMEOUT);
          case ERRORS -> Set.of(Outcome.ERROR, Outcome.CRASH);
          case THROTTLES, SLOW_COLD_STARTS -> Set.of();
        };
    if (rule.kind() == Rule.Kind.THROTTLES) {
      return List.of();
    }
    boolean cold = rule.kind() == Rule.Kind.SLOW_COLD_STARTS;
    return store
        .invocations(
            new Store.InvocationQuery(
                began,
                function,
                outcomes,
                cold,
                cold ? rule.slowerThan().toNanos() : 0,
                Store.Order.NEWEST,
                MOST_COUNTED))
        .stream()
        .filter(invocation -> invocation.endEpochNs() >= window.fromEpochNs())
        .toList();
  }

  private Alert.@Nullable Example example(List<Invocation> counted) {
    if (counted.isEmpty()) {
      return null;
    }
    Invocation newest = counted.get(0);
    List<Span> trace = store.trace(newest.traceId());
    Hang hang =
        trace.stream()
            .filter(span -> span.spanId().equals(newest.spanId()))
            .findFirst()
            .flatMap(span -> Hang.of(span, trace))
            .orElse(new Hang("", "", "", "", List.of()));
    return new Alert.Example(
        newest.traceId(), newest.requestId(), hang.openCall(), hang.topFrame());
  }
}
