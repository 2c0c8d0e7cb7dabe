package dev.thaw.local;

/** The function is at its concurrency limit; nothing was started. */
final class ThrottledException extends Exception {
  ThrottledException(String function) {
    super("Function '" + function + "' is at its concurrency limit");
  }
}
