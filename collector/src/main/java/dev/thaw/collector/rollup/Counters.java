package dev.thaw.collector.rollup;

import dev.thaw.collector.model.Invocation;
import java.nio.ByteBuffer;

/** What is counted of a function over some time. Not thread-safe. */
public abstract class Counters {

  static final int BYTES = 9 * Long.BYTES;

  private long invocations;
  private long running;
  private long errors;
  private long timeouts;
  private long crashes;
  private long coldStarts;
  private long throttled;
  private long throttlesMet;
  private long failedStarts;

  final void count(Invocation invocation, int by) {
    if (invocation.outcome().isOfStart()) {
      failedStarts += by;
      return;
    }
    invocations += by;
    switch (invocation.outcome()) {
      case RUNNING -> running += by;
      case ERROR -> errors += by;
      case TIMEOUT -> timeouts += by;
      case CRASH -> crashes += by;
      case OK, INIT_ERROR, INIT_TIMEOUT -> {}
    }
    if (invocation.cold()) {
      coldStarts += by;
    }
  }

  /** This function refused calls. */
  public final void addThrottled(long count) {
    throttled += count;
  }

  /** Calls of this function were refused. */
  public final void addThrottlesMet(long count) {
    throttlesMet += count;
  }

  final void clearCounters() {
    addCounters(this, -1);
  }

  final void addCounters(Counters other) {
    addCounters(other, 1);
  }

  final void addCounters(Counters other, int by) {
    invocations += by * other.invocations;
    running += by * other.running;
    errors += by * other.errors;
    timeouts += by * other.timeouts;
    crashes += by * other.crashes;
    coldStarts += by * other.coldStarts;
    throttled += by * other.throttled;
    throttlesMet += by * other.throttlesMet;
    failedStarts += by * other.failedStarts;
  }

  final void write(ByteBuffer to) {
    to.putLong(invocations).putLong(running).putLong(errors).putLong(timeouts).putLong(crashes);
    to.putLong(coldStarts).putLong(throttled).putLong(throttlesMet).putLong(failedStarts);
  }

  final void read(ByteBuffer from) {
    invocations = from.getLong();
    running = from.getLong();
    errors = from.getLong();
    timeouts = from.getLong();
    crashes = from.getLong();
    coldStarts = from.getLong();
    throttled = from.getLong();
    throttlesMet = from.getLong();
    failedStarts = from.getLong();
  }

  public final long invocations() {
    return invocations;
  }

  public final long running() {
    return running;
  }

  public final long errors() {
    return errors;
  }

  public final long timeouts() {
    return timeouts;
  }

  public final long crashes() {
    return crashes;
  }

  public final long coldStarts() {
    return coldStarts;
  }

  /** Calls to this function that were refused. */
  public final long throttled() {
    return throttled;
  }

  /** Calls by this function that were refused. */
  public final long throttlesMet() {
    return throttlesMet;
  }

  /** Processes that never became ready. */
  public final long failedStarts() {
    return failedStarts;
  }
}
