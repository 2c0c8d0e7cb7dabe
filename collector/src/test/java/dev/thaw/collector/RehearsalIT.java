package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged collector's rehearsal, and what the JVM keeps of it. */
class RehearsalIT {

  private static final String JAR =
      Path.of(System.getProperty("thaw.home"), "collector/target/thaw-collector.jar").toString();

  @TempDir private Path folder;

  @Test
  void aCollectorTakesItsClassesFromWhatTheRehearsalWroteDown() throws Exception {
    Path classes = folder.resolve("classes.jsa");

    assertThat(
            java(
                "-Xlog:cds*=off",
                "-XX:ArchiveClassesAtExit=" + classes,
                "-cp",
                JAR,
                Rehearsal.class.getName()))
        .contains("A collector works here");

    assertThat(
            java(
                "-Xlog:class+load",
                "-XX:SharedArchiveFile=" + classes,
                "-cp",
                JAR,
                Collector.class.getName(),
                "--help"))
        .contains(Collector.class.getName() + " source: shared objects file (top)");
  }

  private static String java(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
