package dev.thaw.collector.rollup;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What ended of one version of a function in a minute or an hour: counters, and durations to three
 * digits, from a microsecond up, those of warm and of cold invocations apart; how much of their
 * time and memory they used, and what they cost. What was added can be taken out again, because a
 * final record replaces a provisional one; it may be what changed, too, and take out what another
 * one holds. Not thread-safe.
 */
public final class Bucket extends Counters implements Measures {

  public static final long MINUTE_NS = 60_000_000_000L;

  /** What is billed by time, and dead letters. */
  private static final int NUMBERS_AT_THE_END = 2;

  private Values warm = new Values();
  private Values inits = new Values();
  private Values cold = new Values();

  /** Share of the time that was allowed, whole percent. */
  private Values timeUsed = new Values();

  /** Share of the memory that is configured, whole percent. */
  private Values memoryUsed = new Values();

  /** How long the oldest message of each waited, microseconds. */
  private Values waits = new Values();

  /** Megabytes times milliseconds, as they are billed. */
  private long billedMbMs;

  private long deadLetters;

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
    deadLetters += by * invocation.deadLetters();
    if (invocation.queueWaitNs() > 0) {
      waits.add(micros(invocation.queueWaitNs()), by);
    }
    if (invocation.outcome() != Outcome.RUNNING) {
      (invocation.cold() ? cold : warm).add(micros(invocation.durationNs()), by);
      addUse(invocation, by);
    }
    if (invocation.cold() && invocation.initNs() > 0) {
      inits.add(micros(invocation.initNs()), by);
    }
  }

  private void addUse(Invocation invocation, int by) {
    if (invocation.timeoutNs() > 0) {
      timeUsed.add(percent(invocation.durationNs(), invocation.timeoutNs()), by);
    }
    if (invocation.memoryLimit() > 0) {
      if (invocation.memoryUsed() > 0) {
        memoryUsed.add(percent(invocation.memoryUsed(), invocation.memoryLimit()), by);
      }
      // The init of a cold start is billed, and each begun millisecond.
      long ns = invocation.durationNs() + (invocation.cold() ? invocation.initNs() : 0);
      billedMbMs += by * (Math.max(0, ns) + 999_999) / 1_000_000 * (invocation.memoryLimit() >> 20);
    }
  }

  private static long percent(long part, long of) {
    return Math.max(0, Math.round(100.0 * part / of));
  }

  /** What both hold together. */
  public void add(Bucket other) {
    add(other, 1);
  }

  /** Takes out what {@link #add(Bucket)} put in. */
  public void remove(Bucket other) {
    add(other, -1);
  }

  private void add(Bucket other, int by) {
    readValues();
    other.readValues();
    addCounters(other, by);
    warm.add(other.warm, by);
    inits.add(other.inits, by);
    cold.add(other.cold, by);
    timeUsed.add(other.timeUsed, by);
    memoryUsed.add(other.memoryUsed, by);
    waits.add(other.waits, by);
    billedMbMs += by * other.billedMbMs;
    deadLetters += by * other.deadLetters;
  }

  @Override
  public long durationAt(double percentile) {
    return warm().at(percentile, cold());
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
    return waits().at(percentile);
  }

  @Override
  public long timeUsedAt(double percentile) {
    return timeUsed().at(percentile);
  }

  @Override
  public long memoryUsedAt(double percentile) {
    return memoryUsed().at(percentile);
  }

  @Override
  public long billedMbMs() {
    readValues();
    return billedMbMs;
  }

  @Override
  public long deadLetters() {
    readValues();
    return deadLetters;
  }

  Values warm() {
    readValues();
    return warm;
  }

  Values cold() {
    readValues();
    return cold;
  }

  Values inits() {
    readValues();
    return inits;
  }

  Values waits() {
    readValues();
    return waits;
  }

  Values timeUsed() {
    readValues();
    return timeUsed;
  }

  Values memoryUsed() {
    readValues();
    return memoryUsed;
  }

  private static long micros(long ns) {
    return Math.max(0, ns / 1000);
  }

  /** How many invocations took so long, or shorter; microseconds. */
  public long durationsOfAtMost(long micros) {
    return warm().atMost(micros) + cold().atMost(micros);
  }

  /** How many cold starts took so long to start, or shorter; microseconds. */
  public long initsOfAtMost(long micros) {
    return inits().atMost(micros);
  }

  /** How long all inits took together, microseconds, to three digits each. */
  public long initMicros() {
    return inits().sum();
  }

  /** How long all invocations took together, microseconds, to three digits each. */
  public long tookMicros() {
    readValues();
    return warm.sum() + cold.sum();
  }

  /**
   * Straight from the bytes, when that is what there is: over a day there are millions.
   *
   * @return as {@link #billedMbMs}
   */
  long addTo(Tally ofWarm, Tally ofCold, Tally ofInits) {
    byte[] bytes = encoded;
    if (bytes == null) {
      warm.addTo(ofWarm);
      cold.addTo(ofCold);
      inits.addTo(ofInits);
      return billedMbMs;
    }
    try {
      Encoded from = new Encoded(bytes).skip(BYTES);
      from.addTo(ofWarm);
      from.addTo(ofInits);
      if (from.hasMore()) {
        from.addTo(ofCold);
      }
      if (!from.hasMore()) {
        return 0;
      }
      from.skipToLast(NUMBERS_AT_THE_END);
      return from.zigzag();
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  /**
   * The bytes that {@link #decode} reads: the counters, then what the overview reads (warm
   * durations, inits, cold ones), then the rest.
   */
  public byte[] encode() {
    readValues();
    ByteBuffer buffer =
        ByteBuffer.allocate(
            1
                + BYTES
                + warm.mostBytes()
                + inits.mostBytes()
                + cold.mostBytes()
                + timeUsed.mostBytes()
                + memoryUsed.mostBytes()
                + waits.mostBytes()
                + 2 * Values.LONGEST_VARINT);
    buffer.put(Encoded.OF_PLACES);
    write(buffer);
    warm.write(buffer);
    inits.write(buffer);
    cold.write(buffer);
    timeUsed.write(buffer);
    memoryUsed.write(buffer);
    waits.write(buffer);
    Values.zigzag(buffer, billedMbMs);
    Values.zigzag(buffer, deadLetters);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /**
   * Of those that an earlier version wrote, all durations are taken for warm ones, because it did
   * not tell them apart; and what came in a later version is not there.
   *
   * @param bytes what {@link #encode} wrote; not to be changed
   * @throws IllegalStateException when they are something else; of the durations it is seen when
   *     they are needed
   */
  public static Bucket decode(byte[] bytes) {
    Bucket bucket = new Bucket();
    try {
      bucket.read(new Encoded(bytes).fixed(BYTES));
    } catch (IndexOutOfBoundsException e) {
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
      Encoded from = new Encoded(bytes).skip(BYTES);
      warm = Values.read(from);
      inits = Values.read(from);
      cold = from.hasMore() ? Values.read(from) : new Values();
      if (from.hasMore()) {
        timeUsed = Values.read(from);
        memoryUsed = Values.read(from);
        waits = Values.read(from);
        billedMbMs = from.zigzag();
        deadLetters = from.zigzag();
      }
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
    encoded = null;
  }

  private static IllegalStateException damaged(RuntimeException why) {
    return new IllegalStateException("A rollup in the store is damaged", why);
  }
}
