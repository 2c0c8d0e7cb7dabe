package dev.thaw.collector.alert;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Looks at invocations themselves: counts what ended within seconds, for windows that are too short
 * for rollups by the minute, and finds what shows an alert.
 */
final class Recount {

  /** Counting goes up to here; more says no more. */
  private static final int MOST = 1000;

  /** The longest time that a function has: what ended in a window may have begun so long before. */
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private final Store store;

  Recount(Store store) {
    this.store = store;
  }

  double count(Rule rule, String function, long nowMs) {
    Scope window =
        Scope.ofMillis(nowMs - rule.window().toMillis(), nowMs + Readings.AHEAD.toMillis());
    return rule.kind() == Kind.THROTTLES
        ? store.countThrottles(window, function)
        : find(rule, function, window).size();
  }

  /** Those that a rule is about, newest first; slowest first where that is what it is about. */
  List<Invocation> find(Rule rule, String function, Scope window) {
    Set<Outcome> outcomes =
        switch (rule.kind()) {
          case TIMEOUTS -> Set.of(Outcome.TIMEOUT);
          case ERRORS ->
              Set.of(Outcome.ERROR, Outcome.CRASH, Outcome.INIT_ERROR, Outcome.INIT_TIMEOUT);
          case ERROR_RATE -> Set.of(Outcome.ERROR, Outcome.CRASH, Outcome.TIMEOUT);
          default -> Set.of();
        };
    boolean isOfStarts = rule.kind().isOfStarts();
    long slowNs = rule.kind() == Kind.SLOW_COLD_STARTS ? rule.slowerThan().toNanos() : 0;
    boolean isOfDurations = rule.kind() == Kind.DURATION || rule.kind() == Kind.NEAR_TIMEOUTS;
    Store.Order order =
        isOfStarts
            ? Store.Order.SLOWEST_INIT
            : isOfDurations ? Store.Order.SLOWEST : Store.Order.NEWEST;
    Scope began =
        new Scope(Math.max(0, window.fromEpochNs() - LONGEST.toNanos()), window.toEpochNs());
    return store
        .invocations(
            new Store.InvocationQuery(began, function, outcomes, isOfStarts, slowNs, order, MOST))
        .stream()
        .filter(invocation -> invocation.endEpochNs() >= window.fromEpochNs())
        .toList();
  }
}
