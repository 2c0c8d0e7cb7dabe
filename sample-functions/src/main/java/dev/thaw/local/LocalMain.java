package dev.thaw.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./thaw local}: runs the functions of a functions.yaml until it is stopped. */
@Command(
    name = "thaw local",
    mixinStandardHelpOptions = true,
    description = "Runs functions on the real runtimes, on this machine.")
public final class LocalMain implements Callable<Integer> {

  @Option(names = "--functions", required = true, description = "The functions.yaml to run.")
  Path functions = Path.of("functions.yaml");

  @Option(names = "--runtime", description = "Folder with the runtime interface client's jars.")
  Path runtime = Path.of(System.getProperty("thaw.platform", ".")).resolve("runtime/aws-lambda");

  @Option(names = "--work", description = "Where logs and the ledger go (default: .thaw/local).")
  Path work = Path.of(".thaw/local");

  @Option(names = "--agent", description = "An agent's jar to attach to every function.")
  @Nullable Path agent;

  @Option(
      names = "--java-home",
      description = "The JDK that runs the functions (default: this one).")
  @Nullable Path javaHome;

  @Option(
      names = "--port",
      description = "Port of front door and Invoke API (default: ${DEFAULT-VALUE}).")
  int port = 9000;

  @Option(names = "--env", description = "A variable for every function, NAME=VALUE.")
  Map<String, String> environment = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new LocalMain()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (agent != null && !Files.isRegularFile(agent)) {
      System.err.println("thaw local: no agent at " + agent);
      return 2;
    }
    FunctionsFile file;
    try {
      file = FunctionsFile.read(functions);
    } catch (IllegalArgumentException e) {
      System.err.println("thaw local: " + e.getMessage());
      return 2;
    }
    PlatformOptions options =
        PlatformOptions.defaults(runtime.toAbsolutePath(), work.toAbsolutePath())
            .withAgent(agent == null ? null : agent.toAbsolutePath())
            .withEnvironment(environment)
            .withPort(port);
    if (javaHome != null) {
      options = options.withJavaHome(javaHome.toAbsolutePath());
    }
    LocalPlatform platform = LocalPlatform.start(file, options);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    platform.close();
                  } catch (Exception e) {
                    System.err.println("thaw local: " + e);
                  }
                  stopped.countDown();
                }));
    System.out.println("Functions run at " + platform.url());
    for (FunctionConfig function : file.functions()) {
      String how =
          function.httpPath() != null
              ? "curl " + platform.url() + function.httpPath()
              : "aws lambda invoke --endpoint-url "
                  + platform.url()
                  + " --function-name "
                  + function.name()
                  + " out.json";
      System.out.printf("  %-12s %s%n", function.name(), how);
    }
    System.out.println("Logs:   " + platform.logs());
    System.out.println("Ledger: " + work.toAbsolutePath().resolve("ledger.jsonl"));
    System.out.println("Stop with Ctrl-C.");
    stopped.await();
    return 0;
  }
}
