package dev.thaw.agent.invocation;

import java.io.FileInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the process has used up to a moment, or between two. Immutable.
 *
 * <p>Read from files (proc(5), and the JVM's own counters) and not from the management beans, which
 * load hundreds of classes.
 */
public final class Usage {

  /** USER_HZ, which is 100 on every Linux that runs functions. */
  private static final long NS_PER_TICK = 10_000_000L;

  private static @Nullable JvmCounters counters;
  private static boolean soughtCounters;

  /** CPU time of the whole process, nanoseconds in steps of 10 ms; -1 when it can't be read. */
  public final long cpuNs;

  /** CPU time of the calling thread, nanoseconds; -1 when it can't be read. */
  public final long threadCpuNs;

  /** Bytes of the heap in use, garbage included. */
  public final long heapBytes;

  /** Collections; -1 when the JVM keeps no counters. */
  public final long gcCount;

  /** Time in collections, nanoseconds; -1 when the JVM keeps no counters. */
  public final long gcNs;

  private Usage(long cpuNs, long threadCpuNs, long heapBytes, long gcCount, long gcNs) {
    this.cpuNs = cpuNs;
    this.threadCpuNs = threadCpuNs;
    this.heapBytes = heapBytes;
    this.gcCount = gcCount;
    this.gcNs = gcNs;
  }

  /** Up to now; for the calling thread. */
  public static Usage now() {
    JvmCounters known = counters();
    Runtime runtime = Runtime.getRuntime();
    return new Usage(
        processCpuNs(),
        firstNumber("/proc/thread-self/schedstat"),
        runtime.totalMemory() - runtime.freeMemory(),
        known == null ? -1 : known.gcCount(),
        known == null ? -1 : known.gcNs());
  }

  /** Between an earlier moment and this one; the heap is what it is at this one. */
  public Usage since(Usage earlier) {
    return new Usage(
        difference(cpuNs, earlier.cpuNs),
        difference(threadCpuNs, earlier.threadCpuNs),
        heapBytes,
        difference(gcCount, earlier.gcCount),
        difference(gcNs, earlier.gcNs));
  }

  private static long difference(long now, long then) {
    return now < 0 || then < 0 ? -1 : Math.max(0, now - then);
  }

  private static synchronized @Nullable JvmCounters counters() {
    if (!soughtCounters) {
      soughtCounters = true;
      counters = JvmCounters.open();
    }
    return counters;
  }

  private static long processCpuNs() {
    byte[] bytes = new byte[512];
    int length = read("/proc/self/stat", bytes);
    // The second field is the program's name in brackets and may hold spaces.
    int at = length - 1;
    while (at >= 0 && bytes[at] != ')') {
      at--;
    }
    // utime and stime are fields 14 and 15; the third is two bytes after the bracket.
    at += 2;
    for (int field = 3; field < 14 && at < length; field++) {
      while (at < length && bytes[at] != ' ') {
        at++;
      }
      at++;
    }
    long ticks = 0;
    for (int field = 0; field < 2; field++) {
      long value = 0;
      if (at >= length || at < 2) {
        return -1;
      }
      for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
        value = value * 10 + (bytes[at] - '0');
      }
      ticks += value;
      at++;
    }
    return ticks * NS_PER_TICK;
  }

  private static long firstNumber(String file) {
    byte[] bytes = new byte[64];
    int length = read(file, bytes);
    long value = 0;
    for (int i = 0; i < length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      value = value * 10 + (bytes[i] - '0');
    }
    return length <= 0 ? -1 : value;
  }

  private static int read(String file, byte[] into) {
    try (FileInputStream in = new FileInputStream(file)) {
      return in.read(into);
    } catch (IOException e) {
      return -1;
    }
  }
}
