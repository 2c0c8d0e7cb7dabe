package dev.thaw.collector.alert.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A server from a package of the system, started for a test. */
public final class RealProgram implements AutoCloseable {

  private final Process process;
  private final int port;

  private RealProgram(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it; returns when it is ready. Where it is not installed, the test does not run, and says
   * so; on CI it fails.
   *
   * @param name as in /usr/bin
   * @param arguments to which the address that it listens on is added
   */
  public static RealProgram start(String name, Path log, List<String> arguments)
      throws IOException {
    Path program = Path.of("/usr/bin", name);
    if (!Files.isExecutable(program)) {
      String message =
          name
              + " is not installed: this test did NOT run."
              + " Debian: apt-get install prometheus prometheus-alertmanager";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(message);
      }
      System.err.println("\n*** " + message + " ***\n");
      Assumptions.abort(message);
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    command.add("--web.listen-address=127.0.0.1:" + port);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    RealProgram started = new RealProgram(process, port);
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(() -> started.get("/-/ready").statusCode() == 200);
    return started;
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
