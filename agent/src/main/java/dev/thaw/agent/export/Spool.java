package dev.thaw.agent.export;

import dev.thaw.agent.log.Log;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the collector has not confirmed, in a file in the environment's temporary folder: the
 * process may be killed at any moment, and the folder outlives it. The next process of the same
 * environment sends what it finds.
 *
 * <p>The file is a {@link SpoolHead}, which says what is running, and then parcels: their length,
 * CRC-32 and bytes; a length of 0 ends them. Written without fsync: a killed process leaves the
 * kernel's pages behind, and an environment that loses its machine has no next process. Where the
 * folder can't be written to, there is no spool. Thread-safe; never throws.
 */
final class Spool {

  static final String FILE = "thaw-spool";

  private static final int HEAD = SpoolHead.LENGTH;
  private static final int FRAME_HEAD = 8;

  /** An empty file that grew longer than this is shortened. */
  private static final long LONGEST_EMPTY = 256 * 1024L;

  /** What an earlier process of this environment left behind. Immutable. */
  static final class Legacy {
    /** The invocation in which it was killed; null when it was in none. */
    final @Nullable Mark mark;

    final List<Parcel> parcels;

    Legacy(@Nullable Mark mark, List<Parcel> parcels) {
      this.mark = mark;
      this.parcels = parcels;
    }

    static Legacy none() {
      return new Legacy(null, new ArrayList<Parcel>());
    }
  }

  /** How the invocation stands that is running. Immutable. */
  static final class Mark {
    /** No record of it has been made. */
    static final String BEGUN = "begun";

    /** It has been announced. */
    static final String RUNNING = "running";

    /** It has been recorded as timed out. */
    static final String TIMEOUT = "timeout";

    /** It has succeeded, and the platform has the result; the last time is that of its end. */
    static final String SUCCEEDED = "ok";

    /** It has met an OutOfMemoryError; there may be no memory left to make a record. */
    static final String OUT_OF_MEMORY = "oom";

    final String state;
    final String requestId;
    final long startEpochNs;

    /** When its time is over; of one that has succeeded, when it ended. */
    final long untilEpochNs;

    /** Of the records that have been made; empty when there are none. */
    final String traceId;

    final String spanId;

    Mark(
        String state,
        String requestId,
        long startEpochNs,
        long untilEpochNs,
        String traceId,
        String spanId) {
      this.state = state;
      this.requestId = requestId;
      this.startEpochNs = startEpochNs;
      this.untilEpochNs = untilEpochNs;
      this.traceId = traceId;
      this.spanId = spanId;
    }
  }

  private @Nullable RandomAccessFile file;
  private final Legacy legacy;

  // What is in the file, and where each parcel begins.
  private final List<Parcel> inFile = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();

  private final SpoolHead head = new SpoolHead();

  /** Where a write is put together, unless it is longer: kept, so that it makes no garbage. */
  private final byte[] together = new byte[8 * 1024];

  private @Nullable Mark current;
  private boolean marked;

