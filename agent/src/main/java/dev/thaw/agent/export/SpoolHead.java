package dev.thaw.agent.export;

import dev.thaw.agent.log.Log;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of the spool's file: how the invocation stands that is running.
 *
 * <p>A line of text that names the format, a digit, and two places for a line each; the digit says
 * which of the two counts. What is new goes to the other one, and the digit changes last, so that a
 * kill at any moment leaves the one or the other. Stored into memory that is mapped to the file: an
 * invocation begins on the handler's own time, and a write there costs as much as everything else
 * together. Not thread-safe.
 */
final class SpoolHead {

  static final int LENGTH = 512;

  private static final String MAGIC = "thaw-spool 2\n";
  private static final int DIGIT = 15;
  private static final int FIRST_PLACE = 16;
  private static final int PLACE = (LENGTH - FIRST_PLACE) / 2;

  /** No place is left for one that is longer. */
  private static final int LONGEST_ID = PLACE / 2;

  /** The head as it is, or is to be: kept, so that a mark makes no garbage. */
  final byte[] bytes = new byte[LENGTH];

  private @Nullable ByteBuffer mapped;
  private @Nullable RandomAccessFile file;

  /** Which place counts in the file. */
  private int placeInFile;

  private int at;

  SpoolHead() {
    put(MAGIC);
    set(null, "");
  }

  /**
   * Stores into the file from now on, where that is safe.
   *
   * @param opened file that has at least the head's length
   */
  void map(RandomAccessFile opened, File folder) {
    try {
      if (Mounts.changeInPlace(folder)) {
        mapped = opened.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
        file = opened;
      }
    } catch (IOException | RuntimeException e) {
      // Not every file can be.
      Log.debug("the spool can't be mapped, it is written to:", e.toString());
    }
  }

  /** Says how it stands, but not in the file yet; null for no invocation. */
  void set(Spool.@Nullable Mark mark, String state) {
    int place = 1 - placeInFile;
    at = FIRST_PLACE + place * PLACE;
    if (mark != null && mark.requestId.length() < LONGEST_ID) {
      put(state);
      put(" ");
      put(mark.requestId);
      put(" ");
      put(mark.startEpochNs);
      put(" ");
      put(mark.untilEpochNs);
      if (!mark.spanId.isEmpty()) {
        put(" ");
        put(mark.traceId);
        put(" ");
        put(mark.spanId);
      }
    }
    put("\n");
    bytes[DIGIT] = (byte) ('0' + place);
  }

  private void put(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes[at++] = (byte) (c < 128 ? c : '?');
    }
  }

  private void put(long number) {
    long divisor = 1;
    while (number / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      bytes[at++] = (byte) ('0' + number / divisor % 10);
    }
  }

  /**
   * Stores what was set.
   *
   * @return false when the file is not mapped, or not any more, and is to be written to
   */
  boolean store() {
    ByteBuffer to = mapped;
    RandomAccessFile known = file;
    if (to == null || known == null) {
      return false;
    }
    try {
      // Somebody may have cut the file off. The JVM's error for a page that is not there comes
      // late, and would reach the application.
      if (known.length() >= LENGTH) {
        // Byte by byte: what is called often is compiled long before a function is warm.
        for (int i = FIRST_PLACE + (1 - placeInFile) * PLACE; i < at; i++) {
          to.put(i, bytes[i]);
        }
        VarHandle.releaseFence();
        to.put(DIGIT, bytes[DIGIT]);
        isInFile();
        return true;
      }
    } catch (IOException e) {
      Log.debug("the spool can't be looked at:", e.toString());
    }
    mapped = null;
    return false;
  }

  /**
   * Says that nothing is running, if that is possible, and has nothing to do with the file then.
   */
  void release() {
    set(null, "");
    store();
    mapped = null;
  }

  /** The bytes are in the file. */
  void isInFile() {
    placeInFile = bytes[DIGIT] - '0';
  }

  /** Whether what is set says that no invocation is running. */
  boolean isEmpty() {
    return bytes[FIRST_PLACE + (bytes[DIGIT] - '0') * PLACE] == '\n';
  }

  /** Whether it is the head of a spool. */
  static boolean isHead(byte[] found) {
    return new String(found, StandardCharsets.ISO_8859_1).startsWith(MAGIC);
  }

  /** What a head says that {@link #isHead} is true for. */
  static Spool.@Nullable Mark read(byte[] found) {
    int from = FIRST_PLACE + (found[DIGIT] == '1' ? PLACE : 0);
    String text = new String(found, from, PLACE, StandardCharsets.ISO_8859_1);
    String[] words = text.substring(0, Math.max(0, text.indexOf('\n'))).split(" ");
    if (words.length < 4) {
      return null;
    }
    try {
      boolean known = words.length > 5;
      return new Spool.Mark(
          words[0],
          words[1],
          Long.parseLong(words[2]),
          Long.parseLong(words[3]),
          known ? words[4] : "",
          known ? words[5] : "");
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
