package dev.thaw.collector.analysis;

import dev.thaw.collector.analysis.InitProfile.Jar;
import dev.thaw.collector.analysis.InitProfile.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a cold start's time went into, seen three ways: each splits the same time. Only the thread
 * that starts counts; its helpers work while it waits.
 *
 * @param totalUs microseconds that were seen
 * @param kinds by kind of work, largest first
 * @param jars by the jar whose code ran, or for which the JDK worked; largest first
 * @param initialisers by static initialiser, by own time, largest first
 */
public record Blame(
    long totalUs, List<OfWork> kinds, List<OfJar> jars, List<OfInitialiser> initialisers) {

  public record OfWork(Work work, long us) {}

  /**
   * @param loadingUs how much of it was class loading
   */
  public record OfJar(Jar jar, long us, long loadingUs) {}

  /**
   * @param ownUs without the initialisers that it set off
   * @param us with them
   */
  public record OfInitialiser(String type, Jar jar, long ownUs, long us) {}

  public static Blame of(InitProfile profile) {
    Collecting collecting = new Collecting();
    for (Node phase : profile.phases()) {
      Node thread = profile.startingThread(phase);
      for (Node outermost : thread.children()) {
        collecting.walk(outermost, new ArrayList<>());
      }
    }
    return collecting.blame();
  }

  private static final class Collecting {
    private long total;
    private final Map<Work, Long> kinds = new EnumMap<>(Work.class);
    private final Map<Jar, long[]> jars = new HashMap<>();
    private final Map<String, long[]> initialisers = new HashMap<>();
    private final Map<String, Jar> jarOf = new HashMap<>();

    void walk(Node node, List<Node> stack) {
      stack.add(node);
      if (node.selfUs() > 0) {
        leaf(node.selfUs(), stack);
      }
      for (Node child : node.children()) {
        walk(child, stack);
      }
      stack.remove(stack.size() - 1);
    }

    private void leaf(long us, List<Node> stack) {
      total += us;
      Work work = Work.of(stack);
      kinds.merge(work, us, Long::sum);
      long[] ofJar = jars.computeIfAbsent(worker(stack), absent -> new long[2]);
      ofJar[0] += us;
      if (work == Work.CLASS_LOADING) {
        ofJar[1] += us;
      }
      boolean innermost = true;
      List<String> seen = new ArrayList<>();
      for (int i = stack.size() - 1; i >= 0; i--) {
        Node frame = stack.get(i);
        if (frame.isInitialiser() && !seen.contains(frame.type())) {
          seen.add(frame.type());
          jarOf.put(frame.type(), frame.jar());
          long[] times = initialisers.computeIfAbsent(frame.type(), absent -> new long[2]);
          times[1] += us;
          if (innermost) {
            times[0] += us;
            innermost = false;
          }
        }
      }
    }

    /** The jar of the innermost frame that is not the JDK's; the JDK when there is none. */
    private static Jar worker(List<Node> stack) {
      for (int i = stack.size() - 1; i >= 0; i--) {
        if (!stack.get(i).isJdk() && !stack.get(i).jar().name().isEmpty()) {
          return stack.get(i).jar();
        }
      }
      return stack.get(0).jar();
    }

    Blame blame() {
      List<OfWork> byKind = new ArrayList<>();
      kinds.forEach((work, us) -> byKind.add(new OfWork(work, us)));
      byKind.sort(Comparator.comparingLong(OfWork::us).reversed());
      List<OfJar> byJar = new ArrayList<>();
      jars.forEach((jar, us) -> byJar.add(new OfJar(jar, us[0], us[1])));
      byJar.sort(Comparator.comparingLong(OfJar::us).reversed().thenComparing(o -> o.jar().name()));
      List<OfInitialiser> byInitialiser = new ArrayList<>();
      initialisers.forEach(
          (type, us) ->
              byInitialiser.add(
                  new OfInitialiser(
                      type, jarOf.getOrDefault(type, new Jar("", "")), us[0], us[1])));
      byInitialiser.sort(
          Comparator.comparingLong(OfInitialiser::ownUs)
              .reversed()
              .thenComparing(OfInitialiser::type));
      return new Blame(total, byKind, byJar, byInitialiser);
    }
  }
}
