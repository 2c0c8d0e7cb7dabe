package dev.thaw.bench.faults;

import dev.thaw.bench.CollectorStandIn;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.bench.SmallFunction;
import dev.thaw.bench.coldstart.RuntimeServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The small function, invoked many times while its collector is in trouble: how long the caller
 * waits for each response, and for how long the environment is not free again.
 */
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    description =
        "What a collector in trouble costs. Exits 1 when the 99th percentile of an invocation grows by more than 50 ms.")
public final class FaultsBench implements Callable<Integer> {

  private static final long PAUSE_NS = 5_000_000L;
  private static final double MOST_MS = 50;

  @Option(
      names = "--invocations",
      defaultValue = "3000",
      description = "How many for each; default ${DEFAULT-VALUE}.")
  private int invocations;

  @Option(names = "--java", description = "The JDK that runs the function; default: this one.")
  private Path java = Path.of(System.getProperty("java.home"));

  /** Milliseconds: the 99th percentile and the longest of each. */
  private record Row(double response99, double responseMost, double busy99, double busyMost) {}

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-faults");
    boolean met = true;
    System.out.printf("%s, %d invocations each, milliseconds%n%n", Javas.name(java), invocations);
    System.out.println(
        "| collector | response, 99 % | longest | not free again, 99 % | longest | |");
    System.out.println("| --- | ---: | ---: | ---: | ---: | --- |");
    try {
      Row without = run(work, "none", null);
      print("(no agent)", without, "");
      for (CollectorStandIn.Trouble trouble : CollectorStandIn.Trouble.values()) {
        try (CollectorStandIn collector = new CollectorStandIn(trouble)) {
          Row row = run(work, trouble.name(), collector.url());
          boolean within =
              row.response99() - without.response99() <= MOST_MS
                  && row.busy99() - without.busy99() <= MOST_MS;
          met &= within;
          print(
              trouble.name().toLowerCase(Locale.ROOT).replace('_', ' '),
              row,
              within ? "met" : "**MISSED**");
        }
      }
    } finally {
      Folders.delete(work);
    }
    System.out.println(met ? "\nThe budget is met." : "\nThe budget is NOT met.");
    return met ? 0 : 1;
  }

  private static void print(String name, Row row, String met) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.2f | %.2f | %s |%n",
        name,
        row.response99(),
        row.responseMost(),
        row.busy99(),
        row.busyMost(),
        met);
  }

  /**
   * The first invocation is not in it: it is a cold start, which ./thaw bench coldstart measures.
   */
  private Row run(Path work, String name, @Nullable String collector)
      throws IOException, InterruptedException {
    RuntimeServer.Times times =
        new SmallFunction(java, work)
            .serve(name, collector, invocations, PAUSE_NS, (pid, number) -> {});
    double[] response = new double[invocations - 1];
    double[] busy = new double[invocations - 1];
    for (int i = 1; i < invocations; i++) {
      response[i - 1] = (times.answered[i] - times.sent[i]) / 1e6;
      busy[i - 1] = (times.nextAsked[i] - times.sent[i]) / 1e6;
    }
    Arrays.sort(response);
    Arrays.sort(busy);
    int last = invocations - 2;
    return new Row(response[last * 99 / 100], response[last], busy[last * 99 / 100], busy[last]);
  }
}
