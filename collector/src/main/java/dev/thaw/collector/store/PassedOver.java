package dev.thaw.collector.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers over the end of the process which requests were passed over and get one more chance, by
 * their numbers in the journal.
 *
 * <p>A file with a number in each line, replaced as a whole. Not forced to the disk: without it,
 * after a loss of power, they are where they were before, in the journal. Used by the indexer's
 * thread alone.
 */
public final class PassedOver {

  private static final Logger LOG = LoggerFactory.getLogger(PassedOver.class);

  private final Path file;
  private final List<Long> numbers = new ArrayList<>();

  /** Reads what the process before this one has left; what is no number is left out. */
  public PassedOver(Path file) {
    this.file = file;
    try {
      for (String line : new String(Files.readAllBytes(file), ISO_8859_1).lines().toList()) {
        if (line.matches("[0-9]{1,18}")) {
          numbers.add(Long.valueOf(line));
        }
      }
    } catch (NoSuchFileException e) {
      // None was.
    } catch (IOException e) {
      LOG.warn("Which requests were passed over can't be read: {}", e.getMessage());
    }
  }

  boolean isEmpty() {
    return numbers.isEmpty();
  }

  void add(long number) {
    numbers.add(number);
    write();
  }

  List<Long> all() {
    return List.copyOf(numbers);
  }

  /** It gets its chance now; should it end the process, it is not here any more. */
  void remove(long number) {
    numbers.remove(number);
    write();
  }

  private void write() {
    StringBuilder lines = new StringBuilder();
    numbers.forEach(number -> lines.append(number).append('\n'));
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, lines.toString().getBytes(ISO_8859_1));
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("Which requests were passed over can't be noted: {}", e.getMessage());
    }
  }
}
