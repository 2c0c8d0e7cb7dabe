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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What each agent adds to a cold start, and what it costs afterwards: the real Lambda runtime,
 * every variant once a round in an order that changes, telemetry delivered to a real collector.
 */
@Command(
    name = "coldstart",
    mixinStandardHelpOptions = true,
    description =
        "What agents add to a cold start and to warm invocations; more than an hour with peers on two JDKs.")
public final class ColdStartBench implements Callable<Integer> {

  private static final String FUNCTION_CORE = "0";
  private static final String OTHER_CORE = "1";
  private static final long PATIENCE_MS = 15_000;
  private static final int ROUNDS_FOR_ONE_OF_PEERS = 3;
  private static final int WARM_ROUNDS_FOR_ONE_OF_ALL = 5;

  /** One start scatters by some percent, and what is looked for is less. */
  @Option(
      names = "--runs",
      defaultValue = "45",
      description =
          "Rounds; default ${DEFAULT-VALUE}. Other products' agents take part in every third.")
  private int runs;

  @Option(
      names = "--warm-runs",
      defaultValue = "10",
      description =
          "Rounds of warm invocations, in which environments take turns; default ${DEFAULT-VALUE}. What has no budget for them takes part in every fifth.")
  private int warmRuns;

  @Option(
      names = "--invocations",
      defaultValue = "1000",
      description = "Invocations in each of those; default ${DEFAULT-VALUE}.")
  private int invocations;

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
  private int collectorPort;
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
    collectorPort = Collectors.freePort();
    try (PeerSink sink = new PeerSink();
        CollectorProcess collector =
            Collectors.start(home, work, work.resolve("collector-data"), collectorPort, Map.of())) {
      collectorUrl = collector.url();
      pinToTheOtherCore(collector.pid());
      letGoFirst(collector.pid());
      long own = ProcessHandle.current().pid();
      pinToTheOtherCore(own);
      letGoFirst(own);
      takeTheTimeHere();
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
   * One thread of this program takes the time, on the core that it shares with the collector. What
   * the collector does once a second for its index would otherwise stand between a response and the
   * clock, for the variants that deliver something to it and for no other; and so would what this
   * program's own JVM compiles.
   */
  private static void letGoFirst(long pid) throws IOException, InterruptedException {
    run("chrt", "--all-tasks", "--idle", "--pid", "0", Long.toString(pid));
  }

  /**
   * This thread does not give way, and goes before what else the machine does; so do the functions,
   * which inherit that.
   */
  private static void takeTheTimeHere() throws IOException, InterruptedException {
    Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName();
    run("chrt", "--other", "--pid", "0", thread.toString());
    if (exit("renice", "-n", "-20", "-p", thread.toString()) != 0) {
      System.err.println(
          "Only root may go before other processes: what they do counts in the 99th percentiles.");
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    if (exit(command) != 0) {
      throw new IOException(command[0] + " failed; this benchmark needs two cores and util-linux");
    }
  }

  private static int exit(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .inheritIO()
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private boolean measure(Path java, Subject subject, Path work, PeerSink sink) throws Exception {
    List<Variant> variants =
        new ArrayList<>(
            Variant.all(home, EmptyAgent.pack(work), subject.handler(), collectorUrl, sink.url()));
    if (noPeers) {
      variants.removeIf(Variant::isPeer);
    }
    Map<Variant, RuntimeLauncher> launchers = new LinkedHashMap<>();
    for (Variant variant : variants) {
      launchers.put(variant, launcher(variant, java, work));
    }
    Results results = new Results();
    Random order = new Random(1);
    // One round that does not count: the files come into the page cache.
    for (int round = -1; round < runs; round++) {
      Collections.shuffle(variants, order);
      for (Variant variant : variants) {
        if (variant.isPeer() && round >= 0 && round % ROUNDS_FOR_ONE_OF_PEERS != 0) {
          continue;
        }
        Sample sample = run(variant, launchers.get(variant), subject, round < 0 ? 2 : 1, sink);
        if (round >= 0) {
          results.add(variant.name(), round, sample);
        }
      }
      progress(java, subject, "start", round + 1, runs);
    }
    for (int round = 0; round < warmRuns; round++) {
      int number = runs + round;
      boolean all = round % WARM_ROUNDS_FOR_ONE_OF_ALL == 0;
      List<Variant> together = new ArrayList<>(launchers.keySet());
      // What a peer does in the background would count for those that it takes turns with.
      together.removeIf(variant -> variant.isPeer() || !all && !Budgets.isOnWarm(variant.name()));
      takingTurns(together, launchers, subject, sink, order)
          .forEach((variant, sample) -> results.add(variant.name(), number, sample));
      for (Variant peer : variants) {
        if (all && peer.isPeer()) {
          Sample sample = run(peer, launchers.get(peer), subject, invocations, sink);
          results.add(peer.name(), number, sample.withoutStart());
        }
      }
      progress(java, subject, "warm", round + 1, warmRuns);
    }
    System.err.println();
    return print(java, subject, List.copyOf(launchers.keySet()), results);
  }

  private RuntimeLauncher launcher(Variant variant, Path java, Path work) throws IOException {
    Map<String, String> environment = new LinkedHashMap<>(variant.environment());
    if (!variant.options().isEmpty()) {
      environment.put("JAVA_TOOL_OPTIONS", variant.options());
    }
    PlatformOptions options =
        PlatformOptions.defaults(platform.resolve("runtime/aws-lambda"), work.resolve(variant.id()))
            .withJavaHome(java)
            .withEnvironment(environment);
    return new RuntimeLauncher(options, Map.of());
  }

  private static void progress(Path java, Subject subject, String what, int round, int of) {
    System.err.printf(
        Locale.ROOT,
        "\r%s, %s, %s: round %d of %d   ",
        Javas.name(java),
        subject.name(),
        what,
        round,
        of);
  }

  private Sample run(
      Variant variant, RuntimeLauncher launcher, Subject subject, int count, PeerSink sink)
      throws Exception {
    long before = delivered(variant, subject, sink);
    try (Environment environment = environment(variant, launcher, subject, count)) {
      for (int i = 0; i < count; i++) {
        environment.invoke(i);
      }
      return environment.sample(arrived(variant, subject, sink, before, count));
    }
  }

  private Environment environment(
      Variant variant, RuntimeLauncher launcher, Subject subject, int count) throws IOException {
    return new Environment(
        launcher,
        FUNCTION_CORE,
        named(subject, variant),
        platform.resolve("functions/samples"),
        variant.id() + "-" + ++environments,
        count);
  }

  /** What arrives from a variant is counted by the name of its function. */
  private static Subject named(Subject subject, Variant variant) {
    return subject.as(subject.name() + "-" + variant.id());
  }

  /**
   * Environments live side by side and are invoked one after another, in an order that changes: a
   * machine that is slow or busy for a moment is so for all.
   */
  private Map<Variant, Sample> takingTurns(
      List<Variant> variants,
      Map<Variant, RuntimeLauncher> launchers,
      Subject subject,
      PeerSink sink,
      Random order)
      throws Exception {
    Map<Variant, Environment> alive = new LinkedHashMap<>();
    Map<Variant, Long> before = new LinkedHashMap<>();
    try {
      for (Variant variant : variants) {
        before.put(variant, delivered(variant, subject, sink));
        alive.put(variant, environment(variant, launchers.get(variant), subject, invocations));
        alive.get(variant).invoke(0);
      }
      List<Environment> turns = new ArrayList<>(alive.values());
      for (int i = 1; i < invocations; i++) {
        Collections.shuffle(turns, order);
        for (Environment environment : turns) {
          environment.invoke(i);
        }
      }
      Map<Variant, Sample> samples = new LinkedHashMap<>();
      for (Variant variant : alive.keySet()) {
        long arrived = arrived(variant, subject, sink, before.get(variant), invocations);
        samples.put(variant, alive.get(variant).sample(arrived).withoutStart());
      }
      return samples;
    } finally {
      for (Environment environment : alive.values()) {
        environment.close();
      }
    }
  }

  /**
   * What a run has delivered, while its process is still there but idle: what a collector of one
   * machine with it still has in its queue, or a peer sends in the background, is waited for.
   */
  private long arrived(Variant variant, Subject subject, PeerSink sink, long before, int count)
      throws IOException, InterruptedException {
    if (variant.delivers() == Variant.Delivers.NOTHING) {
      return 0;
    }
    long enough = variant.isPeer() ? 1 : count;
    long end = System.currentTimeMillis() + (variant.isPeer() && count == 1 ? 0 : PATIENCE_MS);
    long arrived = delivered(variant, subject, sink) - before;
    while (arrived < enough && System.currentTimeMillis() < end) {
      Thread.sleep(50);
      arrived = delivered(variant, subject, sink) - before;
    }
    return arrived;
  }

  /** Invocations; for peers spans, or requests in their own protocol. */
  private long delivered(Variant variant, Subject subject, PeerSink sink)
      throws IOException, InterruptedException {
    switch (variant.delivers()) {
      case TO_THE_SINK:
        return sink.traces();
      case TO_THE_COLLECTOR:
        return counted(
            variant.isPeer()
                ? "thaw_receive_spans_total{result=\"accepted\"}"
                : "faas_invocations_total{deployment_environment_name=\"\",faas_name=\""
                    + named(subject, variant).functionName()
                    + "\"}");
      default:
        return 0;
    }
  }

  private long counted(String metric) throws IOException, InterruptedException {
    return Collectors.metrics(collectorPort)
        .lines()
        .filter(line -> line.startsWith(metric))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf('}') + 1).trim()))
        .sum();
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
        results.median(name, Sample::warmMedianNs) / 1e3,
        results.warm99(name) / 1e3,
        results.median(name, Sample::firstHeldNs) / 1e6,
        results.median(name, Sample::warmHeldNs) / 1e6,
        results.median(name, Sample::residentBytes) / 1024 / 1024,
        delivered);
    node.put("agent", name)
        .put("startMs", start / 1e6)
        .put("startRatio", startRatio)
        .put("cpuMs", cpu / 1e6)
        .put("cpuRatio", cpuRatio)
        .put("warmUs", results.median(name, Sample::warmMedianNs) / 1e3)
        .put("warm99Us", results.warm99(name) / 1e3)
        .put("firstHeldMs", results.median(name, Sample::firstHeldNs) / 1e6)
        .put("warmHeldMs", results.median(name, Sample::warmHeldNs) / 1e6)
        .put("memoryMb", results.median(name, Sample::residentBytes) / 1024 / 1024)
        .put("delivered", delivered);
    for (Sample sample : results.of(name)) {
      node.withArray("samples").addPOJO(sample);
    }
  }
}
