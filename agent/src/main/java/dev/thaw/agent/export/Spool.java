package dev.thaw.agent.export;

import dev.thaw.agent.log.Log;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the collector has not confirmed, in a file in the environment's temporary folder: the
 * process may be killed at any moment, and the folder outlives it. The next process of the same
 * environment sends what it finds.
 *
 * <p>The file is a line of text that says what was running, 256 bytes long, and then parcels: their
 * length, CRC-32 and bytes; a length of 0 ends them. Written without fsync: a killed process leaves
 * the kernel's pages behind, and an environment that loses its machine has no next process. Where
 * the folder can't be written to, there is no spool. Thread-safe; never throws.
 */
final class Spool {

  static final String FILE = "thaw-spool";

  private static final String MAGIC = "thaw-spool 1";
  private static final int HEAD = 256;
  private static final int FRAME_HEAD = 8;

  /** An empty file that grew longer than this is shortened. */
  private static final long LONGEST_EMPTY = 256 * 1024L;

  /** What an earlier process of this environment left behind. Immutable. */
  static final class Legacy {
    /** The invocation in which it was killed, as far as known; else empty. */
    final String requestId;

    /** {@code timeout}, {@code running}, or empty. */
    final String state;

    final List<Parcel> parcels;

    Legacy(String requestId, String state, List<Parcel> parcels) {
      this.requestId = requestId;
      this.state = state;
      this.parcels = parcels;
    }
  }

  private @Nullable RandomAccessFile file;
  private final Legacy legacy;

  // What is in the file, and where each parcel begins.
  private final List<Parcel> inFile = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();
  private boolean marked;

  /**
   * @param folder where the file lies; empty for no spool
   * @param mostBytes how much of an earlier process's leftovers is read
   */
  Spool(String folder, long mostBytes) {
    Legacy found = new Legacy("", "", new ArrayList<Parcel>());
    if (!folder.isEmpty()) {
      try {
        RandomAccessFile opened = new RandomAccessFile(new File(folder, FILE), "rw");
        file = opened;
        found = read(opened, mostBytes);
        rewriteHead("", "");
        if (found.parcels.isEmpty()) {
          write(HEAD, new byte[4]);
        }
        long at = HEAD;
        for (int i = 0; i < found.parcels.size(); i++) {
          inFile.add(found.parcels.get(i));
          offsets.add(at);
          at += FRAME_HEAD + found.parcels.get(i).bytes.length;
        }
      } catch (IOException | RuntimeException e) {
        give(e);
      }
    }
    legacy = found;
  }

  Legacy legacy() {
    return legacy;
  }

  private static Legacy read(RandomAccessFile from, long mostBytes) throws IOException {
    List<Parcel> parcels = new ArrayList<>();
    long length = from.length();
    if (length < HEAD) {
      return new Legacy("", "", parcels);
    }
    byte[] head = new byte[HEAD];
    from.readFully(head);
    String text = new String(head, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    if (end < 0 || !text.startsWith(MAGIC)) {
      return new Legacy("", "", parcels);
    }
    long at = HEAD;
    CRC32 crc = new CRC32();
    while (at + FRAME_HEAD <= length) {
      int size = from.readInt();
      int sum = from.readInt();
      if (size <= 0 || at + FRAME_HEAD + size > length || at + size > HEAD + mostBytes) {
        break;
      }
      byte[] bytes = new byte[size];
      from.readFully(bytes);
      crc.reset();
      crc.update(bytes, 0, size);
      if ((int) crc.getValue() != sum) {
        // Killed in the middle of writing it; what follows is older than it.
        break;
      }
      parcels.add(new Parcel(bytes, "", ""));
      at += FRAME_HEAD + size;
    }
    String[] words = text.substring(0, end).split(" ");
    return words.length < 4 ? new Legacy("", "", parcels) : new Legacy(words[3], words[2], parcels);
  }

  /**
   * Says in the file what is running, for the next process to find.
   *
   * @param state {@code running} or {@code timeout}
   */
  synchronized void mark(String state, String requestId) {
    marked = true;
    rewriteHead(state, requestId);
  }

  /** Nothing is running that was marked. */
  synchronized void unmark() {
    if (marked) {
      marked = false;
      rewriteHead("", "");
    }
  }

  /** Makes the file hold exactly these. */
  synchronized void keep(List<Parcel> parcels) {
    RandomAccessFile to = file;
    if (to == null || parcels.isEmpty() && inFile.isEmpty()) {
      return;
    }
    try {
      int same = 0;
      while (same < inFile.size()
          && same < parcels.size()
          && inFile.get(same) == parcels.get(same)) {
        same++;
      }
      if (same == inFile.size() && same == parcels.size()) {
        return;
      }
      long at = same < inFile.size() ? offsets.get(same) : end();
      for (int i = inFile.size() - 1; i >= same; i--) {
        inFile.remove(i);
        offsets.remove(i);
      }
      append(parcels, same, at);
      if (inFile.isEmpty() && to.length() > LONGEST_EMPTY) {
        to.setLength(HEAD);
      }
    } catch (IOException | RuntimeException e) {
      give(e);
    }
  }

  private long end() {
    int last = inFile.size() - 1;
    return last < 0 ? HEAD : offsets.get(last) + FRAME_HEAD + inFile.get(last).bytes.length;
  }

  /** One write, so that a kill leaves all of it or nothing. */
  private void append(List<Parcel> parcels, int from, long at) throws IOException {
    int size = 4;
    for (int i = from; i < parcels.size(); i++) {
      size += FRAME_HEAD + parcels.get(i).bytes.length;
    }
    byte[] frames = new byte[size];
    int to = 0;
    CRC32 crc = new CRC32();
    for (int i = from; i < parcels.size(); i++) {
      Parcel parcel = parcels.get(i);
      crc.reset();
      crc.update(parcel.bytes, 0, parcel.bytes.length);
      putInt(frames, to, parcel.bytes.length);
      putInt(frames, to + 4, (int) crc.getValue());
      System.arraycopy(parcel.bytes, 0, frames, to + FRAME_HEAD, parcel.bytes.length);
      inFile.add(parcel);
      offsets.add(at + to);
      to += FRAME_HEAD + parcel.bytes.length;
    }
    write(at, frames);
  }

  private static void putInt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  private void write(long at, byte[] bytes) throws IOException {
    RandomAccessFile to = file;
    if (to != null) {
      to.seek(at);
      to.write(bytes);
    }
  }

  private void rewriteHead(String state, String requestId) {
    try {
      StringBuilder text = new StringBuilder(HEAD);
      text.append(MAGIC);
      if (!state.isEmpty() && requestId.length() < HEAD / 2) {
        text.append(' ').append(state).append(' ').append(requestId);
      }
      text.append('\n');
      while (text.length() < HEAD) {
        text.append(' ');
      }
      write(0, text.toString().getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException | RuntimeException e) {
      give(e);
    }
  }

  /** A read-only or full folder: what waits is in memory only. */
  private void give(Throwable why) {
    Log.debug("no spool, what waits is in memory only:", why.toString());
    RandomAccessFile open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It was of no use anyway.
      }
    }
  }
}
