package dev.thaw.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a local platform runs. Deadlines are always real; only the platform's own waiting is scaled.
 *
 * @param runtime the folder with the runtime interface client's jars
 * @param workDir where logs, task roots and the ledger go
 * @param javaHome the JDK or JRE that runs the functions
 * @param agent the agent's jar to attach to every function, or null
 * @param environment variables that every function gets, such as the agent's settings
 * @param timeScale factor on the platform's own waiting (retries, idle time): 1 is Lambda's
 * @param idleTimeout how long an idle environment is kept, before scaling
 * @param shutdownGrace what a process with an internal extension gets between SIGTERM and SIGKILL
 * @param freeze whether idle processes are frozen
 * @param port the port of the front door and the Invoke API; 0 for any free one
 */
public record PlatformOptions(
    Path runtime,
    Path workDir,
    Path javaHome,
    @Nullable Path agent,
    Map<String, String> environment,
    double timeScale,
    Duration idleTimeout,
    Duration shutdownGrace,
    boolean freeze,
    int port) {

  public PlatformOptions {
    environment = Map.copyOf(environment);
    if (!(timeScale > 0 && timeScale <= 1)) {
      throw new IllegalArgumentException(
          "timeScale is " + timeScale + "; it must be more than 0 and at most 1");
    }
  }

  /** Everything as Lambda does it, but with the platform's waiting shortened to a fiftieth. */
  public static PlatformOptions defaults(Path runtime, Path workDir) {
    return new PlatformOptions(
        runtime,
        workDir,
        Path.of(System.getProperty("java.home")),
        null,
        Map.of(),
        0.02,
        Duration.ofMinutes(10),
        Duration.ofMillis(500),
        true,
        0);
  }

  public PlatformOptions withAgent(@Nullable Path jar) {
    return with(draft -> draft.agent = jar);
  }

  public PlatformOptions withEnvironment(Map<String, String> variables) {
    return with(draft -> draft.environment = variables);
  }

  public PlatformOptions withJavaHome(Path home) {
    return with(draft -> draft.javaHome = home);
  }

  public PlatformOptions withIdleTimeout(Duration unscaled) {
    return with(draft -> draft.idleTimeout = unscaled);
  }

  public PlatformOptions withShutdownGrace(Duration grace) {
    return with(draft -> draft.shutdownGrace = grace);
  }

  public PlatformOptions withPort(int fixed) {
    return with(draft -> draft.port = fixed);
  }

  /** What can be changed of them, as it is. */
  private static final class Draft {
    private Path javaHome;
    private @Nullable Path agent;
    private Map<String, String> environment;
    private Duration idleTimeout;
    private Duration shutdownGrace;
    private int port;

    Draft(PlatformOptions of) {
      javaHome = of.javaHome;
      agent = of.agent;
      environment = of.environment;
      idleTimeout = of.idleTimeout;
      shutdownGrace = of.shutdownGrace;
      port = of.port;
    }
  }

  private PlatformOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new PlatformOptions(
        runtime,
        workDir,
        draft.javaHome,
        draft.agent,
        draft.environment,
        timeScale,
        draft.idleTimeout,
        draft.shutdownGrace,
        freeze,
        draft.port);
  }

  /** A waiting time of the platform's own, scaled. */
  Duration scaled(Duration real) {
    return Duration.ofNanos((long) (real.toNanos() * timeScale));
  }
}
