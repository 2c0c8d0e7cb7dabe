package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is secret reaches neither the disk nor the API. */
class RedactionTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String TRACE = "5b8efff798038103d269b633813fc60c";
  private static final String SECRET = "hunter2-hunter2";

  @TempDir Path folder;

  private static String send(int port, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (!body.isEmpty()) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static String text(String key, String value) {
    return "{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}".formatted(key, value);
  }

  private static String span() {
    return """
    {"resourceSpans":[{"resource":{"attributes":[%s,%s]},"scopeSpans":[{"spans":[{
      "traceId":"%s","spanId":"eee19b7ec3c1b174","name":"pay","kind":2,
      "startTimeUnixNano":"1780000020000000000","endTimeUnixNano":"1780000020010000000",
      "status":{"code":2,"message":"password=%s was refused"},
      "attributes":[%s,%s,%s,
        {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"token=%s"}]}}},
        {"key":"map","value":{"kvlistValue":{"values":[%s]}}}],
      "events":[{"timeUnixNano":"1780000020000000000","name":"exception","attributes":[%s]}]}]}]}]}
    """
        .formatted(
            text("faas.name", "pay"),
            text("license.apikey", SECRET),
            TRACE,
            SECRET,
            text("db.password", SECRET),
            text("http.route", "/pay"),
            text("user.email", "ada@example.com"),
            SECRET,
            text("secret", SECRET),
            text("exception.message", "Bearer " + SECRET));
  }

  private static String log() {
    return """
    {"resourceLogs":[{"resource":{"attributes":[%s]},"scopeLogs":[{"logRecords":[{
      "traceId":"%s","spanId":"eee19b7ec3c1b174","timeUnixNano":"1780000020000000000",
      "body":{"stringValue":"login of ada@example.com with password=%s"}}]}]}]}
    """
        .formatted(text("faas.name", "pay"), TRACE, SECRET);
  }

  private List<Path> filesWith(String needle) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> {
                try {
                  return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                      .contains(needle);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  @Test
  void noSecretIsOnTheDiskOrInAnAnswer() throws Exception {
    try (Collector collector = CollectorForTests.in(folder)) {
      send(collector.port(), "/v1/traces", span());
      send(collector.port(), "/v1/logs", log());
      collector.settled().join();
      String trace = send(collector.port(), "/api/v1/traces/" + TRACE, "");
      assertThat(trace)
          .doesNotContain(SECRET, "ada@example.com")
          .contains(
              "\"db.password\":\"[redacted]\"",
              "\"user.email\":\"[redacted]\"",
              "\"http.route\":\"/pay\"",
              "\"license.apikey\":\"[redacted]\"",
              "password=[redacted] was refused",
              "token=[redacted]",
              "Bearer [redacted]",
              "login of [redacted] with password=[redacted]");
      assertThat(send(collector.port(), "/metrics", ""))
          .contains("thaw_intake_redacted_values 8.0");
    }
    assertThat(filesWith("/pay")).as("files that hold the request").isNotEmpty();
    assertThat(filesWith(SECRET)).isEmpty();
    assertThat(filesWith("ada@example.com")).isEmpty();
  }

  @Test
  void whoSwitchesItOffKeepsEverything() throws Exception {
    try (Collector collector = CollectorForTests.in(folder, "THAW_REDACT", "none")) {
      send(collector.port(), "/v1/traces", span());
      collector.settled().join();
      assertThat(send(collector.port(), "/api/v1/traces/" + TRACE, ""))
          .contains("\"db.password\":\"" + SECRET + "\"", "ada@example.com");
    }
  }

  @Test
  void wordsOfOnesOwnMakeAKeySecret() throws Exception {
    try (Collector collector =
        CollectorForTests.in(folder, "THAW_REDACT", "none", "THAW_REDACT_KEYS", "Http.Route")) {
      send(collector.port(), "/v1/traces", span());
      collector.settled().join();
      assertThat(send(collector.port(), "/api/v1/traces/" + TRACE, ""))
          .contains("\"http.route\":\"[redacted]\"", "ada@example.com");
    }
  }
}
