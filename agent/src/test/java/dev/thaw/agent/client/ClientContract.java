package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.thaw.agent.LambdaForTests;
import dev.thaw.agent.OtlpSink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every client library's hook MUST show: a span for a call, the context carried, an error, a
 * throttle. With the real library in a function on the real runtime.
 */
abstract class ClientContract {

  /** What the library's other side answers, and what it got. */
  protected static final class OtherSide implements AutoCloseable {
    private final HttpServer server;
    private volatile int status = 200;
    private volatile int refusals;
    final List<Map<String, List<String>>> requests = new CopyOnWriteArrayList<>();

    OtherSide() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              exchange.getRequestBody().readAllBytes();
              requests.add(Map.copyOf(exchange.getRequestHeaders()));
              boolean refuse = refusals > 0;
              if (refuse) {
                refusals--;
                exchange.getResponseHeaders().set("x-amzn-ErrorType", "TooManyRequestsException");
              }
              exchange.getResponseHeaders().set("Content-Type", "application/json");
              byte[] body = (refuse ? "{\"message\":\"Rate Exceeded.\"}" : "{}").getBytes();
              exchange.sendResponseHeaders(refuse ? 429 : status, body.length);
              exchange.getResponseBody().write(body);
            }
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void answerWith(int statusCode) {
      status = statusCode;
    }

    void refuse(int times) {
      refusals = times;
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @TempDir Path work;

  protected OtlpSink sink;
  protected OtherSide other;
  protected LambdaForTests lambda;

  @BeforeEach
  void start() throws IOException {
    sink = new OtlpSink();
    other = new OtherSide();
    lambda = new LambdaForTests(work, true, settings());
  }

  @AfterEach
  void stop() throws IOException {
    lambda.close();
    other.close();
    sink.close();
  }

  /** The agent's variables, and those by which the library finds the other side. */
  protected Map<String, String> settings() {
    return Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url(), "THAW_EXPORT_BUDGET", "5s");
  }

  /** The function that uses the library. */
  protected abstract String function();

  /** Lets the function call the other side. */
  protected abstract void call() throws Exception;

  /** The name that its span has. */
  protected abstract String spanName();

  protected List<OtlpSink.Received> calls(int atLeast) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> sink.named(function(), spanName()).size() >= atLeast);
    return sink.named(function(), spanName());
  }

  protected OtlpSink.Received invocation() {
    await().atMost(Duration.ofSeconds(20)).until(() -> !sink.invocations(function()).isEmpty());
    return sink.invocations(function()).get(0);
  }

  @Test
  void aCallIsAChildOfItsInvocation() throws Exception {
    call();
    assertThat(calls(1).get(0).parentId()).isEqualTo(invocation().id());
    assertThat(calls(1).get(0).attribute("http.response.status_code")).isEqualTo("200");
  }

  @Test
  void theOtherSideGetsTheCallAsItsParent() throws Exception {
    call();
    OtlpSink.Received span = calls(1).get(0);
    assertThat(carried(other.requests.get(0))).contains(span.traceId(), span.id());
  }

  /** The header's value in which the library carries the context, in W3C or X-Ray form. */
  protected abstract String carried(Map<String, List<String>> headers);

  @Test
  void anErrorOfTheOtherSideIsOnTheSpan() throws Exception {
    other.answerWith(404);
    call();
    assertThat(calls(1).get(0).attribute("error.type")).isNotEmpty();
  }

  @Test
  void aRefusalIsAThrottleWithItsStatus() throws Exception {
    other.refuse(1);
    call();
    assertThat(calls(1).get(0).event("thaw.throttle", "http.response.status_code"))
        .isEqualTo("429");
  }
}
