package dev.thaw.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The other JDK that the agent is tested on. */
public final class SecondJdk {

  private SecondJdk() {}

  /** A JDK 25's home; null, and a loud line, when there is none on this machine. */
  public static @Nullable Path find() throws IOException {
    if (Runtime.version().feature() == 25) {
      return Path.of(System.getProperty("java.home"));
    }
    String named = System.getenv("JAVA25_HOME");
    if (named != null) {
      return Path.of(named);
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (Stream<Path> homes = Files.list(installed)) {
        for (Path home : homes.toList()) {
          Path release = home.resolve("release");
          if (Files.exists(release) && Files.readString(release).contains("JAVA_VERSION=\"25")) {
            return home;
          }
        }
      }
    }
    System.err.println(
        "\n*** NO JDK 25: the agent was NOT tested on it. Install one, and name it in JAVA25_HOME. ***\n");
    return null;
  }
}
