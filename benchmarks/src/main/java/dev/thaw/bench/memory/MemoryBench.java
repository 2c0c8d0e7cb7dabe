package dev.thaw.bench.memory;

import dev.thaw.bench.CollectorStandIn;
import dev.thaw.bench.Folders;
import dev.thaw.bench.Javas;
import dev.thaw.bench.SmallFunction;
import dev.thaw.bench.coldstart.ProcessMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One process of the small function serves invocation after invocation, with the agent and without;
 * its resident memory is read at each tenth. A collector that takes everything stands behind it.
 */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description =
        "Resident memory over very many invocations of one process. Exits 1 when it grows by more than 4 MB with the agent, after the first tenth.")
public final class MemoryBench implements Callable<Integer> {

  private static final int POINTS = 10;

  /** Between the second tenth and the last; what the JVM itself moves by. */
  private static final long MOST_GROWTH = 4L << 20;

  @Option(
      names = "--invocations",
      defaultValue = "1000000",
      description = "How many; default ${DEFAULT-VALUE}.")
  private int invocations;

  @Option(names = "--java", description = "The JDK that runs the function; default: this one.")
  private Path java = Path.of(System.getProperty("java.home"));

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-memory");
    List<Long> with;
    List<Long> without;
    try (CollectorStandIn taker = new CollectorStandIn(CollectorStandIn.Trouble.IN_GOOD_HEALTH)) {
      without = run(work, "none", null);
      with = run(work, "thaw", taker.url());
      System.err.println();
      System.out.printf(
          "%s, %d invocations, %d requests taken%n%n",
          Javas.name(java), invocations, taker.requests());
    } finally {
      Folders.delete(work);
    }
    System.out.println("| invocations | none, MB | thaw, MB |");
    System.out.println("| ---: | ---: | ---: |");
    for (int i = 0; i < POINTS; i++) {
      System.out.printf(
          Locale.ROOT,
          "| %d | %.1f | %.1f |%n",
          (long) invocations * (i + 1) / POINTS,
          without.get(i) / 1048576.0,
          with.get(i) / 1048576.0);
    }
    long grown = with.get(POINTS - 1) - with.get(1);
    boolean flat = grown <= MOST_GROWTH;
    System.out.printf(
        Locale.ROOT,
        "%nFrom the second tenth to the last: %+.1f MB with the agent, %+.1f MB without. %s%n",
        grown / 1048576.0,
        (without.get(POINTS - 1) - without.get(1)) / 1048576.0,
        flat ? "Flat." : "NOT flat.");
    return flat ? 0 : 1;
  }

  private List<Long> run(Path work, String name, @Nullable String collector)
      throws IOException, InterruptedException {
    List<Long> resident = new ArrayList<>();
    new SmallFunction(java, work)
        .serve(
            name,
            collector,
            invocations,
            0,
            (pid, number) -> {
              if ((number + 1) % (invocations / POINTS) == 0) {
                resident.add(ProcessMeter.residentBytes(pid));
                System.err.printf("\r%s: %d of %d invocations   ", name, number + 1, invocations);
              }
            });
    return resident;
  }
}
