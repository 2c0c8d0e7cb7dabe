package dev.thaw.bench;

import dev.thaw.bench.coldstart.RuntimeServer;
import dev.thaw.bench.coldstart.Subject;
import dev.thaw.local.PlatformOptions;
import dev.thaw.local.RuntimeLauncher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The small function in one process of the real runtime, which serves one invocation after another.
 */
public final class SmallFunction {

  /** Told of each response. */
  public interface Progress {
    /**
     * @param pid of the function's process
     * @param number of the invocation, from 0
     */
    void answered(long pid, int number) throws IOException;
  }

  private final Path home = Path.of(System.getProperty("thaw.home"));
  private final Path java;
  private final Path work;

  /**
   * @param java the JDK that runs it
   * @param work a folder for what it writes
   */
  public SmallFunction(Path java, Path work) {
    this.java = java;
    this.work = work;
  }

  /**
   * Starts it, serves, and ends it.
   *
   * @param name of this run
   * @param collector where its agent sends to; null for no agent
   * @param pauseNs between two invocations
   */
  public RuntimeServer.Times serve(
      String name, @Nullable String collector, int invocations, long pauseNs, Progress progress)
      throws IOException, InterruptedException {
    Path platform = home.resolve("sample-functions/target/platform");
    Path code = platform.resolve("functions/samples");
    Map<String, String> environment = new LinkedHashMap<>();
    if (collector != null) {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
      environment.put(
          "JAVA_TOOL_OPTIONS", "-javaagent:" + home.resolve("agent/target/thaw-agent.jar"));
    }
    PlatformOptions options =
        PlatformOptions.defaults(platform.resolve("runtime/aws-lambda"), work.resolve(name))
            .withJavaHome(java)
            .withEnvironment(environment);
    try (RuntimeServer server = new RuntimeServer("bench-" + name, Subject.SMALL.eventBytes())) {
      Process process =
          new RuntimeLauncher(options, Map.of())
              .launch(Subject.SMALL.config(code), name, server.address(), code);
      try {
        return server.serve(
            invocations, pauseNs, (number, now) -> progress.answered(process.pid(), number));
      } finally {
        process.destroyForcibly();
        process.waitFor();
      }
    }
  }
}
