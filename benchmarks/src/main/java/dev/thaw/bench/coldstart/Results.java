package dev.thaw.bench.coldstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * All samples of one function on one Java, by variant and in the order of the rounds. The n-th
 * sample of each variant comes from the n-th round, in which all ran one after another.
 */
final class Results {

  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

  void add(String variant, Sample sample) {
    samples.computeIfAbsent(variant, name -> new ArrayList<>()).add(sample);
  }

  boolean has(String variant) {
    return samples.containsKey(variant);
  }

  List<Sample> of(String variant) {
    return samples.getOrDefault(variant, List.of());
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
      String variant,
      String over,
      ToLongFunction<Sample> figure,
      java.util.function.DoubleBinaryOperator of) {
    List<Sample> a = of(variant);
    List<Sample> b = of(over);
    List<Double> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      long first = figure.applyAsLong(a.get(i));
      long second = figure.applyAsLong(b.get(i));
      if (first > 0 && second > 0) {
        pairs.add(of.applyAsDouble(first, second));
      }
    }
    return median(pairs.stream().mapToDouble(pair -> pair).toArray());
  }

  static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    java.util.Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
