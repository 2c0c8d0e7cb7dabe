package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
      assertThat(order).containsExactly("sdk clients", "object mapper", "data file");
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
    try (Collector collector =
            new Collector(
                Settings.read(
                    Map.of("THAW_PORT", "0", "THAW_DATA", work.resolve("data").toString())));
        LocalPlatform platform =
            LocalPlatform.start(
                FunctionsFile.read(functions),
                PlatformOptions.defaults(
                        functions.resolveSibling("runtime/aws-lambda"), work.resolve("platform"))
                    .withAgent(HOME.resolve("agent/target/thaw-agent.jar"))
                    .withEnvironment(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", url(collector))))) {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(
                      URI.create(platform.url() + "/2015-03-31/functions/report/invocations"))
                  .POST(HttpRequest.BodyPublishers.ofString("{\"currency\":\"USD\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> get(url(collector) + "/api/v1/cold-starts").at("/coldStarts/0").isObject());
      JsonNode start = get(url(collector) + "/api/v1/cold-starts").at("/coldStarts/0");
      return get(url(collector)
              + "/api/v1/cold-starts/"
              + start.get("traceId").asText()
              + "/"
              + start.get("spanId").asText())
          .get("advice");
    }
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
