package dev.thaw.bench;

import dev.thaw.bench.alerts.AlertsBench;
import dev.thaw.bench.coldstart.ColdStartBench;
import dev.thaw.bench.completeness.CompletenessBench;
import dev.thaw.bench.crash.CrashBench;
import dev.thaw.bench.faults.FaultsBench;
import dev.thaw.bench.ingest.IngestBench;
import dev.thaw.bench.invoke.InvokeBench;
import dev.thaw.bench.memory.MemoryBench;
import dev.thaw.bench.overload.OverloadBench;
import dev.thaw.bench.query.QueryBench;
import dev.thaw.bench.web.WebBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./thaw bench NAME}: the list of benchmarks. Adding one is one class and one line here. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures on this machine, with peers in the same run. Exits 1 when a budget is missed.",
    subcommands = {
      AlertsBench.class,
      ColdStartBench.class,
      CompletenessBench.class,
      CrashBench.class,
      FaultsBench.class,
      IngestBench.class,
      InvokeBench.class,
      MemoryBench.class,
      OverloadBench.class,
      QueryBench.class,
      WebBench.class
    })
public final class BenchMain {

  private BenchMain() {}

  public static void main(String[] args) {
    CommandLine command = new CommandLine(new BenchMain());
    if (args.length == 0) {
      command.usage(System.err);
      System.exit(2);
    }
    System.exit(command.execute(args));
  }
}
