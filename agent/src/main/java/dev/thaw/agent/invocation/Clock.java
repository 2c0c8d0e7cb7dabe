package dev.thaw.agent.invocation;

import java.time.Instant;

/** The wall clock in nanoseconds since the Unix epoch, to the microsecond. */
public final class Clock {

  private Clock() {}

  public static long epochNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
