package dev.thaw.collector.alert;

import dev.thaw.collector.rollup.Measures;

/**
 * What a platform asks for.
 *
 * @param gigabyteSecond US dollars for a gigabyte of configured memory in a second
 * @param millionRequests US dollars for a million invocations
 */
public record Prices(double gigabyteSecond, double millionRequests) {

  private static final double MB_MS_PER_GB_S = 1024.0 * 1000;

  /** US dollars, without free tiers and discounts. */
  double of(Measures measures) {
    return measures.billedMbMs() / MB_MS_PER_GB_S * gigabyteSecond
        + measures.invocations() * millionRequests / 1e6;
  }
}
