package dev.thaw.collector.store.duckdb;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of hashes that errs on one side only: what was added is always found, and now and then what
 * was not. One thread adds, any asks.
 */
final class Bloom {

  private final AtomicLongArray words;
  private final int bits;
  private final int setBits;

  /**
   * @param bits a multiple of 64
   * @param setBits how many of them are set for a hash; the more there are for each, the more may
   *     be
   */
  Bloom(int bits, int setBits) {
    this.bits = bits;
    this.setBits = setBits;
    words = new AtomicLongArray(bits / Long.SIZE);
  }

  void add(long hash) {
    for (int i = 0; i < setBits; i++) {
      int bit = at(hash, i, bits);
      words.setRelease(bit / Long.SIZE, words.getPlain(bit / Long.SIZE) | 1L << bit);
    }
  }

  boolean mayHave(long hash) {
    for (int i = 0; i < setBits; i++) {
      int bit = at(hash, i, bits);
      if ((words.getAcquire(bit / Long.SIZE) & 1L << bit) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The i-th bit, by two hashes for all of them (Kirsch and Mitzenmacher, 2006). */
  static int at(long hash, int i, int bits) {
    int bit = (int) hash + i * (int) (hash >>> 32);
    return Integer.remainderUnsigned(bit, bits);
  }
}
