package dev.thaw.collector.journal;

/** The journal could not be written; nothing of what it was given is to be acknowledged. */
public final class JournalException extends RuntimeException {
  JournalException(String message) {
    super(message);
  }

  JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
