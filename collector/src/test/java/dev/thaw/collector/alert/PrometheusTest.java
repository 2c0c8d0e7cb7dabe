package dev.thaw.collector.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import dev.thaw.collector.alert.channel.RealProgram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For those who have Prometheus already: it scrapes the collector, its rule fires on what the
 * collector says, and Alertmanager passes it on; and then that it is over.
 */
class PrometheusTest {

  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void anAlertReachesAlertmanagerByPrometheusAndIsResolved() throws Exception {
    List<String> taken = new CopyOnWriteArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            taken.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    receiver.start();
    Path alertmanagerConfig =
        Files.writeString(
            folder.resolve("alertmanager.yml"),
            """
            route: {receiver: test, group_wait: 0s, group_interval: 1s}
            receivers: [{name: test, webhook_configs: [{url: 'http://127.0.0.1:%d/'}]}]
            """
                .formatted(receiver.getAddress().getPort()));
    Path rules =
        Files.writeString(
            folder.resolve("thaw.yaml"),
            "rules: [{name: late, kind: timeouts, window: 5s, keep-firing: 0s}]");
    try (Collector collector =
            CollectorForTests.in(
                folder.resolve("collector"),
                "THAW_ALERTS",
                rules.toString(),
                "THAW_ALERT_INTERVAL",
                "1");
        RealProgram alertmanager =
            RealProgram.start(
                "prometheus-alertmanager",
                folder.resolve("alertmanager.log"),
                List.of(
                    "--config.file=" + alertmanagerConfig,
                    "--storage.path=" + folder.resolve("alertmanager"),
                    "--cluster.listen-address="));
        RealProgram prometheus =
            RealProgram.start(
                "prometheus",
                folder.resolve("prometheus.log"),
                List.of(
                    "--config.file=" + prometheusConfig(collector.port(), alertmanager.url()),
                    "--storage.tsdb.path=" + folder.resolve("prometheus")))) {
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(prometheus.get("/api/v1/query?query=thaw_alert_firing").body())
                      .contains("\"rule\":\"late\""));
      timeout(collector.port());
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(taken)
                      .anyMatch(
                          body ->
                              body.contains("\"status\":\"firing\"")
                                  && body.contains("\"rule\":\"late\"")));
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> assertThat(taken).anyMatch(body -> body.contains("\"status\":\"resolved\"")));
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void whatFunctionsDoIsThereToBeCharted() throws Exception {
    try (Collector collector = CollectorForTests.in(folder.resolve("collector"));
        RealProgram prometheus =
            RealProgram.start(
                "prometheus",
                folder.resolve("prometheus.log"),
                List.of(
                    "--config.file=" + prometheusConfig(collector.port(), "127.0.0.1:9"),
                    "--storage.tsdb.path=" + folder.resolve("prometheus")))) {
      timeout(collector.port());
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(value(prometheus, "faas_timeouts_total{faas_name=\"stuck\"}"))
                      .isEqualTo("1"));
      assertThat(value(prometheus, "faas_invocations_total{faas_name=\"stuck\"}")).isEqualTo("0");
      assertThat(value(prometheus, "faas_invoke_duration_seconds_bucket{le=\"1.0\"}"))
          .isEqualTo("1");
      assertThat(value(prometheus, "faas_invoke_duration_seconds_bucket{le=\"0.5\"}"))
          .isEqualTo("0");
      assertThat(value(prometheus, "histogram_quantile(0.5,faas_invoke_duration_seconds_bucket)"))
          .isEqualTo("0.75");
    }
  }

  /** Of the one series that the query finds. */
  private static String value(RealProgram prometheus, String query) throws Exception {
    JsonNode found =
        new ObjectMapper()
            .readTree(
                prometheus
                    .get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                    .body())
            .path("data")
            .path("result");
    return found.size() == 1 ? found.get(0).path("value").get(1).asText() : found.toString();
  }

  private Path prometheusConfig(int collectorPort, String alertmanager) throws Exception {
    Files.writeString(
        folder.resolve("rules.yml"),
        """
        groups:
          - name: thaw
            rules:
              - alert: ThawAlertFires
                expr: thaw_alert_firing > 0
        """);
    return Files.writeString(
        folder.resolve("prometheus.yml"),
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [rules.yml]
        scrape_configs:
          - {job_name: thaw, static_configs: [{targets: ['127.0.0.1:%d']}]}
        alerting:
          alertmanagers:
            - static_configs: [{targets: ['%s']}]
        """
            .formatted(collectorPort, alertmanager.replace("http://", "")));
  }

  /** By OTLP in JSON, as any sender may. */
  private static void timeout(int port) throws Exception {
    long nowNs = System.currentTimeMillis() * 1_000_000;
    String body =
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"faas.name","value":{"stringValue":"stuck"}}]},
          "scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
            "name":"stuck","kind":2,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
              {"key":"faas.invocation_id","value":{"stringValue":"request-1"}},
              {"key":"thaw.outcome","value":{"stringValue":"timeout"}}]}]}]}]}
        """
            .formatted(nowNs - 1_000_000_000L, nowNs);
    HttpResponse<Void> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
    assertThat(answer.statusCode()).isEqualTo(200);
  }
}
