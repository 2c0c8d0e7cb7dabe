package dev.thaw.collector.store.duckdb;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of hashes that errs on one side only: what was added is always found, and now and then what
 * was not. All bits of a hash are in one line of the processor's cache, because to fetch ten would
 * take longer than everything else. One thread adds, any asks.
 */
final class Bloom {

  /** Bits of a line; a line begins at a multiple of them. */
  private static final int LINE = 512;

  /** An odd number without a pattern: the golden ratio of 2 to the 64. */
  private static final long ODD = 0x9E3779B97F4A7C15L;

  private final AtomicLongArray words;
  private final int lines;
  private final int setBits;

  /**
   * @param bits of which whole lines are used
   * @param setBits how many of them are set for a hash; the more there are for each, the more may
   *     be
   */
  Bloom(int bits, int setBits) {
    this.setBits = setBits;
    lines = Math.max(1, bits / LINE);
    words = new AtomicLongArray(lines * (LINE / Long.SIZE));
  }

  void add(long hash) {
    int line = line(hash);
    long bit = hash;
    for (int i = 0; i < setBits; i++) {
      bit = next(bit);
      int word = word(line, bit);
      words.setRelease(word, words.getPlain(word) | mask(bit));
    }
  }

  boolean mayHave(long hash) {
    int line = line(hash);
    long bit = hash;
    for (int i = 0; i < setBits; i++) {
      bit = next(bit);
      if ((words.getAcquire(word(line, bit)) & mask(bit)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Where the hash's line begins, in words. */
  private int line(long hash) {
    long mixed = (hash ^ hash >>> 32) * ODD;
    return (int) ((mixed >>> 32) * lines >>> 32) * (LINE / Long.SIZE);
  }

  /** The upper nine bits of it are the next one's place in the line. */
  private static long next(long bit) {
    return (bit + 1) * ODD;
  }

  private static int word(int line, long bit) {
    return line + (int) (bit >>> 61);
  }

  private static long mask(long bit) {
    return 1L << (bit >>> 55);
  }
}
