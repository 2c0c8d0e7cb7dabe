package dev.thaw.collector.alert;

import dev.thaw.collector.model.TimeRange;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where rollups come from; the store's method of this form, and in a simulation a list. */
public interface RollupSource {

  /**
   * As {@code Store.rollups}.
   *
   * @param function null for all
   */
  List<FunctionBucket> rollups(TimeRange range, @Nullable String function, Grain coarsest);
}
