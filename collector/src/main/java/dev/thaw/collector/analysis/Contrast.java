package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What differs between two sets of invocations: what their time went to, and which attributes one
 * side has more often than the other.
 */
public final class Contrast {

  /** The function's own code: what is left of an invocation without its calls. */
  public static final String OWN_CODE = "own code";

  /** Before the first invocation of a process. */
  public static final String INIT = "init";

  /**
   * Values of which there is a new one nearly every time, such as ids, tell nothing: at most so
   * many different ones for each invocation.
   */
  private static final double MOST_VALUES = 0.5;

  private static final int FEW = 4;

  /** An invocation and all spans of its trace. */
  public record Case(Span invocation, List<Span> trace) {}

  /**
   * What time went to, on average of all invocations of a side; nanoseconds.
   *
   * @param share0 the share of the first side's invocations that have it, 0 to 1
   * @param longest the invocation in which it took longest
   */
  public record Part(
      String name, double ns0, double ns1, double share0, double share1, Span longest) {}

  /**
   * @param share0 the share of the first side's invocations that have this value, 0 to 1
   */
  public record Trait(String key, String value, double share0, double share1) {}

  private Contrast() {}

  /** The largest difference first. */
  public static List<Part> parts(List<Case> first, List<Case> second) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    add(first, 0, sums);
    add(second, 1, sums);
    List<Part> parts = new ArrayList<>();
    sums.forEach(
        (name, sum) ->
            parts.add(
                new Part(
                    name,
                    sum.ns[0] / Math.max(1, first.size()),
                    sum.ns[1] / Math.max(1, second.size()),
                    sum.having[0] / Math.max(1.0, first.size()),
                    sum.having[1] / Math.max(1.0, second.size()),
                    sum.longest)));
    parts.sort(Comparator.comparingDouble((Part p) -> Math.abs(p.ns0() - p.ns1())).reversed());
    return parts;
  }

  private static final class Sum {
    final double[] ns = new double[2];
    final int[] having = new int[2];
    long longestNs = -1;
    Span longest;

    Sum(Span any) {
      longest = any;
    }
  }

  private static void add(List<Case> cases, int side, Map<String, Sum> to) {
    for (Case one : cases) {
      partsOf(one)
          .forEach(
              (name, ns) -> {
                Sum sum = to.computeIfAbsent(name, absent -> new Sum(one.invocation()));
                sum.ns[side] += ns;
                sum.having[side]++;
                if (ns > sum.longestNs) {
                  sum.longestNs = ns;
                  sum.longest = one.invocation();
                }
              });
    }
  }

  /** Calls of one name add up, also where they were made at the same time. */
  private static Map<String, Long> partsOf(Case of) {
    Map<String, Long> parts = new HashMap<>();
    Span invocation = of.invocation();
    List<long[]> calls = new ArrayList<>();
    for (Span span : of.trace()) {
      if (!span.parentSpanId().equals(invocation.spanId())) {
        continue;
      }
      if (!span.text("thaw.phase").isEmpty()) {
        parts.merge(INIT, span.durationNs(), Long::sum);
      } else if (span.isCall()) {
        parts.merge(name(span), span.durationNs(), Long::sum);
        calls.add(
            new long[] {
              Math.max(span.startEpochNs(), invocation.startEpochNs()),
              Math.min(span.endEpochNs(), invocation.endEpochNs())
            });
      }
    }
    parts.put(OWN_CODE, invocation.durationNs() - covered(calls));
    return parts;
  }

  private static String name(Span call) {
    String said = call.destination();
    String target = said.isEmpty() ? call.text("server.address") : said;
    return call.name().contains(target) ? call.name() : call.name() + " " + target;
  }

  /** How much time at least one of the intervals covers. */
  private static long covered(List<long[]> intervals) {
    intervals.sort(Comparator.comparingLong(interval -> interval[0]));
    long sum = 0;
    long until = Long.MIN_VALUE;
    for (long[] interval : intervals) {
      sum += Math.max(0, interval[1] - Math.max(interval[0], until));
      until = Math.max(until, interval[1]);
    }
    return sum;
  }

  /** The largest difference first; only those that differ. */
  public static List<Trait> traits(List<Case> first, List<Case> second) {
    Map<String, Map<String, int[]>> counts = new HashMap<>();
    count(first, 0, counts);
    count(second, 1, counts);
    double most = Math.max(FEW, MOST_VALUES * (first.size() + second.size()));
    List<Trait> traits = new ArrayList<>();
    counts.forEach(
        (key, values) -> {
          if (values.size() > most) {
            return;
          }
          values.forEach(
              (value, of) -> {
                double share0 = of[0] / Math.max(1.0, first.size());
                double share1 = of[1] / Math.max(1.0, second.size());
                // Of a yes and a no one says it all.
                boolean isSaid = values.size() == 2 && share0 < share1 && isWhole(values, 0, first);
                if (share0 != share1 && !(isSaid && isWhole(values, 1, second))) {
                  traits.add(new Trait(key, value, share0, share1));
                }
              });
        });
    traits.sort(
        Comparator.comparingDouble((Trait t) -> -Math.abs(t.share0() - t.share1()))
            .thenComparing(Trait::key)
            .thenComparing(Trait::value));
    return traits;
  }

  /** Whether every invocation of a side has one of the values. */
  private static boolean isWhole(Map<String, int[]> values, int side, List<Case> cases) {
    return values.values().stream().mapToInt(of -> of[side]).sum() == cases.size();
  }

  /** A number that was measured, of the process or by the agent, is a new value each time. */
  private static boolean isMeasured(String key, Object value) {
    return value instanceof Double
        || value instanceof Number && (key.startsWith("thaw.") || key.startsWith("process."));
  }

  private static void count(List<Case> cases, int side, Map<String, Map<String, int[]>> to) {
    for (Case one : cases) {
      Map<String, Object> all = new HashMap<>(one.invocation().resource());
      all.putAll(one.invocation().attributes());
      all.forEach(
          (key, value) -> {
            if (!isMeasured(key, value)) {
              to.computeIfAbsent(key, absent -> new HashMap<>())
                  .computeIfAbsent(String.valueOf(value), absent -> new int[2])[side]++;
            }
          });
    }
  }
}
