package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.thaw.agent.LambdaForTests;
import dev.thaw.agent.OtlpSink;
import dev.thaw.local.FunctionConfig;
import dev.thaw.local.PlatformOptions;
import dev.thaw.local.RuntimeLauncher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The runtime against a Runtime API of the test's own: many invocations at once in one process that
 * is not frozen, as on Lambda managed instances, and a clock that is not the platform's.
 */
class RuntimeOnItsOwnIT {

  private static final String PLAIN = "Plain::greet";

  /** A Runtime API that hands out work to everybody who asks. */
  private static final class Api implements AutoCloseable {
    private final HttpServer server;
    private final Semaphore work = new Semaphore(0);
    private final AtomicInteger answered = new AtomicInteger();
    private final Duration clockOffset;

    /**
     * @param clockOffset how far the platform's clock is ahead of this machine's
     */
    Api(Duration clockOffset) throws IOException {
      this.clockOffset = clockOffset;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      server.setExecutor(
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "api");
                thread.setDaemon(true);
                return thread;
              }));
      server.createContext("/", this::handle);
      server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (path.endsWith("/invocation/next")) {
        work.acquireUninterruptibly();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange
            .getResponseHeaders()
            .set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
        exchange
            .getResponseHeaders()
            .set(
                "Lambda-Runtime-Deadline-Ms",
                Long.toString(System.currentTimeMillis() + 30_000 + clockOffset.toMillis()));
        exchange
            .getResponseHeaders()
            .set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x:1:function:managed");
        respond(exchange, 200, "\"Ada\"");
      } else if (path.endsWith("/response")) {
        assertThat(body).isNotEmpty();
        answered.incrementAndGet();
        respond(exchange, 202, "{}");
      } else if (path.endsWith("/register")) {
        exchange.getResponseHeaders().set("Lambda-Extension-Identifier", "e");
        respond(exchange, 200, "{}");
      } else {
        new Semaphore(0).acquireUninterruptibly();
      }
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }

    String address() {
      return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @TempDir private Path work;

  private Process launch(
      Api api, OtlpSink sink, String handler, int memory, Map<String, String> settings)
      throws IOException {
    Path home = Path.of(System.getProperty("thaw.platform")).toAbsolutePath().normalize();
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url());
    PlatformOptions options =
        PlatformOptions.defaults(home.resolve("runtime/aws-lambda"), work)
            .withAgent(Path.of(System.getProperty("thaw.agent")))
            .withEnvironment(environment);
    FunctionConfig config =
        new FunctionConfig(
            "function",
            "dev.thaw.agent.functions.AgentTestFunctions$" + handler,
            List.of(LambdaForTests.taskRoot()),
            memory,
            Duration.ofSeconds(30),
            1,
            Map.of(),
            null,
            List.of());
    return new RuntimeLauncher(options, Map.of())
        .launch(config, "function-1", api.address(), LambdaForTests.taskRoot());
  }

  private static Map<String, String> atOnce(int invocations) {
    return Map.of(
        "AWS_LAMBDA_MAX_CONCURRENCY",
        Integer.toString(invocations),
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "lambda-managed-instances");
  }

  @ParameterizedTest
  @CsvSource({PLAIN + ", 8", "Together::handle, 1000"})
  void aThousandInvocationsAreEachRecordedOnceAlsoWhenTheProcessIsToldToEnd(
      String handler, int atOnce) throws Exception {
    try (OtlpSink sink = new OtlpSink();
        Api api = new Api(Duration.ZERO)) {
      Process process = launch(api, sink, handler, 1769, atOnce(atOnce));
      try {
        api.work.release(1000);
        await().atMost(Duration.ofSeconds(60)).until(() -> api.answered.get() == 1000);
        await().until(() -> sink.invocations("function").size() >= 900);
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
      }
      assertThat(sink.invocations("function"))
          .hasSize(1000)
          .extracting(span -> span.attribute("faas.invocation_id"))
          .doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "PT-1H"})
  void aClockThatIsAnHourOffMakesNoTimeoutOfASuccess(Duration offset) throws Exception {
    try (OtlpSink sink = new OtlpSink();
        Api api = new Api(offset)) {
      Process process = launch(api, sink, PLAIN, 512, Map.of());
      try {
        api.work.release(3);
        await().until(() -> sink.invocations("function").size() >= 3);
      } finally {
        process.destroyForcibly();
      }
      assertThat(sink.invocations("function"))
          .hasSize(3)
          .allSatisfy(span -> assertThat(span.attribute("thaw.outcome")).isEqualTo("ok"));
    }
  }
}
