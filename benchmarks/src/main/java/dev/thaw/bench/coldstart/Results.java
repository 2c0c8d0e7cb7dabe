package dev.thaw.bench.coldstart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * All samples of one function on one Java, by variant and round. What comes from one round ran one
 * after another.
 */
final class Results {

  private final Map<String, SortedMap<Integer, Sample>> samples = new LinkedHashMap<>();

  void add(String variant, int round, Sample sample) {
    samples.computeIfAbsent(variant, name -> new TreeMap<>()).put(round, sample);
  }

  boolean has(String variant) {
    return samples.containsKey(variant);
  }

  Collection<Sample> of(String variant) {
    return rounds(variant).values();
  }

  private Map<Integer, Sample> rounds(String variant) {
    return samples.getOrDefault(variant, Collections.emptySortedMap());
  }

  /** The median over the rounds; samples without the figure (0) don't count. */
  double median(String variant, ToLongFunction<Sample> figure) {
    return median(
        of(variant).stream()
            .mapToLong(figure)
            .filter(value -> value > 0)
            .mapToDouble(value -> value)
            .toArray());
  }

  /**
   * The median of the ratios round by round: a machine whose speed drifts slows both down alike.
   */
  double ratio(String variant, String over, ToLongFunction<Sample> figure) {
    return pairs(variant, over, figure, (a, b) -> a / b);
  }

  /** The median of the differences round by round. */
  double difference(String variant, String over, ToLongFunction<Sample> figure) {
    return pairs(variant, over, figure, (a, b) -> a - b);
  }

  private double pairs(
      String variant, String over, ToLongFunction<Sample> figure, DoubleBinaryOperator of) {
    Map<Integer, Sample> others = rounds(over);
    List<Double> pairs = new ArrayList<>();
    rounds(variant)
        .forEach(
            (round, sample) -> {
              Sample other = others.get(round);
              long first = figure.applyAsLong(sample);
              long second = other == null ? 0 : figure.applyAsLong(other);
              if (first > 0 && second > 0) {
                pairs.add(of.applyAsDouble(first, second));
              }
            });
    return median(pairs.stream().mapToDouble(pair -> pair).toArray());
  }

  /**
   * By how much the 99th percentile of a variant's warm invocations is above another's,
   * nanoseconds. Of all rounds in which both took part together: eight of eight hundred, as one
   * round has them, are the moments in which the machine did something else.
   */
  double warm99Difference(String variant, String over) {
    return quantile(warm(variant, over), 0.99) - quantile(warm(over, variant), 0.99);
  }

  /** The 99th percentile of the warm invocations of all rounds, nanoseconds. */
  double warm99(String variant) {
    return quantile(warm(variant, variant), 0.99);
  }

  private LongStream warm(String variant, String with) {
    return rounds(variant).entrySet().stream()
        .filter(round -> rounds(with).containsKey(round.getKey()))
        .flatMapToLong(round -> Arrays.stream(round.getValue().warmNs()));
  }

  /** The nearest rank; not a number for no values. */
  static double quantile(LongStream values, double share) {
    long[] sorted = values.sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * share)];
  }

  static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
