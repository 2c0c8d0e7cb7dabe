package dev.thaw.collector.alert;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where rollups come from; the store's method of this form, and in a simulation a list. */
public interface RollupSource {

  /**
   * As {@code Store.rollups}.
   *
   * @param function null for all
   */
  List<FunctionBucket> rollups(Scope range, @Nullable String function, Grain coarsest);

  /**
   * One function's, by minute.
   *
   * @param first minutes since the Unix epoch
   * @param behind the minute behind the last
   */
  default Map<Long, Bucket> minutes(String function, long first, long behind) {
    Scope range = Scope.ofMillis(Math.max(0, first) * Recent.MINUTE_MS, behind * Recent.MINUTE_MS);
    Map<Long, Bucket> minutes = new HashMap<>();
    for (FunctionBucket row : rollups(range, function, Grain.MINUTE)) {
      minutes.computeIfAbsent(row.epochMinute(), absent -> new Bucket()).add(row.bucket());
    }
    return minutes;
  }
}
