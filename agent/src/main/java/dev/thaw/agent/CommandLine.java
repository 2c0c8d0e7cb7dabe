package dev.thaw.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What this JVM was started with, as far as the agent needs to know. */
final class CommandLine {

  private static final String SELF = "thaw-agent.jar";
  private static final int LONGEST = 64 * 1024;

  private CommandLine() {}

  /**
   * Whether another agent is started after this one. Options come in the order JAVA_TOOL_OPTIONS,
   * JDK_JAVA_OPTIONS, command line, _JAVA_OPTIONS.
   */
  static boolean namesAnAgentAfterThis(Map<String, String> environment) {
    String options =
        environment.getOrDefault("JAVA_TOOL_OPTIONS", "")
            + " "
            + environment.getOrDefault("JDK_JAVA_OPTIONS", "")
            + " "
            + arguments()
            + " "
            + environment.getOrDefault("_JAVA_OPTIONS", "");
    int self = options.indexOf(SELF);
    String rest = self < 0 ? "" : options.substring(self);
    return rest.contains("-javaagent:") || rest.contains("-agentlib:instrument=");
  }

  private static String arguments() {
    try (FileInputStream in = new FileInputStream("/proc/self/cmdline")) {
      byte[] bytes = new byte[LONGEST];
      int length = in.read(bytes);
      return new String(bytes, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // No /proc: what the environment says must do.
      return "";
    }
  }
}
