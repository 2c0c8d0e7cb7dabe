package dev.thaw.agent.invocation;

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

  private static final ProcFile PROCESS = new ProcFile("/proc/self/stat");

  /** Of the thread that asks first: the one whose invocations are measured. */
  private static final ProcFile HANDLER = new ProcFile("/proc/thread-self/schedstat");

  private static @Nullable JvmCounters counters;
  private static boolean soughtCounters;

  /** CPU time of the whole process, nanoseconds in steps of 10 ms; -1 when it can't be read. */
  public final long cpuNs;

  /** CPU time of the handler's thread, nanoseconds; -1 when it can't be read. */
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

  /** Up to now; to be called by the handler's thread. */
  public static Usage now() {
    JvmCounters known = counters();
    Runtime runtime = Runtime.getRuntime();
    // utime and stime are fields 14 and 15; what follows the name in brackets is the third.
    long ticks = PROCESS.sum(')', 11, 2);
    return new Usage(
        ticks < 0 ? -1 : ticks * NS_PER_TICK,
        HANDLER.sum((char) 0, 0, 1),
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
}
