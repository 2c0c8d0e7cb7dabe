package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenTelemetry's exporters for Node, as functions in JavaScript have them, deliver. */
class NodeExportersTest {

  private static final Path SOURCE = Path.of("src/test/node");
  private static final Path INSTALLED = Path.of("target/node");

  @TempDir Path folder;

  private static String run(Path in, String... command) throws Exception {
    Path output = Files.createTempFile("node", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(in.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean isOver = process.waitFor(5, TimeUnit.MINUTES);
      process.destroyForcibly();
      String said = Files.readString(output);
      assertThat(isOver).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said;
    } finally {
      Files.delete(output);
    }
  }

  /** As the lock file says; once for as long as that stays as it is. */
  private static void install() throws Exception {
    Path done = INSTALLED.resolve("package-lock.json.installed");
    Path lock = SOURCE.resolve("package-lock.json");
    Files.createDirectories(INSTALLED);
    for (File file : List.of(SOURCE.toFile().listFiles())) {
      Files.copy(
          file.toPath(), INSTALLED.resolve(file.getName()), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.exists(done) || Files.mismatch(lock, done) >= 0) {
      run(INSTALLED, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
      Files.copy(lock, done, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void spansArriveByEachExporterPlainAndCompressed() throws Exception {
    install();
    try (Collector collector = CollectorForTests.in(folder.resolve("data"))) {
      String url = "http://127.0.0.1:" + collector.port();
      List<String> sent =
          run(INSTALLED, "node", "send.mjs", url)
              .lines()
              .filter(line -> line.matches("\\w+ \\w+ [0-9a-f]{32}"))
              .toList();
      assertThat(sent)
          .extracting(line -> line.substring(0, line.lastIndexOf(' ')))
          .containsExactly(
              "protobuf none", "protobuf gzip", "json none", "json gzip", "grpc none", "grpc gzip");
      collector.settled().join();
      for (String line : sent) {
        String[] words = line.split(" ");
        JsonNode spans = trace(url, words[2]).path("spans");
        assertThat(spans).as(line).hasSize(1);
        JsonNode attributes = spans.get(0).path("attributes");
        assertThat(attributes.path("faas.invocation_id").asText())
            .isEqualTo(words[0] + "-" + words[1]);
        assertThat(attributes.path("text").asText()).isEqualTo("€".repeat(200));
        assertThat(attributes.path("number").asInt()).isEqualTo(7);
        assertThat(spans.get(0).path("events")).as(line).hasSize(1);
      }
    }
  }

  private static JsonNode trace(String url, String traceId) throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/traces/" + traceId)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode())
        .as(traceId + ": " + new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }
}
