package dev.thaw.collector.model;

import org.jspecify.annotations.Nullable;

/**
 * What a question is about: from, inclusive, to, exclusive, nanoseconds since the Unix epoch; and
 * of which environment.
 *
 * @param environment the resource's {@code deployment.environment.name} (OpenTelemetry resource
 *     conventions), or null for all of them
 * @throws IllegalArgumentException when it ends before it begins
 */
public record Scope(long fromEpochNs, long toEpochNs, @Nullable String environment) {
  public Scope {
    if (toEpochNs < fromEpochNs) {
      throw new IllegalArgumentException(
          "The time range ends before it begins: give 'to' after 'from'");
    }
  }

  /** Of all environments. */
  public Scope(long fromEpochNs, long toEpochNs) {
    this(fromEpochNs, toEpochNs, null);
  }

  public static Scope ofMillis(long from, long to) {
    return new Scope(from * 1_000_000, to * 1_000_000);
  }

  /** Another time, the same environment. */
  public Scope at(long newFromNs, long newToNs) {
    return new Scope(newFromNs, newToNs, environment);
  }

  public Scope in(@Nullable String newEnvironment) {
    return new Scope(fromEpochNs, toEpochNs, newEnvironment);
  }

  /** How long one of so many equal parts is, nanoseconds, rounded up. */
  public long partNs(int parts) {
    return Math.max(1, (toEpochNs - fromEpochNs + parts - 1) / parts);
  }
}
