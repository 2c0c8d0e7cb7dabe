package dev.thaw.collector.alert;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Which functions did something within the last day: those that may fall silent. Looked up every
 * ten minutes. Not thread-safe.
 */
final class Seen {

  private static final Duration WITHIN = Duration.ofDays(1);
  private static final Duration LOOKED_UP_FOR = Duration.ofMinutes(10);

  private final RollupSource source;
  private Set<String> functions = Set.of();
  private long untilMs;

  Seen(RollupSource source) {
    this.source = source;
  }

  Set<String> lately(long nowMs) {
    if (nowMs >= untilMs) {
      untilMs = nowMs + LOOKED_UP_FOR.toMillis();
      Scope range = Scope.ofMillis(Math.max(0, nowMs - WITHIN.toMillis()), nowMs + 1);
      Set<String> found = new HashSet<>();
      for (FunctionBucket row : source.rollups(range, null, Grain.HOUR)) {
        if (row.bucket().invocations() > 0) {
          found.add(row.function());
        }
      }
      functions = found;
    }
    return functions;
  }
}
