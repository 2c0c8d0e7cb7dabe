package dev.thaw.local;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How an invocation ended, as the platform saw it. */
public enum Outcome {
  /** The runtime posted a response before the deadline. */
  OK,
  /** The runtime posted an error, or the function could not be initialised. */
  ERROR,
  /** The deadline passed first; the environment was reset. */
  TIMEOUT,
  /** The process ended during the invocation. */
  CRASH,
  /** Refused: the function was at its concurrency limit. Nothing ran. */
  THROTTLED;

  /** The word that the ledger uses. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
