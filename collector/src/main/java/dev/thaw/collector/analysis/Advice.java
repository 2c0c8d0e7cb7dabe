package dev.thaw.collector.analysis;

import dev.thaw.collector.analysis.AdviceRules.Rule;
import dev.thaw.collector.analysis.InitProfile.Jar;
import dev.thaw.collector.analysis.InitProfile.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What made a start slow, with the time that it took and what to do. No time is counted in two of
 * them.
 *
 * @param rule the rule's id
 * @param title what was seen
 * @param text what to do
 * @param us how long it took, microseconds
 * @param places where it begins in the function's own code, largest first
 */
public record Advice(String rule, String title, String text, long us, List<Place> places) {

  /**
   * @param frame such as {@code com.example.Handler.<clinit>:31}
   */
  public record Place(String frame, long us) {}

  /** Less than this is not worth a sentence. */
  private static final long LEAST_US = 10_000;

  private static final long LEAST_PERCENT = 2;

  /** A caller is the place when this much of its time is the pattern's. */
  private static final double MOST_OF_IT = 0.7;

  /** A jar that does little else than being loaded. */
  private static final double MOSTLY_LOADING = 0.7;

  private static final long LEAST_LOADING_US = 30_000;

  /** The phases before the first request. */
  private static final Set<String> INIT = Set.of("load", "clinit", "handler", "restore");

  /** Largest first. */
  public static List<Advice> of(InitProfile profile) {
    List<Advice> found = new Finding(profile).all();
    long total = Blame.of(profile).totalUs();
    found.removeIf(advice -> advice.us < LEAST_US || advice.us * 100 < total * LEAST_PERCENT);
    found.sort(Comparator.comparingLong(Advice::us).reversed());
    return found;
  }

  private static final class Finding {
    private final List<Node> roots = new ArrayList<>();
    private final Map<Node, Node> parents = new IdentityHashMap<>();

    /** How much of a node's time is taken by some rule. */
    private final Map<Node, Long> taken = new IdentityHashMap<>();

    private Jar own = new Jar("", "");

    Finding(InitProfile profile) {
      long most = 0;
      for (Node phase : profile.phases()) {
        if (INIT.contains(phase.type())) {
          Node thread = profile.startingThread(phase);
          for (Node outermost : thread.children()) {
            roots.add(outermost);
            link(outermost);
            Node entry = entry(outermost);
            if (entry != null && entry.totalUs() > most) {
              most = entry.totalUs();
              own = entry.jar();
            }
          }
        }
      }
    }

    private void link(Node node) {
      for (Node child : node.children()) {
        parents.put(child, node);
        link(child);
      }
    }

    /** The first frame, on the way with most time, that is neither the JDK's nor the runtime's. */
    private static Node entry(Node from) {
      Node at = from;
      while (at != null && isBelowTheFunction(at)) {
        at = at.children().stream().max(Comparator.comparingLong(Node::totalUs)).orElse(null);
      }
      return at;
    }

    private static boolean isBelowTheFunction(Node node) {
      return node.isJdk()
          || node.jar().name().isEmpty()
          || node.type().startsWith("com.amazonaws.services.lambda.runtime.")
          || node.type().startsWith("com.amazonaws.lambda.thirdparty.")
          || node.type().startsWith("dev.thaw.agent.");
    }

    List<Advice> all() {
      List<Advice> found = new ArrayList<>();
      for (Rule rule : AdviceRules.ALL) {
        apply(rule, false, found);
      }
      apply(AdviceRules.RUNTIME_SERIALISER, true, found);
      for (String jar : jarsThatOnlyLoad()) {
        apply(AdviceRules.loading(jar), false, found);
      }
      Map<Node, Long> places = new LinkedHashMap<>();
      for (Node root : roots) {
        ownWork(root, places);
      }
      add(AdviceRules.OWN_WORK, places, found);
      return found;
    }

    /**
     * @param anywhere whether the runtime's own frames are looked at, too
     */
    private void apply(Rule rule, boolean anywhere, List<Advice> found) {
      Map<Node, Long> places = new IdentityHashMap<>();
      for (Node root : roots) {
        match(rule, root, anywhere, places);
      }
      lift(places);
      if (!places.isEmpty()) {
        add(rule, places, found);
      }
    }

    private void add(Rule rule, Map<Node, Long> places, List<Advice> found) {
      Map<String, Long> byFrame = new LinkedHashMap<>();
      places.forEach((node, us) -> byFrame.merge(words(node), us, Long::sum));
      List<Place> sorted = new ArrayList<>();
      byFrame.forEach((frame, us) -> sorted.add(new Place(frame, us)));
      sorted.sort(Comparator.comparingLong(Place::us).reversed());
      if (rule.merged()) {
        long us = sorted.stream().mapToLong(Place::us).sum();
        found.add(new Advice(rule.id(), rule.title(), rule.text(), us, sorted));
      } else {
        for (Place place : sorted) {
          found.add(new Advice(rule.id(), rule.title(), rule.text(), place.us(), List.of(place)));
        }
      }
    }

