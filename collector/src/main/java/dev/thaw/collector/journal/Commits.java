package dev.thaw.collector.journal;

/**
 * How often something was made durable, and how long that took in all. Immutable.
 *
 * @param count 0 or more
 * @param totalNs nanoseconds
 */
public record Commits(long count, long totalNs) {

  public static final Commits NONE = new Commits(0, 0);

  /** With one more. */
  public Commits and(long ns) {
    return new Commits(count + 1, totalNs + ns);
  }
}
