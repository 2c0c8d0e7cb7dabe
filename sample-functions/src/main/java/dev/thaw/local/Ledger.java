package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ground truth: one JSON line for every invocation, kept in memory too. Thread-safe.
 *
 * <p>A line is written once the invocation has ended, so a line never changes.
 */
public final class Ledger implements AutoCloseable {

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);

  private final List<LedgerEntry> entries = new ArrayList<>();
  private final @Nullable Writer file;

  /**
   * @param path where the lines go; null keeps them in memory only
   * @throws IOException when the file cannot be created
   */
  Ledger(@Nullable Path path) throws IOException {
    file = path == null ? null : Files.newBufferedWriter(path);
  }

  synchronized void add(LedgerEntry entry) {
    entries.add(entry);
    if (file != null) {
      try {
        file.write(JSON.writeValueAsString(entry) + "\n");
        file.flush();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException("The ledger could not be written", e);
      }
    }
  }

  /** A copy of every line so far, in the order in which the invocations ended. */
  public synchronized List<LedgerEntry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
