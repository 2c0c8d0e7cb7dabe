package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.SpanBytesEncoder;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Zipkin's API, version 2, as its own reporter speaks it. */
class ZipkinTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long NOW_MICROS = System.currentTimeMillis() * 1000;

  @TempDir static Path folder;

  private static Collector collector;

  @BeforeAll
  static void start() {
    collector = CollectorForTests.in(folder, "THAW_MAX_REQUEST_MB", "1");
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  private static String url() {
    return "http://127.0.0.1:" + collector.port();
  }

  private static Span.Builder span(String traceId) {
    return Span.newBuilder()
        .traceId(traceId)
        .id("00f067aa0ba902b7")
        .kind(Span.Kind.SERVER)
        .name("get /orders")
        .timestamp(NOW_MICROS)
        .duration(1500L)
        .localEndpoint(Endpoint.newBuilder().serviceName("orders").build());
  }

  private static HttpResponse<String> post(byte[] body, String... headers) throws Exception {
    return post(HttpRequest.BodyPublishers.ofByteArray(body), headers);
  }

  private static HttpResponse<String> post(HttpRequest.BodyPublisher body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + "/api/v2/spans")).POST(body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode stored(String traceId) throws Exception {
    collector.settled().join();
    return JSON.readTree(
        HTTP.send(
                HttpRequest.newBuilder(URI.create(url() + "/api/v1/traces/" + traceId)).build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  @Test
  void zipkinsOwnReporterDelivers() throws Exception {
    String traceId = "463ac35c9f6413ad48485a3953bb6124";
    Span sent =
        span(traceId)
            .parentId("0020000000000001")
            .remoteEndpoint(
                Endpoint.newBuilder().serviceName("web").ip("10.0.0.7").port(81).build())
            .addAnnotation(NOW_MICROS + 10, "cache miss")
            .putTag("faas.invocation_id", "r-1")
            .putTag("error", "no stock")
            .build();
    try (URLConnectionSender sender = URLConnectionSender.create(url() + "/api/v2/spans")) {
      sender.send(List.of(SpanBytesEncoder.JSON_V2.encode(sent)));
    }
    await().until(() -> stored(traceId).path("spans").size() == 1);
    JsonNode span = stored(traceId).path("spans").get(0);
    assertThat(span.path("function").asText()).isEqualTo("orders");
    assertThat(span.path("name").asText()).isEqualTo("get /orders");
    assertThat(span.path("durationUs").asLong()).isEqualTo(1500);
    assertThat(span.path("parentSpanId").asText()).isEqualTo("0020000000000001");
    assertThat(span.toString())
        .contains("\"faas.invocation_id\":\"r-1\"")
        .contains("\"network.peer.address\":\"10.0.0.7\"")
        .contains("\"peer.service\":\"web\"")
        .contains("cache miss")
        .contains("no stock");
  }

  @Test
  void shortTraceIdsArePaddedAndGzipIsRead() throws Exception {
    byte[] list =
        ("["
                + new String(
                    SpanBytesEncoder.JSON_V2.encode(span("48485a3953bb6124").build()),
                    StandardCharsets.UTF_8)
                + "]")
            .getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(list);
    }
    HttpResponse<String> answer =
        post(packed.toByteArray(), "Content-Type", "application/json", "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(stored("000000000000000048485a3953bb6124").path("spans")).hasSize(1);
  }

  @Test
  void aSpanWithoutAnIdIsToldAndTheOthersAreTaken() throws Exception {
    HttpResponse<String> answer =
        post(
            "[{\"traceId\":\"zz\",\"id\":\"1\",\"timestamp\":1},{\"traceId\":\"ab1\",\"id\":\"2\",\"timestamp\":%d}]"
                .formatted(NOW_MICROS)
                .getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).contains("trace_id must be 16 bytes");
    assertThat(stored("00000000000000000000000000000ab1").path("spans")).hasSize(1);
  }

  @Test
  void spansOfAnotherTimeAreTakenAndCounted() throws Exception {
    HttpResponse<String> answer =
        post(
            ("[{\"traceId\":\"1970\",\"id\":\"1\",\"timestamp\":1000,\"duration\":5},"
                    + "{\"traceId\":\"2262\",\"id\":\"2\",\"timestamp\":9223000000000000,\"duration\":999999999}]")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(stored("00000000000000000000000000001970").path("spans")).hasSize(1);
    assertThat(stored("00000000000000000000000000002262").path("spans")).hasSize(1);
    String metrics =
        HTTP.send(
                HttpRequest.newBuilder(URI.create(url() + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    assertThat(metrics).contains("thaw_receive_othertime_spans_total 2.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}          | application/json        | 400 | must be a list",
        "[{          | application/json        | 400 | no request for traces",
        "''          | application/json        | 400 | must be a list",
        "[]          | application/x-protobuf  | 415 | application/json",
        "[]          | application/json        | 202 | ''",
        "[7, null]   | application/json        | 202 | trace_id",
      })
  void whatIsWrongIsSaid(String body, String type, int status, String message) throws Exception {
    HttpResponse<String> answer = post(body.getBytes(StandardCharsets.UTF_8), "Content-Type", type);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(message == null ? "" : message);
  }

  @ParameterizedTest
  @ValueSource(ints = {(1 << 20) + 1, 5 << 20})
  void whatIsTooLargeIs413(int length) throws Exception {
    byte[] large = new byte[length];
    assertThat(post(large, "Content-Type", "application/json").statusCode()).isEqualTo(413);
  }

  @Test
  void whatIsTooLargeAndDoesNotSayHowLongItIsIs413() throws Exception {
    HttpRequest.BodyPublisher large =
        HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[5 << 20]));
    assertThat(post(large, "Content-Type", "application/json").statusCode()).isEqualTo(413);
  }
}
