package dev.thaw.agent.invocation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call as it stood at one moment; nothing changes it any more. Times are nanoseconds since the
 * Unix epoch.
 */
public final class CallRecord {
  public final String spanId;
  public final String name;
  public final boolean producer;
  public final long startEpochNs;
  public final long endEpochNs;
  public final boolean unfinished;
  public final int attempts;
  public final Map<String, Object> attributes;
  public final List<Throttle> throttles;
  public final @Nullable String errorType;
  public final @Nullable String errorMessage;

  CallRecord(
      String spanId,
      String name,
      boolean producer,
      long startEpochNs,
      long endEpochNs,
      boolean unfinished,
      int attempts,
      Map<String, Object> attributes,
      List<Throttle> throttles,
      @Nullable String errorType,
      @Nullable String errorMessage) {
    this.spanId = spanId;
    this.name = name;
    this.producer = producer;
    this.startEpochNs = startEpochNs;
    this.endEpochNs = endEpochNs;
    this.unfinished = unfinished;
    this.attempts = attempts;
    this.attributes = attributes;
    this.throttles = throttles;
    this.errorType = errorType;
    this.errorMessage = errorMessage;
  }
}