  /**
   * @param folder where the file lies; empty for no spool
   * @param mostBytes how much of an earlier process's leftovers is read
   */
  Spool(String folder, long mostBytes) {
    Legacy found = Legacy.none();
    if (!folder.isEmpty()) {
      try {
        RandomAccessFile opened = new RandomAccessFile(new File(folder, FILE), "rw");
        file = opened;
        found = read(opened, mostBytes);
        write(0, head.bytes, HEAD);
        head.isInFile();
        head.map(opened, new File(folder));
        if (found.parcels.isEmpty()) {
          write(HEAD, new byte[4], 4);
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
    long length = from.length();
    if (length < HEAD) {
      return Legacy.none();
    }
    byte[] found = new byte[HEAD];
    from.readFully(found);
    if (!SpoolHead.isHead(found)) {
      return Legacy.none();
    }
    List<Parcel> parcels = new ArrayList<>();
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
      parcels.add(new Parcel(bytes, "", "", false));
      at += FRAME_HEAD + size;
    }
    return new Legacy(SpoolHead.read(found), parcels);
  }

  /**
   * Says in the file how the invocation stands; in microseconds, it may be the handler's thread.
   */
  synchronized void mark(Mark mark) {
    current = mark;
    marked = true;
    head.set(mark, mark.state);
    writeHead();
  }

  /** The invocation that is marked has succeeded. */
  synchronized void succeeded(String requestId, long endEpochNs) {
    Mark known = current;
    if (marked && known != null && known.requestId.equals(requestId)) {
      mark(
          new Mark(
              Mark.SUCCEEDED,
              requestId,
              known.startEpochNs,
              endEpochNs,
              known.traceId,
              known.spanId));
    }
  }

  /** The invocation that is marked has met an OutOfMemoryError. Needs next to no memory. */
  synchronized void outOfMemory() {
    Mark known = current;
    if (marked && known != null) {
      head.set(known, Mark.OUT_OF_MEMORY);
      writeHead();
    }
  }

  /**
   * The invocation that was marked has ended. The file says so when its record is in it: with the
   * next {@link #keep}.
   */
  synchronized void ended() {
    if (marked) {
      current = null;
      head.set(null, "");
    }
  }

  private void writeHead() {
    try {
      if (!head.store()) {
        write(0, head.bytes, HEAD);
        head.isInFile();
      }
    } catch (IOException | RuntimeException e) {
      give(e);
    }
  }

  /** Makes the file hold exactly these. */
  synchronized void keep(List<Parcel> parcels) {
    RandomAccessFile to = file;
    if (to == null) {
      return;
    }
    boolean ended = marked && head.isEmpty();
    try {
      int same = 0;
      while (same < inFile.size()
          && same < parcels.size()
          && inFile.get(same) == parcels.get(same)) {
        same++;
      }
      if (same == inFile.size() && same == parcels.size()) {
        if (ended) {
          marked = false;
          writeHead();
        }
        return;
      }
      long at = same < inFile.size() ? offsets.get(same) : end();
      for (int i = inFile.size() - 1; i >= same; i--) {
        inFile.remove(i);
        offsets.remove(i);
      }
      append(parcels, same, at, ended);
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

  /** One write where that is possible, so that a kill leaves all of it or nothing. */
  private void append(List<Parcel> parcels, int from, long at, boolean ended) throws IOException {
    boolean withHead = ended && at == HEAD;
    int before = withHead ? HEAD : 0;
    int size = before + 4;
    for (int i = from; i < parcels.size(); i++) {
      size += FRAME_HEAD + parcels.get(i).bytes.length;
    }
    byte[] frames = size <= together.length ? together : new byte[size];
    putInt(frames, size - 4, 0);
    if (withHead) {
      System.arraycopy(head.bytes, 0, frames, 0, HEAD);
    }
    int to = before;
    CRC32 crc = new CRC32();
    for (int i = from; i < parcels.size(); i++) {
      Parcel parcel = parcels.get(i);
      crc.reset();
      crc.update(parcel.bytes, 0, parcel.bytes.length);
      putInt(frames, to, parcel.bytes.length);
      putInt(frames, to + 4, (int) crc.getValue());
      System.arraycopy(parcel.bytes, 0, frames, to + FRAME_HEAD, parcel.bytes.length);
      inFile.add(parcel);
      offsets.add(at + to - before);
      to += FRAME_HEAD + parcel.bytes.length;
    }
    write(at - before, frames, size);
    if (ended) {
      marked = false;
      if (withHead) {
        head.isInFile();
      } else {
        writeHead();
      }
    }
  }

  private static void putInt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  private void write(long at, byte[] bytes, int length) throws IOException {
    RandomAccessFile to = file;
    if (to != null) {
      to.seek(at);
      to.write(bytes, 0, length);
    }
  }

  /** A read-only or full folder: what waits is in memory only. */
  void give(Throwable why) {
    Log.debug("no spool, what waits is in memory only:", why.toString());
    head.release();
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
