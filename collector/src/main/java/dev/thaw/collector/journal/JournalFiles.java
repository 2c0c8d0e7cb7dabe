package dev.thaw.collector.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where a journal keeps its segments. The journal does all its reading and writing through this, so
 * that a test can put a model of a disk in its place that loses what was not forced.
 *
 * <p>Used by one journal at a time; {@link #freeBytes} from any thread.
 */
public interface JournalFiles {

  /** A segment that is being written. */
  interface Appending extends Closeable {
    /** Writes all that remains in the buffers, in their order. */
    void write(ByteBuffer[] buffers) throws IOException;

    /** Returns when everything written so far survives a loss of power. */
    void force() throws IOException;
  }

  /** The names of all segments, sorted. */
  List<String> names() throws IOException;

  /**
   * Makes a new, empty segment, whose name survives a loss of power from its first {@link
   * Appending#force} on.
   */
  Appending create(String name) throws IOException;

  /** The whole of a segment, for reading. */
  ByteBuffer read(String name) throws IOException;

  void delete(String name) throws IOException;

  /** Bytes that may still be written to the disk. */
  long freeBytes() throws IOException;
}
