package dev.thaw.collector.rollup;

/**
 * What a platform asks for.
 *
 * @param gigabyteSecond US dollars for a gigabyte of configured memory in a second
 * @param millionRequests US dollars for a million invocations
 */
public record Prices(double gigabyteSecond, double millionRequests) {

  private static final double MB_MS_PER_GB_S = 1024.0 * 1000;

  /** US dollars, without free tiers and discounts. */
  public double of(Measures measures) {
    return of(measures.billedMbMs(), measures.invocations());
  }

  /** US dollars, without free tiers and discounts. */
  public double of(Totals totals) {
    return of(totals.billedMbMs(), totals.invocations());
  }

  private double of(long billedMbMs, long invocations) {
    return billedMbMs / MB_MS_PER_GB_S * gigabyteSecond + invocations * millionRequests / 1e6;
  }
}
