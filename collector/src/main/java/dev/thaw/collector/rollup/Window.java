package dev.thaw.collector.rollup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a function did over some rows of the rollups, added up only as far as it is asked for: most
 * rules need a counter or two. What was added MUST NOT be changed afterwards. Not thread-safe.
 */
public final class Window extends Counters implements Measures {

  private final List<Bucket> parts = new ArrayList<>();
  private @Nullable Values durations;
  private @Nullable Values inits;
  private @Nullable Values waits;
  private @Nullable Values timeUsed;
  private @Nullable Values memoryUsed;

  public void add(Bucket part) {
    addCounters(part);
    parts.add(part);
  }

  private Values sum(Function<Bucket, Values> of) {
    Values sum = new Values();
    parts.forEach(part -> sum.add(of.apply(part)));
    return sum;
  }

  @Override
  public long durationAt(double percentile) {
    Values sum = durations;
    if (sum == null) {
      sum = sum(Bucket::warm);
      sum.add(sum(Bucket::cold));
      durations = sum;
    }
    return sum.at(percentile);
  }

  private Values inits() {
    Values sum = inits;
    if (sum == null) {
      sum = sum(Bucket::inits);
      inits = sum;
    }
    return sum;
  }

  @Override
  public long initAt(double percentile) {
    return inits().at(percentile);
  }

  @Override
  public long initsOfAtLeast(long micros) {
    return inits().atLeast(micros);
  }

  @Override
  public long waitAt(double percentile) {
    Values sum = waits;
    if (sum == null) {
      sum = sum(Bucket::waits);
      waits = sum;
    }
    return sum.at(percentile);
  }

  @Override
  public long timeUsedAt(double percentile) {
    Values sum = timeUsed;
    if (sum == null) {
      sum = sum(Bucket::timeUsed);
      timeUsed = sum;
    }
    return sum.at(percentile);
  }

  @Override
  public long memoryUsedAt(double percentile) {
    Values sum = memoryUsed;
    if (sum == null) {
      sum = sum(Bucket::memoryUsed);
      memoryUsed = sum;
    }
    return sum.at(percentile);
  }

  @Override
  public long billedMbMs() {
    return parts.stream().mapToLong(Bucket::billedMbMs).sum();
  }

  @Override
  public long deadLetters() {
    return parts.stream().mapToLong(Bucket::deadLetters).sum();
  }
}
