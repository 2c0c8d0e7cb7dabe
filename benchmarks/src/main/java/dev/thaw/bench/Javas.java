package dev.thaw.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** The JDKs of this machine that a benchmark runs on. */
public final class Javas {

  private static final Path INSTALLED = Path.of("/usr/lib/jvm");
  private static final String SECOND = "25";

  private Javas() {}

  /** This JDK, and a JDK 25 when JAVA25_HOME names one or the system has one. */
  public static List<Path> found() throws IOException {
    List<Path> found = new ArrayList<>();
    found.add(Path.of(System.getProperty("java.home")));
    if (name(found.get(0)).startsWith("JDK " + SECOND)) {
      return found;
    }
    String named = System.getenv("JAVA25_HOME");
    if (named != null) {
      found.add(Path.of(named));
    } else if (Files.isDirectory(INSTALLED)) {
      try (Stream<Path> homes = Files.list(INSTALLED)) {
        homes
            .filter(home -> Files.isExecutable(home.resolve("bin/java")))
            .filter(home -> name(home).startsWith("JDK " + SECOND))
            .findFirst()
            .ifPresent(found::add);
      }
    }
    if (found.size() == 1) {
      System.err.println(
          "No JDK "
              + SECOND
              + " found: only "
              + name(found.get(0))
              + " is measured. Name one in JAVA25_HOME.");
    }
    return found;
  }

  /** Such as «JDK 17.0.19». */
  public static String name(Path home) {
    Properties release = new Properties();
    try (InputStream in = Files.newInputStream(home.resolve("release"))) {
      release.load(in);
    } catch (IOException e) {
      return home.getFileName().toString();
    }
    return "JDK " + release.getProperty("JAVA_VERSION", "?").replace("\"", "");
  }
}
