package dev.thaw.agent.invocation;

/** How an invocation stands or ended; the word is the value of {@code thaw.outcome}. */
public enum Outcome {
  /** Announced because it takes long; something later replaces it. */
  RUNNING("running"),
  OK("ok"),
  ERROR("error"),
  /** About to be killed by the platform at its deadline. */
  TIMEOUT("timeout"),
  /** The process ends in the middle of it. */
  CRASH("crash"),
  /** The process never became ready: its start failed. No invocation belongs to it. */
  INIT_ERROR("init_error"),
  /** The platform ended the process before it was ready. No invocation belongs to it. */
  INIT_TIMEOUT("init_timeout");

  public final String word;

  Outcome(String word) {
    this.word = word;
  }
}
