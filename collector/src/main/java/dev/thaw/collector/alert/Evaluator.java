package dev.thaw.collector.alert;

import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every rule and function again and again, and keeps the alerts: one for each pair, which
 * begins, fires and is resolved once.
 *
 * <p>The time is an argument, so that a test can walk through a month. {@link #evaluate} is for one
 * thread; the rest may be asked from any.
 */
public final class Evaluator {

  private static final int MOST_PAST = 500;
  private static final long EXPLAINED_WITHIN_MS = 60_000;
  private static final long EXPLAINED_EVERY_MS = 10_000;

  private final Store store;
  private final Recent recent;
  private final Prices prices;
  private final Members members;
  private final Seen seen;
  private final Recount recount;
  private final Examples examples;
  private final Late late;

  /** After a start some of what was sent meanwhile is still to come: until then silence is none. */
  private final long startedMs;

  private final long downMs;
  private Map<Alert.Key, Alert> current = new LinkedHashMap<>();
  private final Deque<Alert> past = new ArrayDeque<>();
  private volatile long evaluatedMs;

  /**
   * @param source of the rollups; the store's own but in a simulation
   * @param evaluatedMs when the process before this one evaluated last; 0 when there was none
   * @param known alerts of the process before this one
   */
  public Evaluator(
      Store store,
      RollupSource source,
      Prices prices,
      long startedMs,
      long evaluatedMs,
      Collection<Alert> known) {
    this.store = store;
    recent = new Recent(source);
    this.prices = prices;
    this.startedMs = startedMs;
    this.evaluatedMs = evaluatedMs;
    downMs = evaluatedMs == 0 ? Long.MAX_VALUE / 2 : Math.max(0, startedMs - evaluatedMs);
    members = new Members(store);
    seen = new Seen(source);
    recount = new Recount(store);
    examples = new Examples(store);
    late = new Late(source, recent, prices, evaluatedMs);
    for (Alert alert : known) {
      if (alert.state().equals(Alert.RESOLVED)) {
        past.addLast(alert);
      } else {
        current.put(alert.key(), alert);
      }
    }
  }

  /** Firing and pending ones first, then the past ones, newest first. */
  public synchronized List<Alert> alerts() {
    List<Alert> all = new ArrayList<>(current.values());
    all.addAll(past);
    return all;
  }

  /** When it looked last; 0 when it has not. */
  public long evaluatedMs() {
    return evaluatedMs;
  }

  /**
   * @return what was resolved
   */
  public List<Alert> evaluate(List<Rule> rules, long nowMs) {
    Map<Alert.Key, Alert> before;
    synchronized (this) {
      before = current;
    }
    Map<Alert.Key, Alert> after = new LinkedHashMap<>();
    List<Alert> resolved = new ArrayList<>();
    recent.begin(nowMs);
    Readings readings = new Readings(recent, prices, nowMs);
    Set<String> names = new HashSet<>();
    Map<String, List<String>> ofRule = new HashMap<>();
    before
        .keySet()
        .forEach(
            key ->
                ofRule
                    .computeIfAbsent(key.rule(), absent -> new ArrayList<>())
                    .add(key.function()));
    for (Rule rule : rules) {
      names.add(rule.name());
      for (String function :
          functions(rule, readings, ofRule.getOrDefault(rule.name(), List.of()), nowMs)) {
        Alert.Key key = new Alert.Key(rule.name(), function);
        Alert known = before.get(key);
        Alert next = next(rule, function, known, readings, nowMs);
        if (next == null) {
          continue;
        }
        if (next.isFiring() && (known == null || !known.isFiring())) {
          next = next.firing(nowMs, false, example(rule, function, nowMs));
        } else if (next.isFiring() && isToBeExplained(next, nowMs)) {
          Alert.Example example = example(rule, function, nowMs);
          next = example == null ? next : next.showing(example);
        }
        keep(next, after, resolved);
      }
    }
    for (Late.Found found : late.look(rules, members, nowMs)) {
      Alert.Key key = new Alert.Key(found.rule().name(), found.function());
      Alert known = before.get(key);
      if (known != null && known.isFiring()) {
        // More of what is being told late: it goes on, and does not begin anew.
        resolved.removeIf(alert -> alert.key().equals(key));
        after.put(key, known.stillAt(nowMs));
      } else if (!after.containsKey(key) || !after.get(key).isFiring()) {
        Alert told =
            Alert.pending(found.rule(), found.function(), found.atMs(), found.reading())
                .firing(nowMs, true, example(found.rule(), found.function(), found.atMs()));
        after.put(key, told.stillAt(nowMs));
      }
    }
    before.forEach(
        (key, alert) -> {
          // Nobody asks any more.
          if (!names.contains(key.rule()) && alert.isFiring()) {
            resolved.add(alert.resolved(nowMs));
          }
        });
    synchronized (this) {
      current = after;
      resolved.forEach(past::addFirst);
      while (past.size() > MOST_PAST) {
        past.removeLast();
      }
    }
    evaluatedMs = nowMs;
    return resolved;
  }

  private static void keep(Alert next, Map<Alert.Key, Alert> after, List<Alert> resolved) {
    if (next.state().equals(Alert.RESOLVED)) {
      resolved.add(next);
    } else {
      after.put(next.key(), next);
    }
  }

  /** Those that did something, those that have an alert, and the one that should do something. */
  private Set<String> functions(Rule rule, Readings readings, List<String> withAlert, long nowMs) {
    Set<String> functions = new TreeSet<>(withAlert);
    Predicate<String> isMember = members.of(rule.selector(), nowMs);
    Collection<String> candidates =
        rule.isDownwards() ? seen.lately(nowMs) : readings.functions(rule.byMinute());
    for (String function : candidates) {
      if (isMember.test(function)) {
        functions.add(function);
      }
    }
    if (rule.isDownwards() && rule.selector().isOne()) {
      functions.add(rule.selector().text());
    }
    return functions;
  }

  private @Nullable Alert next(
      Rule rule, String function, @Nullable Alert known, Readings readings, long nowMs) {
    if (rule.isDownwards() && nowMs - startedMs < Math.min(downMs, rule.window().toMillis())) {
      return known;
    }
    Reading reading = readings.of(rule.byMinute(), function);
    if (rule.isToTheSecond() && reading.value() >= rule.threshold()) {
      // Counted exactly only where the minutes say that it is worth it.
      reading = new Reading(recount.count(rule, function, nowMs), Double.NaN);
    }
    return Progress.next(rule, function, known, reading, nowMs);
  }

  /** What says why often comes a moment after what says that. */
  private boolean isToBeExplained(Alert alert, long nowMs) {
    Alert.Example known = alert.example();
    long firingMs = nowMs - alert.sinceMs();
    // Every ten seconds: looking for it costs more than all the rest of an evaluation.
    boolean isTime =
        firingMs / EXPLAINED_EVERY_MS != (evaluatedMs - alert.sinceMs()) / EXPLAINED_EVERY_MS;
    return isTime && firingMs < EXPLAINED_WITHIN_MS && (known == null || !known.saysWhy());
  }

  private Alert.@Nullable Example example(Rule rule, String function, long atMs) {
    return examples.find(rule, function, atMs);
  }
}
