package dev.thaw.bench.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.bench.ingest.Load;
import dev.thaw.bench.ingest.Template;
import dev.thaw.demo.CollectorProcess;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long the dashboard's questions take, alone and while spans come in. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description =
        "How long questions take on a day of ten million spans, alone and while spans come in. Exits 1 when a budget is missed.")
public final class QueryBench implements Callable<Integer> {

  private static final int CLIENT_WARM_UPS = 500;

  /** A collector runs for weeks; in the first minute it mostly compiles itself. */
  private static final int WARM_UPS = 100;

  private static final int ROUNDS = 4;

  /** In each round, of each question. */
  private static final int ASKED = 40;

  private static final int CONNECTIONS = 8;
  private static final double LOAD_SECONDS = 12;
  private static final double MOST_START_SECONDS = 2;
  private static final double MOST_TIMES_UNDER_LOAD = 2;
  private static final long HOUR_MS = 3_600_000;

  /** HdrHistogram with three digits: one part in a thousand; and it counts whole microseconds. */
  private static final double MOST_ERROR = 0.001;

  private static final double MICROSECOND_MS = 0.001;

  @Option(
      names = "--spans",
      defaultValue = "10000000",
      description = "How many spans the day has; default ${DEFAULT-VALUE}.")
  private long spans;

  private final Path home = Path.of(System.getProperty("thaw.home"));
  private final Random random = new Random(7);
  private final long endMs = System.currentTimeMillis() / 1000 * 1000;
  private final List<String> missed = new ArrayList<>();

