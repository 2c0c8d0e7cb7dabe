package dev.thaw.collector.store.duckdb;

import java.util.BitSet;

/** What some values of an attribute are like. Not thread-safe. */
final class Sample {

  /** So many are looked at. */
  private static final int SIZE = 200;

  /**
   * A hash of each value sets one of 4,096 bits: so many are set when there are some 3,000
   * different values, equally frequent.
   */
  private static final int VARIOUS = 188;

  /** As long as a UUID. */
  private static final int SHORT = 36;

  private final BitSet bits = new BitSet();
  private int seen;
  private int length;

  void add(Object value) {
    if (seen == SIZE) {
      return;
    }
    seen++;
    if (value instanceof String text) {
      length += Math.min(text.length(), SIZE * SHORT);
      bits.set(bit(text));
    }
  }

  /** Hashes of texts that are alike are alike, and must not stay so. */
  private static int bit(String text) {
    int mixed = text.hashCode() * 0x85EBCA6B;
    mixed = (mixed ^ mixed >>> 15) * 0xC2B2AE35;
    return mixed >>> 20;
  }

  /** Whether there were as many as are looked at. */
  boolean isWhole() {
    return seen == SIZE;
  }

  /** Of texts; nearly each is another one, and on average none is longer than an id. */
  boolean isShortAndVarious() {
    return isWhole() && bits.cardinality() >= VARIOUS && length <= SIZE * SHORT;
  }
}
