package dev.thaw.agent.export;

import dev.thaw.agent.invocation.ProcFile;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel knows of this process (proc(5)), by plain file reads: the management beans would
 * load hundreds of classes.
 */
final class ProcessFacts {

  /** USER_HZ, which is 100 on every Linux that runs functions. */
  private static final double TICKS_PER_SECOND = 100;

  private static final long PAGE_BYTES = 4096;
  private static final ProcFile MEMORY = new ProcFile("/proc/self/statm");

  private ProcessFacts() {}

  /**
   * How long ago the process was started, nanoseconds, to some 10 ms.
   *
   * @return -1 where /proc can't be read
   */
  static long ageNs() {
    try {
      String stat = read("/proc/self/stat");
      // The second field is the program's name in brackets and may hold spaces.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double started = Long.parseLong(fields[19]) / TICKS_PER_SECOND;
      String uptime = read("/proc/uptime");
      double now = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
      return (long) ((now - started) * 1e9);
    } catch (IOException | RuntimeException e) {
      return -1;
    }
  }

  /**
   * Resident memory in bytes.
   *
   * @return -1 where /proc can't be read
   */
  static long residentBytes() {
    long pages = MEMORY.sum((char) 0, 1, 1);
    return pages < 0 ? -1 : pages * PAGE_BYTES;
  }

  private static String read(String path) throws IOException {
    try (FileInputStream in = new FileInputStream(path)) {
      byte[] bytes = new byte[1024];
      int length = in.read(bytes);
      return new String(bytes, 0, Math.max(0, length), StandardCharsets.ISO_8859_1).trim();
    }
  }
}
