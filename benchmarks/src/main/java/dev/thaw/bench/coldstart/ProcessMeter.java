package dev.thaw.bench.coldstart;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What another process of ours has used so far, as the kernel counts it. */
public final class ProcessMeter {

  private static final long PAGE_BYTES = 4096;

  /** The clock of a process's CPU time, CPUCLOCK_SCHED in the kernel's posix-timers.h. */
  private static final int SCHEDULER_CLOCK = 2;

  private ProcessMeter() {}

  /** The part of the C library that is needed. */
  interface CLibrary extends Library {
    CLibrary C = Native.load("c", CLibrary.class);

    int clock_gettime(int clock, Timespec time);
  }

  /** struct timespec. */
  @Structure.FieldOrder({"seconds", "nanos"})
  public static final class Timespec extends Structure {
    public long seconds;
    public long nanos;
  }

  /**
   * CPU time of all threads, also of those that have ended, nanoseconds: /proc counts in ticks of
   * 10 ms, which is too coarse here.
   */
  public static long cpuNs(long pid) {
    Timespec time = new Timespec();
    int clock = ((int) ~pid << 3) | SCHEDULER_CLOCK;
    if (CLibrary.C.clock_gettime(clock, time) != 0) {
      throw new IllegalStateException("The CPU clock of process " + pid + " can't be read");
    }
    return time.seconds * 1_000_000_000L + time.nanos;
  }

  /** Resident memory, bytes. */
  public static long residentBytes(long pid) throws IOException {
    String[] pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ");
    return Long.parseLong(pages[1]) * PAGE_BYTES;
  }
}
