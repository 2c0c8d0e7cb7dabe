package dev.thaw.collector.alert;

import org.jspecify.annotations.Nullable;

/**
 * How an alert goes on from one evaluation to the next: begins when its rule holds, fires when it
 * has held for so long, and is resolved when it has not held for so long. Pure.
 */
final class Progress {

  private Progress() {}

  /**
   * @param before null when there was no alert
   * @return null when there is none any more, or none yet
   */
  static @Nullable Alert next(
      Rule rule, String function, @Nullable Alert before, Reading reading, long nowMs) {
    double measured = rule.measured(reading.value(), reading.before());
    boolean isKnown = !Double.isNaN(measured);
    if (before == null || !before.isFiring()) {
      if (!isKnown || !rule.holds(measured)) {
        return null;
      }
      Alert pending =
          before == null
              ? Alert.pending(rule, function, nowMs, reading)
              : before.holding(rule, nowMs, reading);
      return nowMs - pending.pendingMs() >= rule.pendingFor().toMillis()
          ? pending.firing(nowMs, false, null)
          : pending;
    }
    if (isKnown && rule.stillHolds(measured)) {
      return before.holding(rule, nowMs, reading);
    }
    // The condition held at the last evaluation: from then on it is over.
    return nowMs - before.lastHeldMs() >= rule.keepFiring().toMillis()
        ? before.resolved(nowMs)
        : before;
  }
}