    /** The function's own frame from which a library's place is reached. */
    private String ownCaller(Node place) {
      Node at = place;
      while (at != null && !at.jar().equals(own)) {
        at = parents.get(at);
      }
      return at == null || at == place ? "" : at.text();
    }

    /** The place, and what it calls as long as that is most of it. */
    private String words(Node place) {
      Node at = place;
      for (int i = 0; i < 3; i++) {
        Node most =
            at.children().stream().max(Comparator.comparingLong(Node::totalUs)).orElse(null);
        if (most == null
            || isBelowTheFunction(most)
            || most.totalUs() < MOST_OF_IT * place.totalUs()
            || !at.jar().equals(own)) {
          break;
        }
        at = most;
      }
      String caller = ownCaller(place);
      String text = at == place ? place.text() : place.text() + " → " + at.text();
      return caller.isEmpty() ? text : caller + " → " + text;
    }

    /** Takes the outermost frames that fit, inside the function. */
    private void match(Rule rule, Node node, boolean inside, Map<Node, Long> places) {
      boolean within = inside || !isBelowTheFunction(node);
      if (within && left(node) > 0 && rule.entry().test(node)) {
        places.put(node, left(node));
        take(node);
        return;
      }
      for (Node child : node.children()) {
        match(rule, child, within, places);
      }
    }

    /** Callers that do little else belong to it: they load the classes that it begins with. */
    private void lift(Map<Node, Long> places) {
      List<Node> waiting = new ArrayList<>(places.keySet());
      while (!waiting.isEmpty()) {
        Node place = waiting.remove(waiting.size() - 1);
        Node caller = parents.get(place);
        if (!places.containsKey(place) || caller == null || isBelowTheFunction(caller)) {
          continue;
        }
        List<Node> below = places.keySet().stream().filter(p -> isBelow(p, caller)).toList();
        long us = below.stream().mapToLong(places::get).sum();
        if (us >= MOST_OF_IT * (us + left(caller))) {
          places.put(caller, us + left(caller));
          take(caller);
          below.forEach(places::remove);
          waiting.add(caller);
        }
      }
    }

    private boolean isBelow(Node node, Node ancestor) {
      for (Node at = parents.get(node); at != null; at = parents.get(at)) {
        if (at == ancestor) {
          return true;
        }
      }
      return false;
    }

    /** What is left of the function's own initialisers and constructors: by the call it makes. */
    private void ownWork(Node node, Map<Node, Long> places) {
      if (!isBelowTheFunction(node)) {
        if (node.jar().equals(own) && left(node) >= LEAST_US) {
          places.merge(node, left(node), Long::sum);
          take(node);
        }
        return;
      }
      for (Node child : node.children()) {
        ownWork(child, places);
      }
    }

    /** Of what no rule explains: jars for which the JVM does little else than load classes. */
    private List<String> jarsThatOnlyLoad() {
      Map<String, long[]> jars = new TreeMap<>();
      for (Node root : roots) {
        loading(root, new ArrayList<>(), jars);
      }
      List<String> found = new ArrayList<>();
      jars.forEach(
          (jar, us) -> {
            boolean isOwn = jar.equals(own.name());
            if (!isOwn && us[1] >= LEAST_LOADING_US && us[1] >= MOSTLY_LOADING * us[0]) {
              found.add(jar);
            }
          });
      return found;
    }

    private void loading(Node node, List<Node> stack, Map<String, long[]> jars) {
      if (taken.getOrDefault(node, 0L) >= node.totalUs()) {
        return;
      }
      stack.add(node);
      String worker = "";
      for (int i = stack.size() - 1; i >= 0 && worker.isEmpty(); i--) {
        worker = isBelowTheFunction(stack.get(i)) ? "" : stack.get(i).jar().name();
      }
      if (!worker.isEmpty() && node.selfUs() > 0) {
        long[] us = jars.computeIfAbsent(worker, absent -> new long[2]);
        us[0] += node.selfUs();
        if (Work.of(stack) == Work.CLASS_LOADING) {
          us[1] += node.selfUs();
        }
      }
      for (Node child : node.children()) {
        loading(child, stack, jars);
      }
      stack.remove(stack.size() - 1);
    }

    private long left(Node node) {
      return node.totalUs() - taken.getOrDefault(node, 0L);
    }

    private void take(Node node) {
      long us = left(node);
      for (Node at = parents.get(node); at != null; at = parents.get(at)) {
        taken.merge(at, us, Long::sum);
      }
      takeAll(node);
    }

    private void takeAll(Node node) {
      taken.put(node, node.totalUs());
      for (Node child : node.children()) {
        takeAll(child);
      }
    }
  }
}
