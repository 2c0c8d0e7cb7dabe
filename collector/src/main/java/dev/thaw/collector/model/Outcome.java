package dev.thaw.collector.model;

import java.util.Locale;

/**
 * How an invocation stands or ended, from harmless to worst: a trace shows the worst of its
 * invocations.
 *
 * <p>The order is stored; add at a fitting place only together with a migration.
 */
public enum Outcome {
  OK,
  /** Announced as running, and nothing later has come. */
  RUNNING,
  ERROR,
  TIMEOUT,
  CRASH;

  /** The word that {@code thaw.outcome} and the API use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException when there is no such word
   */
  public static Outcome of(String word) {
    for (Outcome outcome : values()) {
      if (outcome.word().equals(word)) {
        return outcome;
      }
    }
    throw new IllegalArgumentException(
        "'" + word + "' is no outcome; use ok, running, error, timeout or crash");
  }
}
