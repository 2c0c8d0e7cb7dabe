package dev.thaw.collector.store.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine itself, 70 MB, which its driver unpacks into the folder for temporary files at each
 * start and removes only when the process ends by itself. On Linux it is removed as soon as it is
 * loaded, so that a collector that is killed leaves nothing there.
 */
final class Unpacked {

  private static final Logger LOG = LoggerFactory.getLogger(Unpacked.class);

  /** What this process has loaded, the file last in each line; only Linux has it. */
  private static final Path LOADED = Path.of("/proc/self/maps");

  private static final Pattern NAME = Pattern.compile("[^/]*(/.*/libduckdb_java[0-9]+[.]so)");

  private Unpacked() {}

  static void remove() {
    if (!Files.isReadable(LOADED)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(LOADED)) {
        Matcher file = NAME.matcher(line);
        if (file.matches()) {
          Files.deleteIfExists(Path.of(file.group(1)));
        }
      }
    } catch (IOException e) {
      LOG.debug("The unpacked engine could not be removed", e);
    }
  }
}
