package dev.thaw.collector.rollup;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;

/**
 * What one function did in one minute: counters, and durations as histograms exact to 3 digits,
 * from a microsecond up. Mergeable; what was added can be taken out again, because a final record
 * replaces a provisional one. Not thread-safe.
 */
public final class Minute {

  public static final long LENGTH_NS = 60_000_000_000L;

  private static final int DIGITS = 3;
  private static final int COUNTERS = 9;

  private long invocations;
  private long running;
  private long errors;
  private long timeouts;
  private long crashes;
  private long coldStarts;
  private long throttled;
  private long throttlesMet;
  private long failedStarts;
  private final Histogram durations;
  private final Histogram inits;

  public Minute() {
    this(new Histogram(DIGITS), new Histogram(DIGITS));
  }

  private Minute(Histogram durations, Histogram inits) {
    this.durations = durations;
    this.inits = inits;
  }

  /** The minute that a moment belongs to, in minutes since the Unix epoch. */
  public static long of(long epochNs) {
    return Math.floorDiv(epochNs, LENGTH_NS);
  }

  public void add(Invocation invocation) {
    count(invocation, 1);
    if (invocation.outcome().isOfStart()) {
      return;
    }
    if (invocation.outcome() != Outcome.RUNNING) {
      durations.recordValue(micros(invocation.durationNs()));
    }
    if (invocation.cold() && invocation.initNs() > 0) {
      inits.recordValue(micros(invocation.initNs()));
    }
  }

  /** Takes out what {@link #add} put in. */
  public void remove(Invocation invocation) {
    count(invocation, -1);
    if (invocation.outcome().isOfStart()) {
      return;
    }
    if (invocation.outcome() != Outcome.RUNNING) {
      takeOut(durations, micros(invocation.durationNs()));
    }
    if (invocation.cold() && invocation.initNs() > 0) {
      takeOut(inits, micros(invocation.initNs()));
    }
  }

  private void count(Invocation invocation, int by) {
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

  private static void takeOut(Histogram from, long value) {
    if (from.getCountAtValue(value) > 0) {
      Histogram one = new Histogram(from);
      one.reset();
      one.recordValue(value);
      from.subtract(one);
    }
  }

  /** This function refused calls. */
  public void addThrottled(long count) {
    throttled += count;
  }

  /** Calls of this function were refused. */
  public void addThrottlesMet(long count) {
    throttlesMet += count;
  }

  public void merge(Minute other) {
    invocations += other.invocations;
    running += other.running;
    errors += other.errors;
    timeouts += other.timeouts;
    crashes += other.crashes;
    coldStarts += other.coldStarts;
    throttled += other.throttled;
    throttlesMet += other.throttlesMet;
    failedStarts += other.failedStarts;
    durations.add(other.durations);
    inits.add(other.inits);
  }

  private static long micros(long ns) {
    return Math.max(0, ns / 1000);
  }

  public long invocations() {
    return invocations;
  }

  public long running() {
    return running;
  }

  public long errors() {
    return errors;
  }

  public long timeouts() {
    return timeouts;
  }

  public long crashes() {
    return crashes;
  }

  public long coldStarts() {
    return coldStarts;
  }

  /** Calls to this function that were refused. */
  public long throttled() {
    return throttled;
  }

  /** Calls by this function that were refused. */
  public long throttlesMet() {
    return throttlesMet;
  }

  /** Processes that never became ready. */
  public long failedStarts() {
    return failedStarts;
  }

  /** Durations in microseconds. */
  public Histogram durations() {
    return durations;
  }

  /** Init durations of cold starts in microseconds. */
  public Histogram inits() {
    return inits;
  }

  /**
   * The bytes that {@link #decode} reads: counters, then both histograms in HdrHistogram's own
   * compressed form, each after its length.
   */
  public byte[] encode() {
    byte[] ofDurations = compressed(durations);
    byte[] ofInits = compressed(inits);
    ByteBuffer buffer =
        ByteBuffer.allocate(
            COUNTERS * Long.BYTES + 2 * Integer.BYTES + ofDurations.length + ofInits.length);
    buffer.putLong(invocations).putLong(running).putLong(errors).putLong(timeouts).putLong(crashes);
    buffer.putLong(coldStarts).putLong(throttled).putLong(throttlesMet);
    buffer.putLong(failedStarts);
    buffer.putInt(ofDurations.length).put(ofDurations);
    buffer.putInt(ofInits.length).put(ofInits);
    return buffer.array();
  }

  /** In an array of its own: HdrHistogram reads and writes a buffer's array from its beginning. */
  private static byte[] compressed(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer, Deflater.BEST_SPEED);
    return Arrays.copyOf(buffer.array(), length);
  }

  private static Histogram uncompressed(ByteBuffer buffer) throws DataFormatException {
    byte[] bytes = new byte[buffer.getInt()];
    buffer.get(bytes);
    Histogram histogram = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
    histogram.setAutoResize(true);
    return histogram;
  }

  /**
   * @throws IllegalStateException when the bytes are not what {@link #encode} wrote
   */
  public static Minute decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long[] counters = new long[COUNTERS];
    for (int i = 0; i < counters.length; i++) {
      counters[i] = buffer.getLong();
    }
    try {
      Histogram durations = uncompressed(buffer);
      Histogram inits = uncompressed(buffer);
      Minute minute = new Minute(durations, inits);
      minute.invocations = counters[0];
      minute.running = counters[1];
      minute.errors = counters[2];
      minute.timeouts = counters[3];
      minute.crashes = counters[4];
      minute.coldStarts = counters[5];
      minute.throttled = counters[6];
      minute.throttlesMet = counters[7];
      minute.failedStarts = counters[8];
      return minute;
    } catch (DataFormatException e) {
      throw new IllegalStateException("A rollup in the store is damaged", e);
    }
  }
}
