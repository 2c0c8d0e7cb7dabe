package dev.thaw.bench.coldstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.demo.CollectorProcess;
import dev.thaw.local.PlatformOptions;
import dev.thaw.local.RuntimeLauncher;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What each agent adds to a cold start, and what it costs afterwards: the real Lambda runtime,
 * every variant once a round in an order that changes, telemetry delivered to a real collector.
 */
@Command(
    name = "coldstart",
    mixinStandardHelpOptions = true,
    description = "What agents add to a cold start and to warm invocations; about 25 minutes.")
public final class ColdStartBench implements Callable<Integer> {

  private static final String FUNCTION_CORE = "0";
  private static final String OTHER_CORE = "1";
  private static final int FIRST_WARM = 200;
  private static final long PATIENCE_MS = 15_000;

  @Option(names = "--runs", defaultValue = "15", description = "Rounds; default ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--warm-runs",
      defaultValue = "5",
      description = "Rounds with warm invocations after the start; default ${DEFAULT-VALUE}.")
  private int warmRuns;

  @Option(
      names = "--invocations",
      defaultValue = "1000",
      description = "Invocations in each of those; default ${DEFAULT-VALUE}.")
  private int invocations;

  /** On two cores the collector's work for the last invocation must not count for this one. */
  private static final long PAUSE_NS = 10_000_000;

  @Option(
      names = "--java",
      split = ",",
      description = "JDKs to run on, their homes; default: this one, and a JDK 25 if it finds one.")
  private List<Path> javaHomes = new ArrayList<>();

  @Option(names = "--function", split = ",", description = "small, heavy; default: both.")
  private List<String> functions = new ArrayList<>();

  @Option(names = "--no-peers", description = "Without the other products' agents.")
  private boolean noPeers;

  @Option(names = "--json", description = "Write every figure to this file, too.")
  private Path json;

  private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private final ArrayNode report = mapper.createArrayNode();
  private final Path home = Path.of(System.getProperty("thaw.home"));
  private final Path platform = home.resolve("sample-functions/target/platform");
  private final HttpClient http = HttpClient.newHttpClient();
  private String collectorUrl = "";
  private int environments;

  @Override
  public Integer call() throws Exception {
    List<Path> javas = javaHomes.isEmpty() ? Javas.found() : javaHomes;
    for (Path java : javas) {
      if (!Files.isExecutable(java.resolve("bin/java"))) {
        System.err.println("--java takes a JDK's folder; there is no bin/java in '" + java + "'");
        return 2;
      }
    }
    if (!noPeers) {
      Peers.fetch(home);
    }
    Path work = Files.createTempDirectory("thaw-bench");
    boolean met = true;
    try (PeerSink sink = new PeerSink();
        CollectorProcess collector =
            Collectors.start(
                home, work, work.resolve("collector-data"), Collectors.freePort(), Map.of())) {
      collectorUrl = collector.url();
      pinToTheOtherCore(collector.pid());
      letGoFirst(collector.pid());
      pinToTheOtherCore(ProcessHandle.current().pid());
      for (Path java : javas) {
        for (Subject subject : Subject.ALL) {
          if (functions.isEmpty() || functions.contains(subject.name())) {
            met &= measure(java, subject, work, sink);
          }
        }
      }
    } finally {
      Folders.delete(work);
    }
    if (json != null) {
      mapper.writeValue(json.toFile(), report);
      System.out.println("Every figure: " + json);
    }
    System.out.println(met ? "Every budget is met." : "NOT every budget is met.");
    return met ? 0 : 1;
  }

  /**
   * The function has a core of its own, as a Lambda function of 1,769 MB has; the collector and
   * this program share the other. A collector on the function's core would count as the agent's
   * cost.
   */
  private static void pinToTheOtherCore(long pid) throws IOException, InterruptedException {
    run("taskset", "-a", "-c", "-p", OTHER_CORE, Long.toString(pid));
  }

