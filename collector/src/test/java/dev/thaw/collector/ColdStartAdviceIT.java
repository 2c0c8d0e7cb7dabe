package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The advice on a real function's start, against the times that the function itself logs. */
class ColdStartAdviceIT {

  private static final Path HOME =
      Path.of(System.getProperty("thaw.home")).toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern LOGGED = Pattern.compile("report init: ([a-z ]+) (\\d+) ms");

  /** One start is known to a sampling period; the middle of several is what is compared. */
  private static final int STARTS = 7;

  @TempDir private Path folder;

  @Test
  void theThreeCausesOfTheReportAreNamedLargestFirstWithin15PercentOfItsOwnTimes()
      throws Exception {
    Map<String, List<Double>> ratios = new HashMap<>();
    for (int i = 0; i < STARTS; i++) {
      Path work = Files.createDirectories(folder.resolve("start-" + i));
      JsonNode advice = adviceOfOneStart(work);
      Map<String, Double> logged = logged(work);
      Map<String, Double> found = new HashMap<>();
      List<String> order = new ArrayList<>();
      for (JsonNode one : advice) {
        String cause = cause(one);
        if (!cause.isEmpty() && !found.containsKey(cause)) {
          order.add(cause);
          found.put(cause, one.get("ms").asDouble());
        }
      }
      // Two of them take about as long: which is larger, a busy machine decides anew each time.
      assertThat(order)
          .containsExactlyInAnyOrder("sdk clients", "object mapper", "data file")
          .isSortedAccordingTo(Comparator.comparing(found::get).reversed());
      found.forEach(
          (cause, ms) ->
              ratios
                  .computeIfAbsent(cause, absent -> new ArrayList<>())
                  .add(ms / logged.get(cause)));
    }
    System.out.println("advice over the function's own times: " + ratios);
    ratios.forEach(
        (cause, all) -> {
          all.sort(null);
          assertThat(all.get(STARTS / 2)).as(cause + " " + all).isCloseTo(1.0, within(0.15));
        });
  }

  private static String cause(JsonNode advice) {
    switch (advice.get("rule").asText()) {
      case "sdk-client-in-init":
        return "sdk clients";
      case "object-mapper-in-init":
        return "object mapper";
      default:
        return advice.get("places").get(0).get("name").asText().contains("Report.readRates")
            ? "data file"
            : "";
    }
  }

  private static JsonNode adviceOfOneStart(Path work) throws Exception {
    Path functions = HOME.resolve("sample-functions/target/platform/functions.yaml");
    return advice(work, functions, "report", "{\"currency\":\"USD\"}", Map.of());
  }

  private static JsonNode advice(
      Path work, Path functions, String function, String event, Map<String, String> settings)
      throws Exception {
    try (Collector collector =
        new Collector(
            Settings.read(
                Map.of(
                    "THAW_PORT",
                    "0",
                    "THAW_GRPC_PORT",
                    "0",
                    "THAW_DATA",
                    work.resolve("data").toString())))) {
      Map<String, String> environment = new HashMap<>(settings);
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", url(collector));
      environment.put("THAW_EXPORT_BUDGET", "5s");
      try (LocalPlatform platform =
          LocalPlatform.start(
              FunctionsFile.read(functions),
              PlatformOptions.defaults(
                      HOME.resolve("sample-functions/target/platform/runtime/aws-lambda"),
                      work.resolve("platform"))
                  .withAgent(HOME.resolve("agent/target/thaw-agent.jar"))
                  .withEnvironment(environment))) {
        HttpResponse<String> answer =
            HTTP.send(
                HttpRequest.newBuilder(
                        URI.create(
                            platform.url() + "/2015-03-31/functions/" + function + "/invocations"))
                    .POST(HttpRequest.BodyPublishers.ofString(event))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-amz-function-error")).as(answer.body()).isEmpty();
        String list = url(collector) + "/api/v1/cold-starts";
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> get(list).at("/coldStarts/0").isObject());
        JsonNode start = get(list).at("/coldStarts/0");
        return get(list + "/" + start.get("traceId").asText() + "/" + start.get("spanId").asText())
            .get("advice");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Network, network-in-init, Starts$Network",
    "SchemaParsed, schema-in-init, Starts$SchemaParsed",
    "Scan, component-scan, Starts$Scan",
    "Pool, connection-pool, Starts$Pool",
    "DataFile, data-file-in-init, Starts$DataFile",
    "OwnWork, work-in-static-initialiser, Starts$OwnWork",
    "Library, class-loading, Starts$Library",
    "Typed, runtime-serialiser, com.amazonaws.services.lambda.runtime.serialization.",
  })
  void aPatternIsFoundInAFunctionThatShowsIt(String function, String rule, String place)
      throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Thread server = new Thread(() -> answerLate(slow));
      server.start();
      JsonNode advice =
          advice(
              folder,
              functionsFile(function),
              "start",
              "{}",
              Map.of("SLOW_PORT", Integer.toString(slow.getLocalPort())));

      List<String> rules = new ArrayList<>();
      advice.forEach(one -> rules.add(one.get("rule").asText()));
      assertThat(rules).contains(rule);
      JsonNode found = advice.get(rules.indexOf(rule));
      assertThat(found.get("ms").asDouble()).isGreaterThanOrEqualTo(10);
      assertThat(found.at("/places/0/name").asText()).contains(place);
    }
  }

  /** A server that lets its caller wait. */
  private static void answerLate(ServerSocket server) {
    try (Socket caller = server.accept()) {
      LockSupport.parkNanos(150_000_000L);
      caller.getOutputStream().write(1);
    } catch (IOException e) {
      // Nobody called: the test is about another pattern.
    }
  }

  /** The test function's classes, its libraries under lib/, as a deployment package is laid out. */
  private Path functionsFile(String function) throws IOException {
    Path task = Files.createDirectories(folder.resolve("task"));
    Path classes = Path.of("target/test-classes");
    try (Stream<Path> files = Files.walk(classes.resolve("dev/thaw/collector/functions"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = task.resolve(classes.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path lib = Files.createDirectories(task.resolve("lib"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      if (jar.getFileName().toString().matches("(spring-|HikariCP|h2-|slf4j-api).*\\.jar")) {
        Files.copy(jar, lib.resolve(jar.getFileName().toString()));
      }
    }
    return Files.writeString(
        folder.resolve("functions.yaml"),
        """
        functions:
          start:
            handler: "dev.thaw.collector.functions.Starts$%s::handle"
            code: ["%s"]
            timeout: 20s
        """
            .formatted(function, task));
  }

  private static String url(Collector collector) {
    return "http://127.0.0.1:" + collector.port();
  }

  private static JsonNode get(String url) throws Exception {
    return JSON.readTree(
        HTTP.send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static Map<String, Double> logged(Path work) throws Exception {
    Map<String, Double> logged = new HashMap<>();
    try (Stream<Path> logs = Files.list(work.resolve("platform/logs"))) {
      for (Path log : logs.toList()) {
        Matcher line = LOGGED.matcher(Files.readString(log));
        while (line.find()) {
          logged.put(line.group(1), Double.valueOf(line.group(2)));
        }
      }
    }
    return logged;
  }
}
