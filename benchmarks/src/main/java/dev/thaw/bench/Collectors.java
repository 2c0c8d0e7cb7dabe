package dev.thaw.bench;

import dev.thaw.demo.CollectorProcess;
import dev.thaw.demo.DemoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The packaged collector, started for a benchmark. */
public final class Collectors {

  private Collectors() {}

  /** A port that nobody uses now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Starts it; returns when it answers.
   *
   * @param home the project's folder
   * @param work gets its log
   * @param more settings beside port and data
   * @throws DemoException when it does not come up
   */
  public static CollectorProcess start(
      Path home, Path work, Path data, int port, Map<String, String> more)
      throws IOException, InterruptedException, DemoException {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("THAW_PORT", Integer.toString(port));
    settings.put("THAW_GRPC_PORT", "0");
    settings.put("THAW_DATA", data.toString());
    return new CollectorProcess(
        home.resolve("collector/target/thaw-collector.jar"), work, settings);
  }
}
