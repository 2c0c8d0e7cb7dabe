package dev.thaw.agent.invocation;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Trace and span ids (W3C Trace Context, section 3.2): lower-case hex, never all zeros.
 *
 * <p>Seeded from the operating system, by a plain file read: java.security.SecureRandom costs some
 * ten milliseconds at its first use.
 */
final class Ids {

  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final SplittableRandom RANDOM = new SplittableRandom(seed());

  private Ids() {}

  static String traceId() {
    synchronized (RANDOM) {
      return hex(nonZero()) + hex(RANDOM.nextLong());
    }
  }

  static String spanId() {
    synchronized (RANDOM) {
      return hex(nonZero());
    }
  }

  private static long nonZero() {
    long value = RANDOM.nextLong();
    return value == 0 ? 1 : value;
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
