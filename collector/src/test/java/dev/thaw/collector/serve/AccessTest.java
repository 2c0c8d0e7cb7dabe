package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets what from a collector that has tokens. */
class AccessTest {

  @TempDir static Path folder;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static String ingest;
  private static String read;
  private static Path tokens;
  private static Collector collector;

  @BeforeAll
  static void start() throws Exception {
    tokens = folder.resolve("tokens");
    ingest = Tokens.add(tokens, Tokens.Kind.INGEST, "functions");
    read = Tokens.add(tokens, Tokens.Kind.READ, "anna");
    collector = CollectorForTests.in(folder.resolve("data"), "THAW_TOKENS", tokens.toString());
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + collector.port() + path;
  }

  private static HttpResponse<String> ask(
      String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path)))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String token(String kind) {
    return switch (kind) {
      case "ingest" -> "Bearer " + ingest;
      case "read" -> "bearer " + read;
      case "wrong" -> "Bearer thaw-read-AAAA";
      default -> "Basic " + read;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/traces, ingest, 200",
    "POST, /v1/traces, read, 401",
    "POST, /v1/traces, wrong, 401",
    "POST, /v1/traces, basic, 401",
    "POST, /v1/metrics, wrong, 401",
    "POST, /v1/logs, wrong, 401",
    "POST, /api/v2/spans, ingest, 202",
    "POST, /api/v2/spans, wrong, 401",
    "POST, /api/v1/import, read, 401",
    "GET, /api/v1/functions, read, 200",
    "GET, /api/v1/functions, ingest, 401",
    "GET, /api/v1/traces/00000000000000000000000000000001, wrong, 401",
    "GET, /metrics, read, 200",
    "GET, /metrics, wrong, 401",
    "GET, /health, wrong, 200",
    "GET, /, wrong, 200",
    "GET, /functions/orders, wrong, 200",
  })
  void aTokenOpensWhatItIsFor(String method, String path, String kind, int status)
      throws Exception {
    String body = path.equals("/api/v2/spans") ? "[]" : method.equals("POST") ? "{}" : "";
    assertThat(
            ask(
                    method,
                    path,
                    body,
                    "Authorization",
                    token(kind),
                    "Content-Type",
                    "application/json")
                .statusCode())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//api/v1/functions",
        "/./api/v1/functions",
        "/x/../api/v1/functions",
        "/%61pi/v1/functions",
        "/api%2Fv1/functions",
        "/api/v1/functions/",
        "/api/v1/functions;x=y",
        "/API/v1/functions",
        "/assets/../api/v1/functions",
        "/assets/..%2fapi/v1/functions",
        "/%2e%2e/api/v1/functions",
        "/metrics/",
      })
  void noWayOfWritingThePathGetsAroundTheLogin(String path) throws Exception {
    String answer =
        RawHttp.answer(
            collector.port(),
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    // Some are no path at all, and some a page of the dashboard, which holds no data.
    assertThat(answer)
        .startsWith("HTTP/1.1 ")
        .doesNotContain("\"functions\":", "jvm_", "thaw_intake");
  }

  @Test
  void anErrorHasTheFormOfTheRequest() throws Exception {
    assertThat(ask("POST", "/v1/traces", "{}", "Content-Type", "application/json").body())
        .contains("\"code\":16");
    assertThat(ask("GET", "/api/v1/functions", "").body()).contains("\"message\":");
    assertThat(ask("GET", "/api/v1/functions", "").headers().firstValue("www-authenticate"))
        .hasValue("Bearer");
  }

  private static boolean deliver(SpanExporter exporter) {
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build()) {
      Tracer tracer = provider.get("test");
      tracer.spanBuilder("with a token").startSpan().end();
      return provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess();
    }
  }

  @Test
  void openTelemetrysExportersDeliverWithAToken() throws Exception {
    assertThat(
            deliver(
                OtlpHttpSpanExporter.builder()
                    .setEndpoint(url("/v1/traces"))
                    .addHeader("Authorization", "Bearer " + ingest)
                    .build()))
        .isTrue();
    assertThat(
            deliver(
                OtlpGrpcSpanExporter.builder()
                    .setEndpoint(url(""))
                    .addHeader("Authorization", "Bearer " + ingest)
                    .build()))
        .isTrue();
  }

  private static String login(String token) throws Exception {
    HttpResponse<String> answer = ask("POST", "/api/v1/login", "{\"token\":\"" + token + "\"}");
    assertThat(answer.statusCode()).isEqualTo(204);
    return answer.headers().firstValue("set-cookie").orElseThrow();
  }

  @Test
  void aLoginIsACookieThatNoPageCanReadAndNoOtherSiteSends() throws Exception {
    String cookie = login(read);
    assertThat(cookie).contains("HTTPOnly", "SameSite=Strict", "Path=/").doesNotContain("Secure");
    String pair = cookie.substring(0, cookie.indexOf(';'));
    assertThat(ask("GET", "/api/v1/functions", "", "Cookie", pair).statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/api/v1/session", "", "Cookie", pair).body())
        .isEqualTo("{\"needed\":true,\"provider\":\"\",\"name\":\"anna\",\"mayEdit\":false}");
    assertThat(ask("POST", "/v1/traces", "{}", "Cookie", pair).statusCode()).isEqualTo(401);
    assertThat(ask("POST", "/api/v1/logout", "").headers().firstValue("set-cookie").orElseThrow())
        .contains("Max-Age=0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"null | 401", "[] | 401", "{\"token\": 7} | 401", "{ | 400", "'' | 401"})
  void whatIsNoLoginIsToldSo(String body, int status) throws Exception {
    assertThat(ask("POST", "/api/v1/login", body).statusCode()).isEqualTo(status);
  }

  @Test
  void aCookieThatSomebodyMadeOrChangedIsNoLogin() throws Exception {
    String pair = login(read).replaceAll(";.*", "");
    char last = pair.charAt(pair.length() - 2);
    String changed =
        pair.substring(0, pair.length() - 2)
            + (last == 'A' ? 'B' : 'A')
            + pair.charAt(pair.length() - 1);
    for (String cookie :
        List.of(changed, "thaw_session=", "thaw_session=AAAA", "thaw_session=%%")) {
      assertThat(ask("GET", "/api/v1/functions", "", "Cookie", cookie).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aSessionEndsWithItsTimeAndWithItsToken() throws Exception {
    Path own = folder.resolve("own-tokens");
    String token = Tokens.add(own, Tokens.Kind.READ, "old");
    Tokens.add(own, Tokens.Kind.READ, "other");
    Tokens known = new Tokens(own, System::nanoTime);
    Sessions sessions = new Sessions(new Seal(folder.resolve("own.key")), known, false);
    long now = 1_000_000;
    String cookie = sessions.begin(known.find(Tokens.Kind.READERS, token).orElseThrow(), now);
    assertThat(sessions.find(cookie, now)).isPresent();
    assertThat(sessions.find(cookie, now + Sessions.LENGTH.toMillis() + 1)).isEmpty();
    assertThat(new Sessions(new Seal(folder.resolve("own.key")), known, false).find(cookie, now))
        .isPresent();
    Files.writeString(own, Files.readString(own).lines().skip(1).findFirst().orElseThrow());
    assertThat(
            new Sessions(new Seal(folder.resolve("own.key")), new Tokens(own), false)
                .find(cookie, now))
        .isEmpty();
  }

  @Test
  void withoutTokensNobodyHasToLogIn() throws Exception {
    try (Collector open = CollectorForTests.in(folder.resolve("open"))) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + open.port() + "/api/v1/session"))
              .build();
      assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .isEqualTo("{\"needed\":false,\"provider\":\"\",\"name\":\"\",\"mayEdit\":true}");
    }
  }

  @Test
  void anotherAddressNeedsTokensOrAWord() {
    assertThatThrownBy(() -> CollectorForTests.in(folder.resolve("x"), "THAW_BIND", "0.0.0.0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("THAW_TOKENS");
    CollectorForTests.in(
            folder.resolve("bound"), "THAW_BIND", "0.0.0.0", "THAW_TOKENS", tokens.toString())
        .close();
  }
}
