package dev.thaw.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What this JVM was started with, as far as the agent needs to know. */
final class CommandLine {

  private static final String SELF = "thaw-agent.jar";
  private static final String JAVA_AGENT = "-javaagent:";
  private static final String AGENT_LIBRARY = "-agentlib:instrument=";
  private static final int LONGEST = 64 * 1024;

  private boolean isAfterSelf;

  private CommandLine() {}

  /**
   * Whether another agent is started after this one. Options come in the order JAVA_TOOL_OPTIONS,
   * JDK_JAVA_OPTIONS, command line, _JAVA_OPTIONS.
   */
  static boolean namesAnAgentAfterThis(Map<String, String> environment) {
    CommandLine line = new CommandLine();
    return line.options(environment.get("JAVA_TOOL_OPTIONS"))
        || line.options(environment.get("JDK_JAVA_OPTIONS"))
        || line.arguments()
        || line.options(environment.get("_JAVA_OPTIONS"));
  }

  private boolean options(@Nullable String options) {
    if (options == null) {
      return false;
    }
    int from = 0;
    if (!isAfterSelf) {
      from = options.indexOf(SELF);
      if (from < 0) {
        return false;
      }
      isAfterSelf = true;
    }
    return options.indexOf(JAVA_AGENT, from) >= 0 || options.indexOf(AGENT_LIBRARY, from) >= 0;
  }

  /**
   * Only what may be an agent's option becomes a String: a class path is long, and nothing is
   * compiled yet that would search it.
   */
  private boolean arguments() {
    byte[] all = new byte[8 * 1024];
    int length = 0;
    try (FileInputStream in = new FileInputStream("/proc/self/cmdline")) {
      int read = in.read(all);
      while (read > 0) {
        length += read;
        if (length == all.length) {
          all = Arrays.copyOf(all, length * 2);
        }
        read = length < LONGEST ? in.read(all, length, all.length - length) : 0;
      }
    } catch (IOException e) {
      // No /proc: what the environment says must do.
      return false;
    }
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (all[i] != 0) {
        continue;
      }
      if (all[start] == '-' && (all[start + 1] == 'j' || all[start + 1] == 'a')) {
        String argument = new String(all, start, i - start, StandardCharsets.ISO_8859_1);
        if ((argument.startsWith(JAVA_AGENT) || argument.startsWith(AGENT_LIBRARY))
            && options(argument)) {
          return true;
        }
      }
      start = i + 1;
    }
    return false;
  }
}
