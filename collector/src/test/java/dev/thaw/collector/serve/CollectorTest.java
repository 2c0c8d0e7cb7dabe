package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.networknt.schema.JsonSchema;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole collector over HTTP: what it takes, what it answers, and that its answers are what
 * openapi.yaml says.
 */
class CollectorTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TRACE = "0102030405060708090a0b0c0d0e0f10";

  @TempDir static Path folder;

  private static Collector collector;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    Path alerts =
        Files.writeString(
            folder.resolve("alerts.yaml"), "rules: [{ name: late, kind: timeouts, window: 1h }]");
    collector =
        CollectorForTests.in(
            folder.resolve("data"),
            "THAW_ALERTS",
            alerts.toString(),
            "THAW_ALERT_INTERVAL",
            "1",
            "THAW_MAX_REQUEST_MB",
            "1");
    assertThat(post(request(), "application/x-protobuf").statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  private static KeyValue attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static AnyValue.Builder text(String value) {
    return AnyValue.newBuilder().setStringValue(value);
  }

  private static byte[] request() {
    long now = System.currentTimeMillis() * 1_000_000;
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(bytes(TRACE))
            .setSpanId(bytes("0102030405060708"))
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setName("stuck")
            .setStartTimeUnixNano(now - 3_000_000_000L)
            .setEndTimeUnixNano(now)
            .addAttributes(attribute("faas.invocation_id", text("request-1")))
            .addAttributes(attribute("faas.coldstart", AnyValue.newBuilder().setBoolValue(true)))
            .addAttributes(
                attribute("thaw.init.duration", AnyValue.newBuilder().setDoubleValue(1.5)))
            .addAttributes(attribute("thaw.outcome", text("timeout")));
    Span.Builder init =
        Span.newBuilder()
            .setTraceId(bytes(TRACE))
            .setSpanId(bytes("0102030405060710"))
            .setParentSpanId(bytes("0102030405060708"))
            .setName("init")
            .setStartTimeUnixNano(now - 4_500_000_000L)
            .setEndTimeUnixNano(now - 3_000_000_000L)
            .addAttributes(attribute("thaw.phase", text("init")))
            .addAttributes(
                attribute("thaw.agent.start", AnyValue.newBuilder().setDoubleValue(0.02)));
    Span.Builder call =
        Span.newBuilder()
            .setTraceId(bytes(TRACE))
            .setSpanId(bytes("0102030405060709"))
            .setParentSpanId(bytes("0102030405060708"))
            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
            .setName("GET")
            .setStartTimeUnixNano(now - 2_000_000_000L)
            .setEndTimeUnixNano(now)
            .addAttributes(attribute("server.address", text("pay.example")))
            .addAttributes(attribute("thaw.unfinished", AnyValue.newBuilder().setBoolValue(true)))
            .addEvents(
                Span.Event.newBuilder()
                    .setName("thaw.throttle")
                    .setTimeUnixNano(now - 1_000_000_000L));
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAttributes(attribute("faas.name", text("stuck")))
                        .addAttributes(attribute("deployment.environment.name", text("trial"))))
                .addScopeSpans(
                    ScopeSpans.newBuilder().addSpans(span).addSpans(init).addSpans(call)))
        .build()
        .toByteArray();
  }

  private static ByteString bytes(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return ByteString.copyFrom(bytes);
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + collector.port() + path);
  }

  private static HttpResponse<byte[]> post(byte[] body, String type, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/v1/traces"))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    HttpResponse<byte[]> answer =
        HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    collector.settled().join();
    return answer;
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  // Answering

  @ParameterizedTest
  @CsvSource({
    "/api/v1/functions, FunctionList",
    "/api/v1/functions/stuck, FunctionDetail",
    "/api/v1/invocations, InvocationList",
    "/api/v1/invocations?outcome=timeout&cold=true&order=slowest, InvocationList",
    "/api/v1/cold-starts, ColdStartList",
    "/api/v1/traces, TraceList",
    "/api/v1/traces/0102030405060708090a0b0c0d0e0f10, TraceDetail",
    "/api/v1/chains, Chains",
    "/api/v1/failures?kind=timeouts, FailureList",
    "/api/v1/throttles, Throttles",
    "/api/v1/compare?a=cold&b=function+%3D+stuck, Comparison",
    "/api/v1/agent-costs, AgentCosts",
    "/api/v1/alerts, AlertList",
    "/api/v1/functions/stuck/rule-suggestions, SuggestionList",
  })
  void answersAreWhatTheOpenApiDocumentSays(String path, String schema) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode body = JSON.readTree(answer.body());
    assertThat(schema(schema).validate(body)).isEmpty();
    // An empty list would fit any schema.
    assertThat(body.toString())
        .contains(
            path.matches(".*(alerts|suggestions)")
                ? "timeouts"
                : path.contains("compare") ? "pay.example" : "stuck");
  }

  @Test
  void tracesAreCountedOverTime() throws Exception {
    JsonNode body = JSON.readTree(get("/api/v1/trace-density?through=stuck").body());
    assertThat(schema("TraceDensity").validate(body)).isEmpty();
    assertThat(body.path("traces").asLong()).isEqualTo(1);
    assertThat(body.path("bars").findValues("failed").stream().mapToLong(JsonNode::asLong).sum())
        .isEqualTo(1);
    body = JSON.readTree(get("/api/v1/trace-density?through=nobody").body());
    assertThat(body.path("traces").asLong()).isZero();
  }

  @Test
  void environmentsAreKnownAndAskedFor() throws Exception {
    JsonNode body = JSON.readTree(get("/api/v1/environments").body());
    assertThat(schema("EnvironmentList").validate(body)).isEmpty();
    assertThat(body.path("environments")).extracting(JsonNode::asText).contains("trial");
    assertThat(get("/api/v1/functions?environment=trial").body()).contains("stuck");
    assertThat(get("/api/v1/functions?environment=live").body()).doesNotContain("stuck");
  }

  @Test
  void itTellsHowItIsDoing() throws Exception {
    JsonNode body = JSON.readTree(get("/api/v1/condition").body());
    assertThat(schema("Condition").validate(body)).isEmpty();
    assertThat(body.path("acceptedSpans").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(body.path("dataBytes").asLong()).isPositive();
    assertThat(body.path("freeBytes").asLong()).isPositive();
  }

  @Test
  void whereNothingIsLostTheLossesSaySo() throws Exception {
    JsonNode body = JSON.readTree(get("/api/v1/losses").body());
    assertThat(schema("Losses").validate(body)).isEmpty();
    assertThat(body)
        .isEqualTo(JSON.readTree("{\"missingRequests\":0,\"skippedSpans\":0,\"damage\":\"\"}"));
  }

  private static JsonSchema schema(String name) throws Exception {
    return OpenApi.schema(get("/api/v1/openapi.yaml").body(), name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/functions?from=yesterday | from is 'yesterday'",
        "/api/v1/functions?from=5&to=4 | ends before it begins",
        "/api/v1/failures?kind=bad | use one of [all, errors, timeouts]",
        "/api/v1/invocations?limit=0 | from 1 to 10000",
        "/api/v1/invocations?outcome=bad | use ok, running, error, timeout, crash",
        "/api/v1/invocations?order=random | use one of [newest, slowest]",
        "/api/v1/compare?a=cold | b is missing",
        "/api/v1/compare?a=cold&b=name+%3D+x | what an invocation has: function, duration",
        "/api/v1/traces/xyz | 32 hexadecimal digits",
        "/api/v1/traces?filter=cold+and | At character 9 of the filter: expected function, duration",
      })
  void aWrongParameterIs400AndSaysWhatToWrite(String path, String message) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("message").asText()).contains(message);
  }

  @Test
  void aMistakeInAFilterIsPointedAt() throws Exception {
    HttpResponse<String> answer = get("/api/v1/traces?filter=cold+and+duration+%3E+2");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("position").asInt()).isEqualTo(20);
  }

  @Test
  void tracesAreFoundByAFilter() throws Exception {
    String range = "&from=0&to=9000000000000";
    assertThat(get("/api/v1/traces?filter=function+%3D+stuck" + range).body()).contains(TRACE);
    assertThat(get("/api/v1/traces?filter=function+%3D+other" + range).body())
        .doesNotContain(TRACE);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/functions/nobody",
    "/api/v1/traces/ffffffffffffffffffffffffffffffff",
    "/api/v1/nothing"
  })
  void whatIsNotThereIs404(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"/", "/functions/stuck", "/traces/0102030405060708090a0b0c0d0e0f10"})
  void everyPageIsTheDashboard(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("<div id=\"root\">");
  }

  @Test
  void healthAndMetricsAnswer() throws Exception {
    assertThat(get("/health").body()).contains("ok");
    assertThat(get("/metrics").body()).contains("thaw_receive_spans_total");
  }

  @Test
  void howLongItTakesToKeepWhatCameIsMeasured() {
    await()
        .untilAsserted(
            () -> {
              String metrics = get("/metrics").body();
              assertThat(value(metrics, "thaw_journal_commit_seconds_count")).isPositive();
              assertThat(value(metrics, "thaw_journal_commit_seconds_sum")).isPositive();
              assertThat(value(metrics, "thaw_store_commit_seconds_count")).isPositive();
              assertThat(value(metrics, "thaw_store_commit_seconds_sum")).isPositive();
              assertThat(value(metrics, "thaw_store_appended_spans_total")).isGreaterThan(2);
            });
  }

  @Test
  void howLongQuestionsTakeIsMeasuredByTheirRoute() throws Exception {
    get("/api/v1/functions/somebody");
    get("/api/v1/functions/somebody-else");
    // The log of a request is complete a moment after its answer.
    await()
        .untilAsserted(
            () ->
                assertThat(
                        value(
                            get("/metrics").body(),
                            "http_server_request_duration_seconds_count{http_request_method=\"GET\","
                                + "http_response_status_code=\"404\",http_route=\"/api/v1/functions/:name\"}"))
                    .isGreaterThanOrEqualTo(2));
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(-1);
  }
}
