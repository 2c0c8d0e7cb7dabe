package dev.thaw.collector.alert;

import dev.thaw.collector.analysis.ChainGraph;
import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.store.Store;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which functions a rule is about. Tags and chains are looked up in what came lately, and for a
 * while not again. Not thread-safe.
 */
final class Members {

  private static final Duration LOOK_BACK = Duration.ofHours(6);
  private static final Duration LOOKED_UP_FOR = Duration.ofMinutes(5);
  private static final int MOST_SPANS = 20_000;

  private record LookedUp(Set<String> functions, long untilMs) {}

  private final Store store;
  private final Map<Selector, LookedUp> lookedUp = new HashMap<>();
  private final Map<String, Pattern> patterns = new HashMap<>();

  Members(Store store) {
    this.store = store;
  }

  Predicate<String> of(Selector selector, long nowMs) {
    if (selector.equals(Selector.ALL)) {
      return function -> true;
    }
    if (selector.by() == Selector.By.FUNCTION) {
      Pattern pattern = patterns.computeIfAbsent(selector.text(), Selector::pattern);
      return function -> pattern.matcher(function).matches();
    }
    LookedUp known = lookedUp.get(selector);
    if (known == null || known.untilMs() < nowMs) {
      Set<String> functions =
          selector.by() == Selector.By.TAG
              ? tagged(selector.text(), nowMs)
              : chain(selector.text(), nowMs);
      known = new LookedUp(functions, nowMs + LOOKED_UP_FOR.toMillis());
      lookedUp.put(selector, known);
    }
    return known.functions()::contains;
  }

  private static Scope lately(long nowMs) {
    return Scope.ofMillis(Math.max(0, nowMs - LOOK_BACK.toMillis()), nowMs + 1);
  }

  private Set<String> tagged(String tag, long nowMs) {
    int equals = tag.indexOf('=');
    return store.functions(
        lately(nowMs),
        new Filter.OfAttribute(
            true,
            tag.substring(0, equals).strip(),
            Filter.Operator.EQUAL,
            tag.substring(equals + 1).strip()));
  }

  /** The first function, and all that it reaches by calls and messages. */
  private Set<String> chain(String first, long nowMs) {
    ChainGraph graph = ChainGraph.of(store.chainSpans(lately(nowMs), MOST_SPANS));
    Map<String, ChainGraph.Node> nodes = new HashMap<>();
    Deque<String> toVisit = new ArrayDeque<>();
    Set<String> visited = new HashSet<>();
    for (ChainGraph.Node node : graph.nodes()) {
      nodes.put(node.id(), node);
      if (isFunction(node) && node.label().equals(first)) {
        toVisit.add(node.id());
      }
    }
    Set<String> functions = new HashSet<>(Set.of(first));
    while (!toVisit.isEmpty()) {
      String id = toVisit.remove();
      if (visited.add(id)) {
        ChainGraph.Node node = nodes.get(id);
        if (node != null && isFunction(node)) {
          functions.add(node.label());
        }
        for (ChainGraph.Edge edge : graph.edges()) {
          if (edge.from().equals(id)) {
            toVisit.add(edge.to());
          }
        }
      }
    }
    return functions;
  }

  private static boolean isFunction(ChainGraph.Node node) {
    return node.kind() == ChainGraph.NodeKind.FUNCTION;
  }
}
