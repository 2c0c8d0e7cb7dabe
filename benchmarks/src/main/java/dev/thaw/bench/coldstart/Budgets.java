package dev.thaw.bench.coldstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the agent may cost, and whether it was kept. */
final class Budgets {

  /**
   * One budget.
   *
   * @param text what it is about, with its limit
   * @param value what was measured, in the limit's unit
   * @param met false also where nothing was measured
   */
  record Checked(String text, String value, boolean met) {}

  private static final double MS = 1e6;
  private static final double US = 1e3;
  private static final double MB = 1024.0 * 1024;
  private static final List<String> RUNNING = List.of(Variant.THAW, Variant.THAW_AGENTLIB);

  private final Results results;
  private final List<Checked> checked = new ArrayList<>();

  private Budgets(Results results) {
    this.results = results;
  }

  static List<Checked> check(Results results, int invocations) {
    Budgets budgets = new Budgets(results);
    budgets.start();
    for (String thaw : RUNNING) {
      budgets.running(thaw, invocations);
    }
    return budgets.checked;
  }

  /** Whether a budget for warm invocations needs this variant. */
  static boolean isOnWarm(String variant) {
    return variant.equals(Variant.NONE) || RUNNING.contains(variant);
  }

  private void start() {
    percent(
        "start, thaw -agentlib over an empty agent",
        Variant.THAW_AGENTLIB,
        Variant.EMPTY_AGENTLIB,
        5);
    percent("start, thaw -javaagent over an empty agent", Variant.THAW, Variant.EMPTY, 5);
    percent("start, thaw -agentlib over no agent", Variant.THAW_AGENTLIB, Variant.NONE, 5);
    percent("start, thaw -javaagent over no agent", Variant.THAW, Variant.NONE, 10);
    if (results.has(Variant.OTEL)) {
      double share =
          results.difference(Variant.THAW, Variant.NONE, Sample::coldNs)
              / results.difference(Variant.OTEL, Variant.NONE, Sample::coldNs);
      add(
          "start, thaw -javaagent adds at most 1/40 of what OpenTelemetry adds",
          share <= 1 / 40.0,
          "1/%.0f",
          1 / share);
    }
    cpu(Variant.THAW_AGENTLIB);
    cpu(Variant.THAW);
  }

  private void percent(String text, String variant, String over, int limit) {
    double percent = (results.ratio(variant, over, Sample::coldNs) - 1) * 100;
    add(text + ": at most " + limit + " %", percent <= limit, "%+.1f %%", percent);
  }

  private void cpu(String variant) {
    double percent = (results.ratio(variant, Variant.NONE, Sample::cpuNs) - 1) * 100;
    add(
        "CPU to the first response, " + variant + " over no agent: at most 8 %",
        percent <= 8,
        "%+.1f %%",
        percent);
  }

  private void running(String variant, int invocations) {
    double memory = results.difference(variant, Variant.NONE, Sample::residentBytes) / MB;
    add(
        "memory after " + invocations + " invocations, " + variant + ": at most +15 MB",
        memory <= 15,
        "%+.1f MB",
        memory);
    double warm = results.difference(variant, Variant.NONE, Sample::warmMedianNs) / US;
    add("warm invocation, median, " + variant + ": at most +30 us", warm <= 30, "%+.0f us", warm);
    double warm99 = results.warm99Difference(variant, Variant.NONE) / US;
    add(
        "warm invocation, 99th percentile, " + variant + ": at most +100 us",
        warm99 <= 100,
        "%+.0f us",
        warm99);
    double first = results.median(variant, Sample::firstHeldNs) / MS;
    add(
        "held after the first response, " + variant + ": at most 120 ms",
        first <= 120,
        "%.0f ms",
        first);
    double held = results.median(variant, Sample::warmHeldNs) / MS;
    add("held after a warm response, " + variant + ": at most 2 ms", held <= 2, "%.2f ms", held);
    long lost =
        results.of(variant).stream()
            .filter(sample -> sample.residentBytes() > 0)
            .filter(sample -> sample.delivered() < invocations)
            .count();
    add(
        "every invocation sent before the freeze, " + variant,
        lost == 0,
        "%.0f runs incomplete",
        lost);
  }

  private void add(String text, boolean met, String format, double value) {
    checked.add(new Checked(text, String.format(Locale.ROOT, format, value), met));
  }
}