  /**
   * A question.
   *
   * @param budgetMs for the median, with nothing else to do
   */
  private record Question(String name, double budgetMs, Callable<String> path) {}

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-query");
    try {
      Path data = Files.createDirectories(work.resolve("data"));
      System.out.printf(
          Locale.ROOT,
          "%s, %d spans of a day, %d functions; writing them ...%n",
          Javas.name(Path.of(System.getProperty("java.home"))),
          spans,
          DayOfSpans.FUNCTIONS);
      JsonNode written = write(data);
      System.out.printf(
          Locale.ROOT, "%.1f GB on the disk%n%n", Files.size(data.resolve("thaw.duckdb")) / 1e9);
      int port = Collectors.freePort();
      long start = System.nanoTime();
      try (CollectorProcess collector = Collectors.start(home, work, data, port, Map.of())) {
        double seconds = (System.nanoTime() - start) / 1e9;
        ask(collector, written, port);
        System.out.printf(
            Locale.ROOT,
            "%nStart to ready: %.1f s (at most %.0f s)%n",
            seconds,
            MOST_START_SECONDS);
        check(seconds <= MOST_START_SECONDS, "start to ready");
      }
    } finally {
      Folders.delete(work);
    }
    System.out.println(
        missed.isEmpty() ? "\nEvery budget is met." : "\nMissed: " + String.join(", ", missed));
    return missed.isEmpty() ? 0 : 1;
  }

  private void check(boolean met, String what) {
    if (!met) {
      missed.add(what);
    }
  }

  private JsonNode write(Path data) throws Exception {
    return new ObjectMapper()
        .readTree(
            Collectors.output(
                home,
                DayOfSpans.class,
                data.toString(),
                Long.toString(spans),
                Long.toString(endMs)));
  }

  private void ask(CollectorProcess collector, JsonNode written, int port) throws Exception {
    List<Question> questions = questions(written.get("traces"));
    // What is measured is the collector, not the client's first steps.
    for (int i = 0; i < CLIENT_WARM_UPS; i++) {
      collector.text("/health");
    }
    for (Question question : questions) {
      for (int i = 0; i < WARM_UPS; i++) {
        collector.text(question.path().call());
      }
    }
    compare(collector.get(overview()), written.get("functions"));
    Load load = new Load(port, "/v1/traces", "application/x-protobuf", Template::otlp);
    load.run(CONNECTIONS, LOAD_SECONDS / 2, 0);
    double half = load.run(CONNECTIONS, LOAD_SECONDS, 0).perSecond() / 2;
    // Without the backlog of the full load.
    Collectors.awaitIndexed(port);
    double quiet = load.run(CONNECTIONS, LOAD_SECONDS, half).latencyMs(0.99);
    List<List<Double>> alone = none(questions);
    List<List<Double>> loaded = none(questions);
    List<Double> asked = new ArrayList<>();
    ExecutorService background = Executors.newSingleThreadExecutor();
    try {
      // In turns: the machine changes its speed, and what the collector does beside it comes and
      // goes.
      for (int round = 0; round < ROUNDS; round++) {
        ask(collector, questions, alone);
        Future<Load.Outcome> running =
            background.submit(() -> load.run(CONNECTIONS, LOAD_SECONDS, half));
        TimeUnit.SECONDS.sleep(1);
        ask(collector, questions, loaded);
        check(!running.isDone(), "asking while spans come in");
        asked.add(running.get().latencyMs(0.99));
        Collectors.awaitIndexed(port);
      }
    } finally {
      background.shutdownNow();
    }
    double whileAsked = share(asked, 0.5);
    System.out.println(
        "| question | median | 95 % | budget | median while spans come in | times |\n"
            + "| --- | ---: | ---: | ---: | ---: | ---: |");
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      double median = share(alone.get(i), 0.5);
      double beside = share(loaded.get(i), 0.5);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f ms | %.1f ms | %.0f ms | %.1f ms | %.1f |%n",
          question.name(),
          median,
          share(alone.get(i), 0.95),
          question.budgetMs(),
          beside,
          beside / median);
      check(median <= question.budgetMs(), question.name());
      check(beside <= MOST_TIMES_UNDER_LOAD * median, question.name() + " while spans come in");
    }
    System.out.printf(
        Locale.ROOT,
        "%nAcknowledgement at half load (%.0f spans/s), 99 %%: %.1f ms, while questions are asked %.1f ms: %.1f times%n",
        half,
        quiet,
        whileAsked,
        whileAsked / quiet);
    check(whileAsked <= MOST_TIMES_UNDER_LOAD * quiet, "acknowledgement while questions are asked");
  }

  private String range(long fromMs, long toMs) {
    return "from=" + fromMs + "&to=" + toMs;
  }

  private String overview() {
    return "/api/v1/functions?" + range(endMs - 24 * HOUR_MS, endMs);
  }

  private List<Question> questions(JsonNode traces) {
    return List.of(
        new Question("overview of 24 h, percentiles cold against warm", 60, this::overview),
        new Question(
            "one trace by its id",
            20,
            () -> "/api/v1/traces/" + traces.get(random.nextInt(traces.size())).asText()),
        new Question(
            "search by function and duration in an hour",
            10,
            () -> {
              long from = endMs - HOUR_MS * (2 + random.nextInt(20));
              return "/api/v1/traces?"
                  + range(from, from + HOUR_MS)
                  + filter("function = function-" + random.nextInt(20) + " and duration > 300ms");
            }),
        new Question(
            "search by an attribute's value in 24 h",
            180,
            () ->
                "/api/v1/traces?"
                    + range(endMs - 24 * HOUR_MS, endMs)
                    + filter("attr[\"user.id\"] = \"user-" + random.nextInt(100_000) + "\"")));
  }

  private static String filter(String text) {
    return "&limit=20&filter=" + URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static List<List<Double>> none(List<Question> questions) {
    return questions.stream().<List<Double>>map(question -> new ArrayList<>()).toList();
  }

  /** Each question some times, one after the other. */
  private static void ask(
      CollectorProcess collector, List<Question> questions, List<List<Double>> ms)
      throws Exception {
    for (int i = 0; i < questions.size(); i++) {
      for (int k = 0; k < ASKED; k++) {
        String path = questions.get(i).path().call();
        long start = System.nanoTime();
        collector.text(path);
        ms.get(i).add((System.nanoTime() - start) / 1e6);
      }
    }
  }

  private static double share(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) (sorted.size() * share));
  }

  /** Against percentiles of all durations, sorted. */
  private void compare(JsonNode overview, JsonNode exact) {
    int compared = 0;
    double worst = 0;
    for (JsonNode function : overview.get("functions")) {
      for (String kind : List.of("warmMs", "coldMs")) {
        JsonNode wanted = exact.path(function.get("name").asText()).path(kind);
        int i = 0;
        for (String name : List.of("p50", "p95", "p99")) {
          double value = wanted.path(i++).asDouble();
          double error = Math.abs(function.get(kind).get(name).asDouble() - value);
          worst = Math.max(worst, Math.max(0, error - MICROSECOND_MS) / value);
          compared++;
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d percentiles compared with exact ones: off by at most %.3f %% (HdrHistogram with three digits: 0.1 %%)%n%n",
        compared,
        worst * 100);
    check(compared >= 6 * DayOfSpans.FUNCTIONS && worst <= MOST_ERROR, "exactness of percentiles");
  }
}
