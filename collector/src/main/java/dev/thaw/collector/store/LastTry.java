package dev.thaw.collector.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers over the end of the process what was just being indexed, so that a request that ends
 * the process each time is found: what two processes have ended with is tried request by request,
 * and the one with which the next process ends is it.
 *
 * <p>It stands in one small file that is written over before each append. It is not forced to the
 * disk: a loss of power is no request's fault. Used by the indexer's thread alone.
 */
public final class LastTry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LastTry.class);
  private static final int BYTES = 3 * Long.BYTES;

  /** In so many processes the same requests are tried together. */
  private static final int TIMES_TOGETHER = 2;

  /** As the number of times: it was tried alone. */
  private static final long ALONE = -1;

  private final FileChannel file;
  private final long firstBefore;
  private final long lastBefore;
  private final long timesBefore;

  /**
   * @throws IOException when the file can't be opened
   */
  public LastTry(Path path) throws IOException {
    file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer read = ByteBuffer.allocate(BYTES);
    boolean isWhole = file.read(read, 0) == BYTES;
    firstBefore = isWhole ? read.getLong(0) : Store.NO_POSITION;
    lastBefore = isWhole ? read.getLong(Long.BYTES) : Store.NO_POSITION;
    timesBefore = isWhole ? read.getLong(2 * Long.BYTES) : 0;
  }

  /** Whether requests from this one on must be tried one by one. */
  boolean mustBeAlone(long first) {
    return wasTried(first) && (timesBefore == ALONE || timesBefore >= TIMES_TOGETHER);
  }

  /** Whether the process before this one ended while it was at this request, among others. */
  private boolean wasTried(long sequence) {
    return firstBefore <= sequence && sequence <= lastBefore;
  }

  /** Whether this request was being indexed, and no other, when a process ended. */
  boolean isFatal(long sequence) {
    return sequence == firstBefore && timesBefore == ALONE;
  }

  /** These requests are about to be indexed together. */
  void together(long first, long last) {
    write(first, last, wasTried(first) ? timesBefore + 1 : 1);
  }

  /** This request is about to be indexed by itself. */
  void alone(long sequence) {
    write(sequence, sequence, ALONE);
  }

  /** Whatever was tried has neither ended the process nor is it being tried now. */
  void nothing() {
    write(Store.NO_POSITION, Store.NO_POSITION, 0);
  }

  private void write(long first, long last, long times) {
    try {
      file.write(ByteBuffer.allocate(BYTES).putLong(first).putLong(last).putLong(times).flip(), 0);
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
