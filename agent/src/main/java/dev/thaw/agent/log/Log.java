package dev.thaw.agent.log;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Writes to standard error with the prefix {@code [thaw]}, each cause once, so that a collector
 * that is down for a day costs one line. Thread-safe; never throws.
 */
public final class Log {

  /** More causes than this are not told apart any more: the memory is bounded. */
  private static final int CAUSES = 50;

  private static final ArrayList<String> SEEN = new ArrayList<>();
  private static volatile boolean debug;
  private static volatile boolean quiet;

  private Log() {}

  /**
   * @param level {@code info}, {@code debug} or {@code off}; anything else is taken as {@code info}
   */
  public static void level(String level) {
    debug = level.equals("debug");
    quiet = level.equals("off");
  }

  /** Something that the user should know; said once. */
  public static void once(String message) {
    synchronized (SEEN) {
      if (SEEN.size() >= CAUSES || SEEN.contains(message)) {
        return;
      }
      SEEN.add(message);
    }
    print(message);
  }

  /** A failure inside the agent, with the place in which it happened; each kind is said once. */
  public static void failure(String doing, Throwable failure) {
    try {
      String message = doing + " failed: " + failure;
      if (debug) {
        print(message);
        failure.printStackTrace();
      } else {
        once(message);
      }
    } catch (Throwable ignored) {
      // Out of memory, most likely: the application comes first.
    }
  }

  /** For people who look for a mistake in the agent: {@code THAW_LOG=debug}. */
  public static void debug(String message, @Nullable Object detail) {
    if (debug) {
      print(message + (detail == null ? "" : " " + detail));
    }
  }

  private static void print(String message) {
    if (!quiet) {
      System.err.println("[thaw] " + message);
    }
  }
}
