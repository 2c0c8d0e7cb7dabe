package dev.thaw.demo;

import dev.thaw.local.FunctionsFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./thaw demo}. */
@Command(
    name = "thaw demo",
    mixinStandardHelpOptions = true,
    description =
        "Runs the sample functions with the agent attached, and the collector with its dashboard.")
public final class DemoMain implements Callable<Integer> {

  /**
   * An alert has to fire and to be resolved in this time, with processes that start on two cores.
   */
  private static final Duration SHORTEST = Duration.ofSeconds(45);

  @Option(
      names = "--exit-after",
      description =
          "Stop after this time (45s or more), compare, and exit with 0 when all is equal.")
  @Nullable String exitAfter;

  @Option(names = "--json", description = "Write the comparison to this file.")
  @Nullable Path json;

  @Option(
      names = "--port",
      description = "Port of collector and dashboard (default: ${DEFAULT-VALUE}).")
  int port = 4318;

  public static void main(String[] args) {
    System.exit(new CommandLine(new DemoMain()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Duration limit = null;
    if (exitAfter != null) {
      try {
        limit = FunctionsFile.duration(exitAfter);
      } catch (IllegalArgumentException e) {
        System.err.println("thaw demo: --exit-after: " + e.getMessage());
        return 2;
      }
      if (limit.compareTo(SHORTEST) < 0) {
        System.err.println(
            "thaw demo: --exit-after "
                + exitAfter
                + " is too short for an alert to fire and be resolved; use 45s or more");
        return 2;
      }
    }
    Path home = Path.of(System.getProperty("thaw.home", ".")).toAbsolutePath().normalize();
    try (Demo demo = new Demo(home, port)) {
      // Ctrl-C ends here too: the processes that the demo started must not outlive it.
      Runtime.getRuntime().addShutdownHook(new Thread(demo::close));
      if (limit == null) {
        demo.runUntilStopped();
        return 0;
      }
      return demo.runFor(limit, json) ? 0 : 1;
    } catch (DemoException e) {
      System.err.println("thaw demo: " + e.getMessage());
      return 1;
    }
  }
}
