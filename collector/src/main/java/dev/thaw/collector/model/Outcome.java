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
  CRASH,
  /** A process could not be started; no invocation belongs to it. */
  INIT_ERROR,
  /** A process was ended by the platform before it was ready; no invocation belongs to it. */
  INIT_TIMEOUT;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** Whether it is the end of a start that came to nothing, and not of an invocation. */
  public boolean isOfStart() {
    return this == INIT_ERROR || this == INIT_TIMEOUT;
  }

  /** Whether it went wrong: everything but a success and what still runs. */
  public boolean isFailure() {
    return this != OK && this != RUNNING;
  }

  /** The word that {@code thaw.outcome} and the API use. */
  public String word() {
    return word;
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
        "'"
            + word
            + "' is no outcome; use ok, running, error, timeout, crash, init_error or init_timeout");
  }
}
