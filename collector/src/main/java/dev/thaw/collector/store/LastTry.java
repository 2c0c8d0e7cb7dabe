package dev.thaw.collector.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers over the end of the process what was just being indexed, so that a request that ends
 * the process each time is found: what one process has ended with is tried request by request, and
 * the one with which two processes in a row end is it.
 *
 * <p>It stands in one small file that is written over before each append. It is not forced to the
 * disk: a loss of power is no request's fault. One that is damaged says nothing. Used by the
 * indexer's thread alone.
 */
public final class LastTry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LastTry.class);
  private static final int SUMMED = 3 * Long.BYTES;
  private static final int BYTES = SUMMED + Long.BYTES;

  private static final long TOGETHER = 1;

  /** So many processes try a request alone: somebody else may have ended one at that moment. */
  private static final int TIMES_ALONE = 2;

  private final FileChannel file;
  private final long firstBefore;
  private final long lastBefore;

  /** Below zero for a request that was tried alone, in so many processes; 0 for none. */
  private final long timesBefore;

  /**
   * @throws IOException when the file can't be opened
   */
  public LastTry(Path path) throws IOException {
    file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer read = ByteBuffer.allocate(BYTES);
    boolean isWhole = file.read(read, 0) == BYTES && read.getLong(SUMMED) == sum(read);
    firstBefore = isWhole ? read.getLong(0) : Store.NO_POSITION;
    lastBefore = isWhole ? read.getLong(Long.BYTES) : Store.NO_POSITION;
    timesBefore = isWhole ? read.getLong(2 * Long.BYTES) : 0;
  }

  private static long sum(ByteBuffer note) {
    CRC32C sum = new CRC32C();
    sum.update(note.array(), 0, SUMMED);
    return sum.getValue();
  }

  /** Whether this request must be tried by itself. */
  boolean mustBeAlone(long sequence) {
    return wasTried(sequence) && timesBefore != 0;
  }

  /** Whether the process before this one ended while it was at this request. */
  private boolean wasTried(long sequence) {
    return firstBefore <= sequence && sequence <= lastBefore;
  }

  /** Whether processes ended, one after another, while they indexed this request and no other. */
  boolean isFatal(long sequence) {
    return wasTried(sequence) && timesBefore <= -TIMES_ALONE;
  }

  /** These requests are about to be indexed together. */
  void together(long first, long last) {
    write(first, last, TOGETHER);
  }

  /** This request is about to be indexed by itself. */
  void alone(long sequence) {
    write(sequence, sequence, wasTried(sequence) && timesBefore < 0 ? timesBefore - 1 : -1);
  }

  /** Whatever was tried has neither ended the process nor is it being tried now. */
  void nothing() {
    write(Store.NO_POSITION, Store.NO_POSITION, 0);
  }

  private void write(long first, long last, long times) {
    try {
      ByteBuffer note = ByteBuffer.allocate(BYTES).putLong(first).putLong(last).putLong(times);
      file.write(note.putLong(sum(note)).flip(), 0);
    } catch (IOException e) {
      LOG.warn("What is being indexed can't be noted: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("The note of what was being indexed can't be closed: {}", e.getMessage());
    }
  }
}
