package dev.thaw.collector.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A disk that can lose power: of every file it knows what was forced and what was only written. Of
 * the latter any beginning may survive, and behind it bytes of anything.
 */
final class ModelledDisk implements JournalFiles {

  private static final class Segment {
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    int forced;
    boolean named;
  }

  private final Map<String, Segment> files = new TreeMap<>();
  private boolean failing;
  private String unreadable = "";
  private long free = Long.MAX_VALUE;

  /**
   * The disk after a loss of power.
   *
   * @param survived how many bytes of those that were not forced, file by file in their order
   * @param garbage how many bytes of nonsense follow them
   */
  synchronized ModelledDisk afterLossOfPower(long survived, int garbage) {
    ModelledDisk after = new ModelledDisk();
    long left = survived;
    for (Map.Entry<String, Segment> file : files.entrySet()) {
      Segment was = file.getValue();
      byte[] bytes = was.written.toByteArray();
      int unforced = bytes.length - was.forced;
      int kept = (int) Math.min(unforced, left);
      left -= kept;
      if (!was.named && kept == 0) {
        continue;
      }
      Segment is = new Segment();
      is.written.write(bytes, 0, was.forced + kept);
      for (int i = 0; kept < unforced && i < garbage; i++) {
        is.written.write(i * 31);
      }
      is.forced = is.written.size();
      is.named = true;
      after.files.put(file.getKey(), is);
    }
    return after;
  }

  synchronized long unforced() {
    return files.values().stream().mapToLong(file -> file.written.size() - file.forced).sum();
  }

  /** Whether every write fails, half done. */
  synchronized void fail(boolean on) {
    failing = on;
  }

  /** That segment can't be read; the others can. */
  synchronized void unreadable(String name) {
    unreadable = name;
  }

  synchronized void free(long bytes) {
    free = bytes;
  }

  /** Changes what a file holds. */
  synchronized void replace(String name, byte[] with) {
    Segment segment = new Segment();
    segment.written.write(with, 0, with.length);
    segment.forced = with.length;
    segment.named = true;
    files.put(name, segment);
  }

  @Override
  public synchronized List<String> names() {
    return new ArrayList<>(files.keySet());
  }

  @Override
  public synchronized Appending create(String name) {
    Segment segment = new Segment();
    files.put(name, segment);
    return new Appending() {
      @Override
      public void write(ByteBuffer[] buffers) throws IOException {
        synchronized (ModelledDisk.this) {
          for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[failing ? buffer.remaining() / 2 : buffer.remaining()];
            buffer.get(bytes);
            segment.written.writeBytes(bytes);
            if (failing) {
              throw new IOException("no space left on the modelled disk");
            }
          }
        }
      }

      @Override
      public void force() {
        synchronized (ModelledDisk.this) {
          segment.forced = segment.written.size();
          segment.named = true;
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized ByteBuffer read(String name) throws IOException {
    Segment segment = files.get(name);
    if (segment == null) {
      throw new IOException("no such segment: " + name);
    }
    if (name.equals(unreadable)) {
      throw new IOException("can't be read on the modelled disk: " + name);
    }
    return ByteBuffer.wrap(segment.written.toByteArray()).asReadOnlyBuffer();
  }

  @Override
  public synchronized void delete(String name) {
    files.remove(name);
  }

  @Override
  public synchronized long freeBytes() {
    return free;
  }
}
