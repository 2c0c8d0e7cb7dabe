package dev.thaw.agent.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the tests have shown, one file for each row of docs/supported.md; {@code SupportedIT} makes
 * the page of them.
 */
final class Supported {

  static final Path FOLDER = Path.of("target/supported");

  private final String row;
  private final String version;
  private final Set<String> shown = new TreeSet<>();

  /**
   * @param row the library's name in the table
   * @param version the one that it was tested with
   */
  Supported(String row, String version) {
    this.row = row;
    this.version = version;
  }

  /** A test has shown it: {@code context}, {@code throttle}, {@code retries}. */
  void shown(String what) {
    shown.add(what);
  }

  void write() throws IOException {
    Files.createDirectories(FOLDER);
    Files.writeString(
        FOLDER.resolve((row + " " + version).replaceAll("[^A-Za-z0-9.]+", "-") + ".txt"),
        row + "\n" + version + "\n" + String.join(" ", shown) + "\n");
  }
}
