package dev.thaw.bench;

import dev.thaw.demo.CollectorProcess;
import dev.thaw.demo.DemoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged collector, started for a benchmark. */
public final class Collectors {

  /** A connection of HTTP/2 that was idle may be ended just when the next request goes out. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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

  /**
   * Runs a program of the benchmarks in a process of its own, with the collector's classes.
   *
   * @param home the project's folder
   * @return what it prints
   * @throws IOException when it fails; what it says about that goes to this process's own error
   *     output
   */
  public static String output(Path home, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                home.resolve("benchmarks/target/classes")
                    + ":"
                    + home.resolve("collector/target/thaw-collector.jar"),
                program.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(program.getSimpleName() + " failed");
    }
    return printed.trim();
  }

  /** What the collector says at /metrics. */
  public static String metrics(int port) throws IOException, InterruptedException {
    return get(port, "/metrics");
  }

  /** What a collector, or another server of this machine, answers, whatever its status. */
  public static String get(int port, String path) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Until the database has what the journal has. */
  public static void awaitIndexed(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + 120_000_000_000L;
    while (metrics(port).lines().noneMatch("thaw_intake_waiting_bytes 0.0"::equals)) {
      if (System.nanoTime() > end) {
        throw new IOException("The collector did not index its journal in two minutes");
      }
      Thread.sleep(100);
    }
  }

  /** What of a process is in memory, in bytes; 0 when it is gone. */
  public static long residentBytes(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }
}
