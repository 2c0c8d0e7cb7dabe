package dev.thaw.collector.store.duckdb;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of hashes that errs on one side only: what was added is always found, and now and then what
 * was not. One thread adds, any asks.
 */
final class Bloom {

  private static final int SET_BITS = 2;

  private final AtomicLongArray words;
  private final int bits;

  /**
   * @param bits a multiple of 64; with eight for each hash one in twenty others is found
   */
  Bloom(int bits) {
    this.bits = bits;
    words = new AtomicLongArray(bits / Long.SIZE);
  }

  void add(long hash) {
    for (int i = 0; i < SET_BITS; i++) {
      int bit = at(hash, i, bits);
      words.setRelease(bit / Long.SIZE, words.getPlain(bit / Long.SIZE) | 1L << bit);
    }
  }

  boolean mayHave(long hash) {
    for (int i = 0; i < SET_BITS; i++) {
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