  /**
   * This program takes the time on the core that it shares with the collector. What the collector
   * does once a second for its index would otherwise stand between a response and the clock, for
   * the variants that deliver something to it and for no other.
   */
  private static void letGoFirst(long collector) throws IOException, InterruptedException {
    run("chrt", "--all-tasks", "--idle", "--pid", "0", Long.toString(collector));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder(command)
            .inheritIO()
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException(command[0] + " failed; this benchmark needs two cores and util-linux");
    }
  }

  private boolean measure(Path java, Subject subject, Path work, PeerSink sink) throws Exception {
    List<Variant> variants =
        new ArrayList<>(
            Variant.all(home, EmptyAgent.pack(work), subject.handler(), collectorUrl, sink.url()));
    if (noPeers) {
      variants.removeIf(variant -> Peers.NAMES.contains(variant.name()));
    }
    Map<String, RuntimeLauncher> launchers = new LinkedHashMap<>();
    for (Variant variant : variants) {
      launchers.put(variant.name(), launcher(variant, java, work));
    }
    Results results = new Results();
    Random order = new Random(1);
    // One round that does not count: the files come into the page cache.
    for (int round = -1; round < runs; round++) {
      List<Variant> shuffled = new ArrayList<>(variants);
      Collections.shuffle(shuffled, order);
      int count = round < 0 ? 2 : round < warmRuns ? invocations : 1;
      for (Variant variant : shuffled) {
        Sample sample = run(variant, launchers.get(variant.name()), subject, count, sink);
        if (round >= 0) {
          results.add(variant.name(), sample);
        }
      }
      System.err.printf(
          Locale.ROOT,
          "\r%s, %s: round %d of %d   ",
          Javas.name(java),
          subject.name(),
          Math.max(0, round + 1),
          runs);
    }
    System.err.println();
    return print(java, subject, variants, results);
  }

  private RuntimeLauncher launcher(Variant variant, Path java, Path work) throws IOException {
    Map<String, String> environment = new LinkedHashMap<>(variant.environment());
    if (!variant.options().isEmpty()) {
      environment.put("JAVA_TOOL_OPTIONS", variant.options());
    }
    PlatformOptions options =
        PlatformOptions.defaults(
                platform.resolve("runtime/aws-lambda"),
                work.resolve(variant.name().replaceAll("[^A-Za-z]", "")))
            .withJavaHome(java)
            .withEnvironment(environment);
    return new RuntimeLauncher(options, Map.of());
  }

  private Sample run(
      Variant variant, RuntimeLauncher launcher, Subject subject, int count, PeerSink sink)
      throws Exception {
    long before = delivered(variant, sink);
    Path code = platform.resolve("functions/samples");
    long[] cpu = new long[1];
    try (RuntimeServer server =
        new RuntimeServer("bench-" + subject.name(), subject.eventBytes())) {
      long start = System.nanoTime();
      Process process =
          launcher.launch(
              List.of("taskset", "-c", FUNCTION_CORE),
              subject.config(code),
              // An environment of its own: nothing that another run left in its temporary folder.
              variant.name().replaceAll("[^A-Za-z]", "") + "-" + ++environments,
              server.address(),
              code);
      try {
        RuntimeServer.Times times =
            server.serve(
                count,
                PAUSE_NS,
                (number, now) -> {
                  if (number == 0) {
                    cpu[0] = ProcessMeter.cpuNs(process.pid());
                  }
                });
        long resident = count > FIRST_WARM ? ProcessMeter.residentBytes(process.pid()) : 0;
        return sample(times, start, cpu[0], resident, arrived(variant, sink, before, count));
      } finally {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static Sample sample(
      RuntimeServer.Times times, long start, long cpuNs, long resident, long delivered) {
    int count = times.sent.length;
    int warm = Math.max(0, count - FIRST_WARM);
    long[] durations = new long[warm];
    long[] held = new long[warm];
    for (int i = 0; i < warm; i++) {
      int at = i + FIRST_WARM;
      durations[i] = times.answered[at] - times.sent[at];
      held[i] = times.nextAsked[at] - times.answered[at];
    }
    Arrays.sort(durations);
    Arrays.sort(held);
    return new Sample(
        times.answered[0] - start,
        cpuNs,
        times.nextAsked[0] - times.answered[0],
        warm == 0 ? 0 : durations[warm / 2],
        warm == 0 ? 0 : durations[warm * 99 / 100],
        warm == 0 ? 0 : held[warm / 2],
        resident,
        delivered);
  }

  /**
   * What a run has delivered, while its process is still there but idle: what a collector of one
   * machine with it still has in its queue, or a peer sends in the background, is waited for.
   */
  private long arrived(Variant variant, PeerSink sink, long before, int count)
      throws IOException, InterruptedException {
    if (variant.delivers() == Variant.Delivers.NOTHING) {
      return 0;
    }
    boolean peer = Peers.NAMES.contains(variant.name());
    long enough = peer ? 1 : count;
    long end = System.currentTimeMillis() + (peer && count == 1 ? 0 : PATIENCE_MS);
    long arrived = delivered(variant, sink) - before;
    while (arrived < enough && System.currentTimeMillis() < end) {
      Thread.sleep(50);
      arrived = delivered(variant, sink) - before;
    }
    return arrived;
  }

  private long delivered(Variant variant, PeerSink sink) throws IOException, InterruptedException {
    switch (variant.delivers()) {
      case TO_THE_SINK:
        return sink.traces();
      case TO_THE_COLLECTOR:
        HttpRequest request = HttpRequest.newBuilder(URI.create(collectorUrl + "/metrics")).build();
        String metrics = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return metrics
            .lines()
            .filter(line -> line.startsWith("thaw_receive_spans_total{result=\"accepted\"}"))
            .mapToLong(
                line -> (long) Double.parseDouble(line.substring(line.indexOf('}') + 1).trim()))
            .sum();
      default:
        return 0;
    }
  }

  private boolean print(Path java, Subject subject, List<Variant> variants, Results results) {
    ObjectNode node = report.addObject();
    node.put("java", Javas.name(java)).put("function", subject.name()).put("rounds", runs);
    System.out.printf(
        Locale.ROOT, "%n## %s, %s function, %d rounds%n%n", Javas.name(java), subject.name(), runs);
    System.out.println(
        "| agent | start ms | over none | CPU ms | over none | warm us | 99 % us | held, first ms | held, warm ms | memory MB | delivered |");
    System.out.println(
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
    for (Variant variant : variants) {
      row(variant, results, node.withArray("variants").addObject());
    }
    System.out.println();
    boolean met = true;
    System.out.println("| budget | measured | |");
    System.out.println("| --- | ---: | --- |");
    for (Budgets.Checked budget : Budgets.check(results, invocations)) {
      met &= budget.met();
      System.out.printf(
          "| %s | %s | %s |%n", budget.text(), budget.value(), budget.met() ? "met" : "**MISSED**");
      node.withArray("budgets")
          .addObject()
          .put("budget", budget.text())
          .put("measured", budget.value())
          .put("met", budget.met());
    }
    return met;
  }

  private void row(Variant variant, Results results, ObjectNode node) {
    String name = variant.name();
    double start = results.median(name, Sample::coldNs);
    double startRatio = results.ratio(name, Variant.NONE, Sample::coldNs);
    double cpu = results.median(name, Sample::cpuNs);
    double cpuRatio = results.ratio(name, Variant.NONE, Sample::cpuNs);
    String delivered = "";
    if (variant.delivers() != Variant.Delivers.NOTHING) {
      long runsThat = results.of(name).stream().filter(sample -> sample.delivered() > 0).count();
      delivered = runsThat + " of " + results.of(name).size() + " runs";
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.3f | %.0f | %.3f | %.0f | %.0f | %.1f | %.2f | %.1f | %s |%n",
        name,
        start / 1e6,
        startRatio,
        cpu / 1e6,
        cpuRatio,
        results.median(name, Sample::warmNs) / 1e3,
        results.median(name, Sample::warm99Ns) / 1e3,
        results.median(name, Sample::firstHeldNs) / 1e6,
        results.median(name, Sample::warmHeldNs) / 1e6,
        results.median(name, Sample::residentBytes) / 1024 / 1024,
        delivered);
    node.put("agent", name)
        .put("startMs", start / 1e6)
        .put("startRatio", startRatio)
        .put("cpuMs", cpu / 1e6)
        .put("cpuRatio", cpuRatio)
        .put("warmUs", results.median(name, Sample::warmNs) / 1e3)
        .put("warm99Us", results.median(name, Sample::warm99Ns) / 1e3)
        .put("firstHeldMs", results.median(name, Sample::firstHeldNs) / 1e6)
        .put("warmHeldMs", results.median(name, Sample::warmHeldNs) / 1e6)
        .put("memoryMb", results.median(name, Sample::residentBytes) / 1024 / 1024)
        .put("delivered", delivered);
    for (Sample sample : results.of(name)) {
      node.withArray("samples").addPOJO(sample);
    }
  }
}
