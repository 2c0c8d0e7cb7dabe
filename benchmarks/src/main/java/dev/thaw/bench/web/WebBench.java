package dev.thaw.bench.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.bench.query.DayOfSpans;
import dev.thaw.demo.CollectorProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Opens the dashboard in headless Chromium on a day of spans, and a trace of ten thousand. */
@Command(
    name = "web",
    mixinStandardHelpOptions = true,
    description =
        "What the dashboard costs in a real browser, on a day of ten million spans. Exits 1 when a budget is missed.")
public final class WebBench implements Callable<Integer> {

  private static final String TRACE = "10000".repeat(6) + "00";
  private static final int TRACE_SPANS = 10_000;
  private static final int FUNCTIONS = 12;

  @Option(
      names = "--spans",
      defaultValue = "10000000",
      description = "How many spans the day has; default ${DEFAULT-VALUE}.")
  private long spans;

  private final Path home = Path.of(System.getProperty("thaw.home"));

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-web");
    try {
      Path data = Files.createDirectories(work.resolve("data"));
      System.out.printf(
          Locale.ROOT,
          "%s, %d spans of a day; writing them ...%n",
          Javas.name(Path.of(System.getProperty("java.home"))),
          spans);
      Collectors.output(
          home,
          DayOfSpans.class,
          data.toString(),
          Long.toString(spans),
          Long.toString(System.currentTimeMillis()));
      int port = Collectors.freePort();
      try (CollectorProcess collector = Collectors.start(home, work, data, port, Map.of())) {
        send(collector.url());
        Collectors.awaitIndexed(port);
        return look(collector.url());
      }
    } finally {
      Folders.delete(work);
    }
  }

  private int look(String url) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("npm", "run", "--silent", "budgets")
            .directory(home.resolve("dashboard-web").toFile())
            .inheritIO();
    builder.environment().put("THAW_URL", url);
    builder.environment().put("THAW_BENCH_TRACE", TRACE);
    int code = builder.start().waitFor();
    System.out.println(code == 0 ? "Every budget is met." : "A budget is MISSED.");
    return code == 0 ? 0 : 1;
  }

  private static void send(String url) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/v1/traces"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(trace()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("The trace was answered with " + answer.statusCode());
    }
  }

  /** One request through a dozen functions, with thousands of calls; OTLP as JSON. */
  private static byte[] trace() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    ArrayNode resources = root.putArray("resourceSpans");
    long startNs = (System.currentTimeMillis() - 60_000) * 1_000_000;
    ArrayNode[] ofFunction = new ArrayNode[FUNCTIONS];
    for (int i = 0; i < FUNCTIONS; i++) {
      ObjectNode resource = resources.addObject();
      attribute(resource.putObject("resource").putArray("attributes"), "faas.name", "step-" + i);
      ofFunction[i] = resource.putArray("scopeSpans").addObject().putArray("spans");
    }
    for (int i = 0; i < TRACE_SPANS; i++) {
      int function = i < FUNCTIONS ? i : i % FUNCTIONS;
      boolean isInvocation = i < FUNCTIONS;
      ObjectNode span = ofFunction[function].addObject();
      span.put("traceId", TRACE);
      span.put("spanId", "%016x".formatted(i + 1));
      span.put("name", isInvocation ? "step-" + i : "GET");
      span.put("kind", isInvocation ? 2 : 3);
      if (i > 0) {
        span.put("parentSpanId", "%016x".formatted(isInvocation ? i : function + 1));
      }
      long begin =
          isInvocation
              ? startNs + i * 1_000_000L
              : startNs + 20_000_000L + (long) i / FUNCTIONS * 1_000_000;
      long length = isInvocation ? 1_000_000_000L - i * 2_000_000L : 900_000L;
      span.put("startTimeUnixNano", Long.toString(begin));
      span.put("endTimeUnixNano", Long.toString(begin + length));
      ArrayNode attributes = span.putArray("attributes");
      if (isInvocation) {
        attribute(attributes, "faas.invocation_id", "request-" + i);
        attribute(attributes, "thaw.outcome", "ok");
      } else {
        attribute(attributes, "server.address", "stock.example");
        attribute(attributes, "url.full", "http://stock.example/items/" + i);
        attribute(attributes, "http.request.method", "GET");
        attribute(attributes, "http.response.status_code", "200");
        attribute(attributes, "user.id", "u" + i % 100);
        attribute(attributes, "shop.region", "eu");
      }
    }
    return json.writeValueAsBytes(root);
  }

  private static void attribute(ArrayNode to, String key, String value) {
    to.addObject().put("key", key).putObject("value").put("stringValue", value);
  }
}
