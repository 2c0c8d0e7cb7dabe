package dev.thaw.agent.export;

/** Where requests go. Not thread-safe; the exporter's lock guards it. */
interface Outlet {

  /** What the exporter does with what it sent. */
  enum Result {
    /** Accepted. */
    TAKEN,
    /** Refused for good: sending it again would be refused again. */
    REFUSED,
    /** Not now: keep it. */
    LATER,
    /** It is with the other side, and the answer may still come: read it at another time. */
    NOT_YET
  }

  /** For people: where it goes to. */
  String name();

  /**
   * Sends and waits for the answer, until the deadline. No answer may be outstanding; after {@link
   * Result#NOT_YET} this one is.
   */
  Result send(byte[] request, long deadlineNanoTime);

  /**
   * Sends without waiting for the answer, if that is possible without waiting for anything.
   *
   * @return whether it is on its way; false leaves everything to {@link #send}
   */
  boolean post(byte[] request);

  /** Whether the next answer is there to be read at once. */
  boolean hasAnswer();

  /** Reads the answer to the oldest request whose answer is outstanding. */
  Result answer(long deadlineNanoTime);

  /** Makes a {@link #send} that is stuck fail. The one method that any thread may call. */
  void abort();

  /** Forgets what it is connected to: this process was restored from an image. */
  void restored();
}
