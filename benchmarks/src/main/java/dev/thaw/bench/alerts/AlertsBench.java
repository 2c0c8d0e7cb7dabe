package dev.thaw.bench.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.demo.CollectorProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Evaluates twenty rules of all kinds for hundreds of functions, on a day of their rollups. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description =
        "Evaluates 10,000 pairs of rule and function. Exits 1 when an evaluation takes more than a second.")
public final class AlertsBench implements Callable<Integer> {

  private static final double MOST_MS = 1000;
  private static final int WARM_UP = 3;

  private static final String[] RULES = {
    "kind: timeouts",
    "kind: timeouts, window: 15m, threshold: 10",
    "kind: near-timeouts",
    "kind: errors, threshold: 100",
    "kind: errors, compared-with: yesterday, threshold: +9000%",
    "kind: error-rate, threshold: 90%",
    "kind: error-rate, threshold: 50%, window: 1h",
    "kind: throttles",
    "kind: cold-start-share, threshold: 90%",
    "kind: slow-cold-starts, slower-than: 5s",
    "kind: init-duration, threshold: 10s",
    "kind: duration, threshold: 5s",
    "kind: duration, percentile: p50, threshold: 5s, window: 1h",
    "kind: duration, compared-with: last-week, threshold: +9000%, window: 1h",
    "kind: memory",
    "kind: memory, percentile: p50, window: 1h",
    "kind: silence, threshold: 1",
    "kind: cost, window: 1d, threshold: $100",
    "kind: queue-wait",
    "kind: dead-letters"
  };

  @Option(
      names = "--functions",
      defaultValue = "500",
      description = "How many functions there are; default ${DEFAULT-VALUE}.")
  private int functions;

  @Option(
      names = "--evaluations",
      defaultValue = "20",
      description = "How many evaluations are looked at; default ${DEFAULT-VALUE}.")
  private int evaluations;

  private final Path home = Path.of(System.getProperty("thaw.home"));

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-alerts");
    try {
      return run(work) ? 0 : 1;
    } finally {
      Folders.delete(work);
    }
  }

  private boolean run(Path work) throws Exception {
    Path data = work.resolve("data");
    System.out.println("Writing a day of " + functions + " functions ...");
    String invocations =
        Collectors.output(
            home,
            Fleet.class,
            data.toString(),
            Integer.toString(functions),
            Long.toString(System.currentTimeMillis()));
    Path rules = work.resolve("rules.yaml");
    Files.writeString(rules, rules());
    List<Double> took = new ArrayList<>();
    int port = Collectors.freePort();
    try (CollectorProcess collector =
        Collectors.start(
            home,
            work,
            data,
            port,
            Map.of("THAW_ALERTS", rules.toString(), "THAW_ALERT_INTERVAL", "1"))) {
      long last = 0;
      while (took.size() < WARM_UP + evaluations) {
        JsonNode view = collector.get("/api/v1/alerts");
        long evaluated = view.path("evaluatedMs").asLong();
        if (evaluated != last && view.path("tookMs").asDouble() > 0) {
          took.add(view.path("tookMs").asDouble());
          last = evaluated;
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
    double first = took.get(0);
    List<Double> warm = took.subList(WARM_UP, took.size()).stream().sorted().toList();
    double median = warm.get(warm.size() / 2);
    double worst = warm.get(warm.size() - 1);
    boolean isMet = worst <= MOST_MS;
    System.out.printf(
        Locale.ROOT,
        "%s, %d rules for %d functions, %d pairs, on %s invocations%n"
            + "an evaluation: median %.0f ms, worst %.0f ms of %d (at most %.0f); the first after the start %.0f ms%n%s%n",
        Javas.name(Path.of(System.getProperty("java.home"))),
        RULES.length,
        functions,
        RULES.length * functions,
        invocations,
        median,
        worst,
        warm.size(),
        MOST_MS,
        first,
        isMet ? "The budget is met." : "The budget is MISSED.");
    return isMet;
  }

  private static String rules() {
    StringBuilder yaml = new StringBuilder("rules:\n");
    for (int i = 0; i < RULES.length; i++) {
      yaml.append("  - {name: rule ").append(i).append(", ").append(RULES[i]).append("}\n");
    }
    return yaml.toString();
  }
}
