package dev.thaw.agent.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sets of client libraries that functions are run with; see agent/client-libraries. */
enum Libraries {
  OLDEST,
  /** Those that can't stand beside the others. */
  APART,
  NEWEST,
  /** None besides the JDK that runs the tests. */
  JDK;

  /** The jars; empty for the JDK's own. */
  List<Path> jars() throws IOException {
    if (this == JDK) {
      return List.of();
    }
    Path lib = Path.of("client-libraries", name().toLowerCase(java.util.Locale.ROOT), "target/lib");
    if (!Files.isDirectory(lib)) {
      throw new IllegalStateException("Build the libraries first: mvn package -pl agent -am");
    }
    try (Stream<Path> jars = Files.list(lib)) {
      return jars.map(Path::toAbsolutePath).sorted().toList();
    }
  }

  /** The version of an artifact among them, or the JDK's. */
  String version(String artifact) throws IOException {
    if (this == JDK) {
      return "JDK " + Runtime.version().feature();
    }
    for (Path jar : jars()) {
      String name = jar.getFileName().toString();
      if (name.matches(java.util.regex.Pattern.quote(artifact) + "-\\d.*")) {
        return name.substring(artifact.length() + 1, name.length() - ".jar".length());
      }
    }
    throw new IllegalStateException("no " + artifact + " in " + this);
  }
}
