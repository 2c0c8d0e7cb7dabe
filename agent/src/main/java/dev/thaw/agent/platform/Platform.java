package dev.thaw.agent.platform;

import dev.thaw.agent.client.Clients;
import dev.thaw.agent.coldstart.InitProfiler;
import dev.thaw.agent.export.Sending;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.weave.Weaver;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function platform: says whether this process runs on it, what the function is, and hooks its
 * runtime.
 *
 * <p>An implementation MUST report each invocation once, whatever the kind of handler, and MUST NOT
 * throw.
 */
public interface Platform {

  /** Whether the environment variables say that this process runs on it. */
  boolean isHere(Map<String, String> environment);

  /** What this function is, from the environment variables. */
  FunctionIdentity identity(Map<String, String> environment);

  /**
   * Hooks the runtime.
   *
   * @param premainNanoTime when the agent was called, on the monotonic clock
   * @param registerAfterMs how long after the agent's start to register with the platform, where
   *     that is how one is told of a shutdown, milliseconds; -1 for never
   * @param profiler is told the phases of the start, and its end; null when profiling is off
   * @return whether it could: a version of the runtime that is not known is left as it is
   */
  boolean install(
      Map<String, String> environment,
      long premainNanoTime,
      Weaver weaver,
      Clients clients,
      Sending sending,
      long registerAfterMs,
      @Nullable InitProfiler profiler);
}
