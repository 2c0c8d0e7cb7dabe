package dev.thaw.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged collector as a process of its own, and its API. */
public final class CollectorProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** As a browser asks without TLS: one that tries HTTP/2 takes longer than many an answer. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Process process;
  private final Path log;
  private final String url;

  /**
   * Starts it; returns when it answers.
   *
   * @param settings variables for its environment; THAW_PORT among them
   * @throws DemoException when it does not come up
   */
  public CollectorProcess(Path jar, Path workDir, Map<String, String> settings)
      throws IOException, InterruptedException, DemoException {
    log = workDir.resolve("collector.log");
    Files.createDirectories(workDir);
    Path java = Path.of(System.getProperty("java.home"));
    List<String> command =
        new ArrayList<>(
            List.of(java.resolve("bin/java").toString(), "-Xmx512m", "-XX:+UseParallelGC"));
    command.addAll(archive(java, jar));
    command.addAll(List.of("-jar", jar.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(settings);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    process = builder.start();
    url = "http://127.0.0.1:" + settings.get("THAW_PORT");
    awaitHealth();
  }

  /** The classes that the launcher wrote down for this Java and this jar, if it did. */
  private static List<String> archive(Path java, Path jar) throws IOException {
    String classes = jar.toString().replaceFirst("[.]jar$", ".jsa");
    Path archive = Path.of(classes);
    Path release = Path.of(classes + ".release");
    boolean fits =
        Files.exists(archive)
            && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0
            && Files.exists(release)
            && Files.mismatch(release, java.resolve("release")) < 0;
    return fits ? List.of("-XX:SharedArchiveFile=" + classes) : List.of();
  }

  private void awaitHealth() throws IOException, InterruptedException, DemoException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        throw new DemoException("The collector did not start: " + Files.readString(log).strip());
      }
      try {
        if (http.send(request("/health"), HttpResponse.BodyHandlers.discarding()).statusCode()
            == 200) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
    }
    close();
    throw new DemoException("The collector does not answer; its log is " + log);
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30)).build();
  }

  public String url() {
    return url;
  }

  public long pid() {
    return process.pid();
  }

  /**
   * @param path with parameters, such as {@code /api/v1/functions?from=0}
   */
  public JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(text(path));
  }

  /** As {@link #get}, as it came. */
  public String text(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request(path), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  /** SIGKILL: it has no time for anything. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
