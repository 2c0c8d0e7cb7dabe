package dev.thaw.collector.rollup;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one version of a function did in a minute or an hour: counters, and durations to three
 * digits, from a microsecond up, those of warm and of cold invocations apart. What was added can be
 * taken out again, because a final record replaces a provisional one; it may be what changed, too,
 * and take out what another one holds. Not thread-safe.
 */
public final class Bucket extends Counters {

  public static final long MINUTE_NS = 60_000_000_000L;

  private Values warm = new Values();
  private Values inits = new Values();
  private Values cold = new Values();

  /** What {@link #decode} was given, as long as only the counters are read; null then. */
  private byte @Nullable [] encoded;

  /** The minute that a moment belongs to, in minutes since the Unix epoch. */
  public static long minuteOf(long epochNs) {
    return Math.floorDiv(epochNs, MINUTE_NS);
  }

  public void add(Invocation invocation) {
    change(invocation, 1);
  }

  /** Takes out what {@link #add} put in. */
  public void remove(Invocation invocation) {
    change(invocation, -1);
  }

  private void change(Invocation invocation, int by) {
    readValues();
    count(invocation, by);
    if (invocation.outcome().isOfStart()) {
      return;
    }
    if (invocation.outcome() != Outcome.RUNNING) {
      (invocation.cold() ? cold : warm).add(micros(invocation.durationNs()), by);
    }
    if (invocation.cold() && invocation.initNs() > 0) {
      inits.add(micros(invocation.initNs()), by);
    }
  }

  /** What both hold together. */
  public void add(Bucket other) {
    readValues();
    other.readValues();
    addCounters(other);
    warm.add(other.warm);
    inits.add(other.inits);
    cold.add(other.cold);
  }

  private static long micros(long ns) {
    return Math.max(0, ns / 1000);
  }

  /** Straight from the bytes, when that is what there is: over a day there are millions. */
  void addTo(Histogram ofWarm, Histogram ofCold, Histogram ofInits) {
    byte[] bytes = encoded;
    if (bytes == null) {
      warm.addTo(ofWarm);
      cold.addTo(ofCold);
      inits.addTo(ofInits);
      return;
    }
    try {
      Encoded from = new Encoded(bytes, BYTES);
      Values.readInto(ofWarm, from);
      Values.readInto(ofInits, from);
      if (from.hasMore()) {
        Values.readInto(ofCold, from);
      }
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  /** The bytes that {@link #decode} reads: the counters, then warm durations, inits, cold ones. */
  public byte[] encode() {
    readValues();
    ByteBuffer buffer =
        ByteBuffer.allocate(BYTES + warm.mostBytes() + inits.mostBytes() + cold.mostBytes());
    write(buffer);
    warm.write(buffer);
    inits.write(buffer);
    cold.write(buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /**
   * Of those that an earlier version wrote, all durations are taken for warm ones: it did not tell
   * them apart.
   *
   * @param bytes what {@link #encode} wrote; not to be changed
   * @throws IllegalStateException when they are something else; of the durations it is seen when
   *     they are needed
   */
  public static Bucket decode(byte[] bytes) {
    Bucket bucket = new Bucket();
    try {
      bucket.read(ByteBuffer.wrap(bytes));
    } catch (BufferUnderflowException e) {
      throw damaged(e);
    }
    bucket.encoded = bytes;
    return bucket;
  }

  private void readValues() {
    byte[] bytes = encoded;
    if (bytes == null) {
      return;
    }
    try {
      Encoded from = new Encoded(bytes, BYTES);
      warm = Values.read(from);
      inits = Values.read(from);
      cold = from.hasMore() ? Values.read(from) : new Values();
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
    encoded = null;
  }

  private static IllegalStateException damaged(RuntimeException why) {
    return new IllegalStateException("A rollup in the store is damaged", why);
  }
}
