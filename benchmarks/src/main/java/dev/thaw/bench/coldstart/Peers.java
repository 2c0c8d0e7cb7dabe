package dev.thaw.bench.coldstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The other products' agents, from Maven Central; their versions stand in the parent pom. */
final class Peers {

  static final List<String> NAMES = List.of(Variant.OTEL, Variant.DATADOG, Variant.ELASTIC);

  private static final List<String> FILES =
      List.of("opentelemetry-javaagent.jar", "dd-java-agent.jar", "elastic-apm-agent.jar");

  private Peers() {}

  static void fetch(Path home) throws IOException, InterruptedException {
    Path folder = home.resolve("benchmarks/target/peers");
    if (FILES.stream().allMatch(file -> Files.exists(folder.resolve(file)))) {
      return;
    }
    System.err.println("Fetching the peers' agents (80 MB, once) ...");
    int exit =
        new ProcessBuilder(
                "mvn", "-B", "-ntp", "-q", "-pl", "benchmarks", "-Ppeers", "generate-resources")
            .directory(home.toFile())
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException(
          "The peers' agents could not be fetched by Maven; --no-peers measures without them");
    }
  }
}
