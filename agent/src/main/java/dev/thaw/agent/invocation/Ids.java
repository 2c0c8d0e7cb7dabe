package dev.thaw.agent.invocation;

import java.io.FileInputStream;
import java.io.IOException;

/**
 * Trace and span ids (W3C Trace Context, section 3.2): lower-case hex, never all zeros.
 *
 * <p>Seeded from the operating system, by a plain file read: java.security.SecureRandom costs some
 * ten milliseconds at its first use.
 */
final class Ids {

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** SplitMix64 (Steele, Lea, Flood 2014); the JDK's own brings seven classes into every start. */
  private static long state = seed();

  private Ids() {}

  static String traceId() {
    return hex(nonZero()) + hex(next());
  }

  static String spanId() {
    return hex(nonZero());
  }

  private static long nonZero() {
    long value = next();
    return value == 0 ? 1 : value;
  }

  /**
   * Starts the sequence anew: processes that were restored from one image would otherwise give the
   * same ids.
   */
  static synchronized void reseed() {
    state ^= seed();
  }

  /** What an image of this process holds; for tests. */
  static synchronized long state() {
    return state;
  }

  static synchronized void state(long ofImage) {
    state = ofImage;
  }

  private static synchronized long next() {
    state += 0x9e3779b97f4a7c15L;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  private static String hex(long value) {
    char[] chars = new char[16];
    for (int i = 15; i >= 0; i--) {
      chars[i] = HEX[(int) (value & 15)];
      value >>>= 4;
    }
    return new String(chars);
  }

  private static long seed() {
    long seed = System.nanoTime() ^ Long.rotateLeft(System.currentTimeMillis(), 32);
    try (FileInputStream random = new FileInputStream("/dev/urandom")) {
      for (int i = 0; i < 8; i++) {
        seed = Long.rotateLeft(seed, 8) ^ random.read();
      }
    } catch (IOException e) {
      // No such device on this system: time and the address of an object must do.
      seed ^= Long.rotateLeft(System.identityHashCode(new Object()), 16);
    }
    return seed;
  }
}
