package dev.thaw.agent.invocation;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/**
 * A small file of proc(5) that is read again and again: it stays open, and its numbers are read
 * without making text of them. Thread-safe.
 *
 * <p>A file under {@code /proc/thread-self} is the one of the thread that opened it.
 */
public final class ProcFile {

  private final @Nullable RandomAccessFile file;
  private final byte[] bytes = new byte[512];

  public ProcFile(String path) {
    RandomAccessFile opened = null;
    try {
      opened = new RandomAccessFile(path, "r");
    } catch (IOException e) {
      // Not on this system, or not for this user: its numbers are not known.
      opened = null;
    }
    file = opened;
  }

  /**
   * Some of the numbers in it, added up.
   *
   * @param after where counting begins: behind the last of this character, or at the file's begin
   *     for 0
   * @param first the first field that counts, from 0; fields end with a space
   * @param count how many
   * @return -1 when it can't be read
   */
  public synchronized long sum(char after, int first, int count) {
    int length = read();
    int at = 0;
    if (after != 0) {
      for (int i = 0; i < length; i++) {
        if (bytes[i] == after) {
          at = i + 2;
        }
      }
    }
    for (int field = 0; field < first && at < length; at++) {
      if (bytes[at] == ' ') {
        field++;
      }
    }
    long sum = 0;
    for (int field = 0; field < count; field++) {
      if (at >= length) {
        return -1;
      }
      long value = 0;
      for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
        value = value * 10 + (bytes[at] - '0');
      }
      sum += value;
      at++;
    }
    return sum;
  }

  private int read() {
    RandomAccessFile known = file;
    if (known == null) {
      return -1;
    }
    try {
      known.seek(0);
      return known.read(bytes, 0, bytes.length);
    } catch (IOException e) {
      return -1;
    }
  }
}
