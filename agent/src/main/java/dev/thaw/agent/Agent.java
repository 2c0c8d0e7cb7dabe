package dev.thaw.agent;

import dev.thaw.agent.client.Clients;
import dev.thaw.agent.coldstart.InitProfiler;
import dev.thaw.agent.export.Sending;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.platform.Platform;
import dev.thaw.agent.platform.Platforms;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Weaver;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the JVM calls the agent, before the application's main: reads the settings, hooks the
 * runtime, and starts nothing else.
 *
 * <p>It must never fail the application: whatever goes wrong here, the function runs without Thaw,
 * and one line says so.
 */
public final class Agent {

  private Agent() {}

  /**
   * Called by the JVM for {@code -javaagent:thaw-agent.jar} and {@code
   * -agentlib:instrument=thaw-agent.jar}.
   */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    long start = System.nanoTime();
    try {
      install(System.getenv(), instrumentation, start);
    } catch (Throwable e) {
      Log.failure("Starting", e);
    }
  }

  private static void install(
      Map<String, String> environment, Instrumentation instrumentation, long startNanoTime) {
    Settings settings = Settings.read(environment);
    Log.level(settings.logLevel);
    for (int i = 0; i < settings.complaints.size(); i++) {
      Log.once(settings.complaints.get(i));
    }
    if (settings.disabled) {
      return;
    }
    if (Agent.class.getClassLoader() != null) {
      Log.once(
          "The agent's jar must keep its name, thaw-agent.jar: under another it does not find itself. Nothing is recorded.");
      return;
    }
    Platform platform = Platforms.here(environment);
    if (platform == null) {
      Log.once(
          "This process runs on no function platform that the agent knows. Nothing is recorded.");
      return;
    }
    Propagation.use(settings.propagators);
    InitProfiler profiler = null;
    if (settings.initProfile) {
      long periodNs = settings.initProfilePeriodMs * 1_000_000L;
      profiler = new InitProfiler(instrumentation, Thread.currentThread(), periodNs, "runtime");
      profiler.start();
    }
    Sending sending = new Sending(settings);
    if (platform.install(
        environment,
        startNanoTime,
        new Weaver(instrumentation, CommandLine.namesAnAgentAfterThis(environment)),
        new Clients(),
        sending,
        settings.registerAfterMs,
        profiler)) {
      Log.debug(
          "on " + platform.getClass().getSimpleName() + ", sending to", settings.tracesEndpoint);
    } else {
      if (profiler != null) {
        profiler.stop();
      }
      Log.once("The function runtime could not be hooked. Nothing is recorded.");
    }
  }
}
