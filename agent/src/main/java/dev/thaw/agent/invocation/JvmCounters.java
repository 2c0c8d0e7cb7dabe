package dev.thaw.agent.invocation;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/**
 * The counters that HotSpot keeps in a file (hsperfdata, version 2.0: perfMemory.hpp in the JDK's
 * sources), as jstat reads them. Thread-safe.
 *
 * <p>Not there with {@code -XX:-UsePerfData} or without a writable {@code /tmp}.
 */
final class JvmCounters {

  private static final int MOST_BYTES = 1024 * 1024;
  private static final int MOST_COLLECTORS = 2;

  private final RandomAccessFile file;
  private final byte[] known;
  private final boolean littleEndian;
  private final int[] times = new int[MOST_COLLECTORS];
  private final int[] counts = new int[MOST_COLLECTORS];
  private int frequency;

  private JvmCounters(RandomAccessFile file, byte[] known) {
    this.file = file;
    this.known = known;
    littleEndian = known[4] == 1;
  }

  /** Null when there are none. */
  static @Nullable JvmCounters open() {
    try {
      String user = System.getProperty("user.name", "");
      RandomAccessFile file =
          new RandomAccessFile(
              "/tmp/hsperfdata_" + user + "/" + ProcessHandle.current().pid(), "r");
      byte[] bytes = new byte[(int) Math.min(MOST_BYTES, file.length())];
      file.readFully(bytes);
      JvmCounters counters = new JvmCounters(file, bytes);
      if (counters.find()) {
        return counters;
      }
      file.close();
      return null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** Looks the counters up by name, once: their places don't change. */
  private boolean find() {
    int entry = u4(24);
    int entries = u4(28);
    for (int i = 0; i < entries; i++) {
      int name = entry + u4(entry + 4);
      int data = entry + u4(entry + 16);
      for (int c = 0; c < MOST_COLLECTORS; c++) {
        if (is(name, "sun.gc.collector.", c, ".time")) {
          times[c] = data;
        } else if (is(name, "sun.gc.collector.", c, ".invocations")) {
          counts[c] = data;
        }
      }
      if (is(name, "sun.os.hrt.frequency", -1, "")) {
        frequency = data;
      }
      entry += u4(entry);
    }
    return frequency > 0 && times[0] > 0 && counts[0] > 0;
  }

  private boolean is(int at, String before, int number, String after) {
    int end = follow(at, before);
    if (number >= 0 && end >= 0) {
      end = known[end] == (byte) ('0' + number) ? follow(end + 1, after) : -1;
    }
    return end >= 0 && known[end] == 0;
  }

  /** Where a text that stands there ends; -1 when another one does. */
  private int follow(int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (known[at + i] != (byte) text.charAt(i)) {
        return -1;
      }
    }
    return at + text.length();
  }

  private int u4(int at) {
    int value =
        (known[at] & 0xff) << 24
            | (known[at + 1] & 0xff) << 16
            | (known[at + 2] & 0xff) << 8
            | known[at + 3] & 0xff;
    return littleEndian ? Integer.reverseBytes(value) : value;
  }

  synchronized long gcCount() {
    return sum(counts);
  }

  synchronized long gcNs() {
    long ticks = sum(times);
    long perSecond = value(frequency);
    return ticks < 0 || perSecond <= 0 ? -1 : (long) (ticks * (1e9 / perSecond));
  }

  private long sum(int[] places) {
    long sum = 0;
    for (int i = 0; i < places.length; i++) {
      if (places[i] > 0) {
        long value = value(places[i]);
        if (value < 0) {
          return -1;
        }
        sum += value;
      }
    }
    return sum;
  }

  private long value(int place) {
    try {
      file.seek(place);
      long value = file.readLong();
      return littleEndian ? Long.reverseBytes(value) : value;
    } catch (IOException e) {
      return -1;
    }
  }
}
