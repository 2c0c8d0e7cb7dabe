package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What other people's web pages get when they ask a collector that their reader can reach. */
class GuardTest {

  @TempDir static Path folder;

  private static Collector collector;

  @BeforeAll
  static void start() {
    collector = CollectorForTests.in(folder, "THAW_HOSTS", "thaw.internal, other.internal");
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  /** Over a plain socket: a browser's own headers can't be set with a client. */
  private static String answer(String method, String path, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    request.append("Connection: close\r\nContent-Length: 0\r\n\r\n");
    return RawHttp.answer(collector.port(), request.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/functions, localhost:4318, , 200",
    "GET, /api/v1/functions, 127.0.0.1:4318, , 200",
    "GET, /api/v1/functions, [::1]:4318, , 200",
    "GET, /api/v1/functions, Thaw.Internal, , 200",
    "GET, /, other.internal:80, , 200",
    "GET, /api/v1/functions, rebound.example:4318, , 403",
    "GET, /, rebound.example, , 403",
    "GET, /health, any.example, , 200",
    "GET, /metrics, any.example, , 200",
    "GET, /api/v1/functions, localhost:4318, http://localhost:4318, 200",
    "GET, /api/v1/functions, localhost:4318, http://evil.example, 403",
    "GET, /api/v1/functions, localhost:4318, null, 403",
    "POST, /api/v1/import, localhost:4318, https://evil.example, 403",
    "POST, /api/v1/import, rebound.example, http://rebound.example, 403",
    "POST, /api/v1/import, collector.example, , 200",
    "POST, /v1/traces, localhost:4318, http://evil.example, 403",
    "POST, /v1/traces, collector.example, , 415",
  })
  void onlyKnownHostsAndNoOtherOrigins(
      String method, String path, String host, String origin, int status) throws Exception {
    String answer =
        origin == null
            ? answer(method, path, "Host: " + host)
            : answer(method, path, "Host: " + host, "Origin: " + origin);
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void aNameThatIsNotKnownIsToldHowToBecomeOne() throws Exception {
    assertThat(answer("GET", "/", "Host: new.internal")).contains("add it to THAW_HOSTS");
  }

  @Test
  void aPageMayLoadNothingButItsOwnFilesAndNotBeFramed() throws Exception {
    assertThat(answer("GET", "/", "Host: localhost").toLowerCase(java.util.Locale.ROOT))
        .contains("script-src 'self';")
        .contains("frame-ancestors 'none'")
        .contains("x-content-type-options: nosniff");
  }
}
