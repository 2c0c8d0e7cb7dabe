package dev.thaw.collector.rollup;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * What one function did in one minute: counters, and durations to three digits, from a microsecond
 * up. What was added can be taken out again, because a final record replaces a provisional one; it
 * may be what changed, too, and take out what another one holds. Not thread-safe.
 */
public final class Minute extends Counters {

  public static final long LENGTH_NS = 60_000_000_000L;

  private final Values durations;
  private final Values inits;

  public Minute() {
    this(new Values(), new Values());
  }

  private Minute(Values durations, Values inits) {
    this.durations = durations;
    this.inits = inits;
  }

  /** The minute that a moment belongs to, in minutes since the Unix epoch. */
  public static long of(long epochNs) {
    return Math.floorDiv(epochNs, LENGTH_NS);
  }

  public void add(Invocation invocation) {
    change(invocation, 1);
  }

  /** Takes out what {@link #add} put in. */
  public void remove(Invocation invocation) {
    change(invocation, -1);
  }

  private void change(Invocation invocation, int by) {
    count(invocation, by);
    if (invocation.outcome().isOfStart()) {
      return;
    }
    if (invocation.outcome() != Outcome.RUNNING) {
      durations.add(micros(invocation.durationNs()), by);
    }
    if (invocation.cold() && invocation.initNs() > 0) {
      inits.add(micros(invocation.initNs()), by);
    }
  }

  /** What both hold together. */
  public void add(Minute other) {
    addCounters(other);
    durations.add(other.durations);
    inits.add(other.inits);
  }

  private static long micros(long ns) {
    return Math.max(0, ns / 1000);
  }

  void addTo(Histogram ofDurations, Histogram ofInits) {
    durations.addTo(ofDurations);
    inits.addTo(ofInits);
  }

  /** The bytes that {@link #decode} reads: the counters, then durations and inits. */
  public byte[] encode() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES + durations.mostBytes() + inits.mostBytes());
    write(buffer);
    durations.write(buffer);
    inits.write(buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /**
   * @throws IllegalStateException when the bytes are not what {@link #encode} wrote
   */
  public static Minute decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      buffer.position(BYTES);
      Minute minute = new Minute(Values.read(buffer), Values.read(buffer));
      minute.read(buffer.rewind());
      return minute;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IllegalStateException("A rollup in the store is damaged", e);
    }
  }
}
