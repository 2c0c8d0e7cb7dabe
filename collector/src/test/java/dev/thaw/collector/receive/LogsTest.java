package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP's logs (opentelemetry-proto, logs.proto): kept with the trace that they belong to. */
class LogsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long NOW_NS = System.currentTimeMillis() * 1_000_000;

  private static final Resource ORDERS =
      Resource.create(Attributes.builder().put("service.name", "orders").build());

  @TempDir static Path folder;

  private static Collector collector;

  @BeforeAll
  static void start() {
    collector = CollectorForTests.in(folder);
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  private static String url() {
    return "http://127.0.0.1:" + collector.port();
  }

  private static String post(String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static JsonNode trace(String traceId) throws Exception {
    collector.settled().join();
    return JSON.readTree(
        HTTP.send(
                HttpRequest.newBuilder(URI.create(url() + "/api/v1/traces/" + traceId)).build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static String found(String filter) throws Exception {
    String query = URLEncoder.encode(filter, StandardCharsets.UTF_8);
    return HTTP.send(
            HttpRequest.newBuilder(URI.create(url() + "/api/v1/traces?filter=" + query)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static String span(String traceId) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"%s\",\"spanId\":\"00000000000000aa\",\"name\":\"work\",\"attributes\":[{\"key\":\"faas.invocation_id\",\"value\":{\"stringValue\":\"r\"}}],\"kind\":2,\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\"}]}]}]}"
        .formatted(traceId, NOW_NS, NOW_NS + 5_000_000);
  }

  private static String log(String traceId, String more) {
    return "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"traceId\":\"%s\",\"spanId\":\"00000000000000aa\",\"timeUnixNano\":\"%d\",\"body\":{\"stringValue\":\"no stock\"}%s}]}]}]}"
        .formatted(traceId, NOW_NS + 9_000_000, more);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "grpc"})
  void theExportersOfOpenTelemetryDeliver(String way) throws Exception {
    LogRecordExporter exporter =
        way.equals("http")
            ? OtlpHttpLogRecordExporter.builder().setEndpoint(url() + "/v1/logs").build()
            : OtlpGrpcLogRecordExporter.builder().setEndpoint(url()).build();
    Span span;
    try (SdkTracerProvider traces =
            SdkTracerProvider.builder()
                .setResource(ORDERS)
                .addSpanProcessor(
                    SimpleSpanProcessor.create(
                        OtlpHttpSpanExporter.builder().setEndpoint(url() + "/v1/traces").build()))
                .build();
        SdkLoggerProvider logs =
            SdkLoggerProvider.builder()
                .setResource(ORDERS)
                .addLogRecordProcessor(SimpleLogRecordProcessor.create(exporter))
                .build()) {
      span = traces.get("test").spanBuilder("work").startSpan();
      try (Scope current = span.makeCurrent()) {
        logs.get("shop.Stock")
            .logRecordBuilder()
            .setSeverity(Severity.WARN)
            .setBody("only 2 left")
            .setAttribute(AttributeKey.stringKey("sku"), "mug")
            .emit();
      }
      span.end();
    }
    JsonNode trace = trace(span.getSpanContext().getTraceId());
    assertThat(trace.path("spans")).hasSize(1);
    assertThat(trace.path("logs")).hasSize(1);
    JsonNode log = trace.path("logs").get(0);
    assertThat(log.path("spanId").asText()).isEqualTo(span.getSpanContext().getSpanId());
    assertThat(log.path("function").asText()).isEqualTo("orders");
    assertThat(log.path("severity").asText()).isEqualTo("WARN");
    assertThat(log.path("logger").asText()).isEqualTo("shop.Stock");
    assertThat(log.path("body").asText()).isEqualTo("only 2 left");
    assertThat(log.path("attributes").toString()).isEqualTo("{\"sku\":\"mug\"}");
  }

  @Test
  void aLineAfterTheLastSpanDoesNotMakeTheTraceLonger() throws Exception {
    String traceId = "10000000000000000000000000000001";
    post("/v1/traces", span(traceId));
    post("/v1/logs", log(traceId, ""));
    JsonNode trace = trace(traceId);
    assertThat(trace.path("logs")).hasSize(1);
    assertThat(trace.path("durationUs").asLong()).isEqualTo(5_000);
    assertThat(trace.path("criticalPath").path("durationUs").asLong()).isEqualTo(5_000);
  }

  @Test
  void aLineThatComesTwiceIsKeptOnce() throws Exception {
    String traceId = "10000000000000000000000000000002";
    post("/v1/traces", span(traceId));
    post("/v1/logs", log(traceId, ""));
    post("/v1/logs", log(traceId, ""));
    post("/v1/logs", log(traceId, ",\"severityText\":\"notice\""));
    assertThat(trace(traceId).path("logs").findValuesAsText("severity"))
        .containsExactlyInAnyOrder("", "notice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1 TRACE", "4 TRACE", "5 DEBUG", "9 INFO", "16 WARN", "17 ERROR", "24 FATAL"})
  void aSeverityThatCameAsANumberIsSaidInWords(String numberAndWord) throws Exception {
    String number = numberAndWord.split(" ")[0];
    String traceId = "2" + "0".repeat(31 - number.length()) + number;
    post("/v1/traces", span(traceId));
    post("/v1/logs", log(traceId, ",\"severityNumber\":" + number));
    assertThat(trace(traceId).path("logs").get(0).path("severity").asText())
        .isEqualTo(numberAndWord.split(" ")[1]);
  }

  @Test
  void aLineIsFoundByWhatItSays() throws Exception {
    String traceId = "10000000000000000000000000000003";
    post("/v1/traces", span(traceId));
    post("/v1/logs", log(traceId, ",\"severityText\":\"WARN\""));
    collector.settled().join();
    assertThat(found("log ~ \"NO STOCK\"")).contains(traceId);
    assertThat(found("log = \"no stock\"")).contains(traceId);
    assertThat(found("log")).contains(traceId);
    assertThat(found("log ~ full")).doesNotContain(traceId);
  }

  @Test
  void whatBelongsToNoTraceIsRejectedAndTheRestIsKept() throws Exception {
    String traceId = "10000000000000000000000000000004";
    post("/v1/traces", span(traceId));
    String answer =
        post(
            "/v1/logs",
            log(traceId, "},{\"timeUnixNano\":\"1\",\"body\":{\"stringValue\":\"no trace\"}"));
    assertThat(answer).contains("\"rejectedLogRecords\":\"1\"").contains("trace_id");
    assertThat(trace(traceId).path("logs")).hasSize(1);
  }
}
