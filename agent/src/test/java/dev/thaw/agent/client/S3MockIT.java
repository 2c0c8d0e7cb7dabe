package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.OtlpSink;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The AWS SDKs' S3 clients with a real server: what is put arrives whole, though the agent has
 * added a header to a request that is signed, and streamed.
 */
class S3MockIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path work;

  private static Process server;
  private static String url;

  @BeforeAll
  static void start() throws IOException {
    int port = KafkaBroker.freePort();
    url = "http://127.0.0.1:" + port;
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-Dserver.port=0",
                "-Dcom.adobe.testing.s3mock.httpPort=" + port,
                "-cp",
                Path.of("client-libraries/s3mock/target/lib").toAbsolutePath() + "/*",
                "com.adobe.testing.s3mock.S3MockApplication")
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("s3mock.log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(90))
        .ignoreExceptions()
        .until(() -> ask("PUT", "/pictures").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
    server.destroyForcibly();
  }

  private static HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @CsvSource({
    "Aws1, OLDEST", "Aws1, NEWEST",
    "Aws2, OLDEST", "Aws2, NEWEST",
    "Aws2Async, OLDEST", "Aws2Async, NEWEST",
  })
  void whatIsPutArrivesAndWhatIsRefusedIsSeen(String type, Libraries libraries) throws Exception {
    try (OtlpSink sink = new OtlpSink();
        FunctionWithLibraries function =
            new FunctionWithLibraries(
                Files.createTempDirectory(work, "function"),
                "AwsFunctions$" + type,
                libraries,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url(), "THAW_EXPORT_BUDGET", "5s"))) {
      ask("DELETE", "/pictures/cat.png");
      Map<String, String> event = Map.of("call", "S3/PutObject", "endpoint", url);
      assertThat(function.invoke(event)).isEqualTo("\"ok\"");
      assertThat(ask("GET", "/pictures/cat.png").body()).isEqualTo("x");
      OtlpSink.Received put = calls(sink, function, 1).get(0);
      assertThat(put.attribute("http.response.status_code")).isEqualTo("200");
      assertThat(put.attribute("aws.s3.bucket")).isEqualTo("pictures");

      ask("DELETE", "/pictures/cat.png");
      ask("DELETE", "/pictures");
      assertThat(function.invoke(event)).isNotEqualTo("\"ok\"");
      ask("PUT", "/pictures");
      OtlpSink.Received refused = calls(sink, function, 2).get(1);
      assertThat(refused.attribute("http.response.status_code")).isEqualTo("404");
      assertThat(refused.attribute("error.type")).matches(".*(NoSuchBucket|AmazonS3)Exception");
    }
  }

  private static List<OtlpSink.Received> calls(
      OtlpSink sink, FunctionWithLibraries function, int atLeast) {
    return await()
        .until(() -> sink.named(function.name(), "S3/PutObject"), found -> found.size() >= atLeast);
  }
}
