package dev.thaw.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.receive.LogLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./thaw import FILE}: batches in a log, given to a running collector. */
@Command(
    name = "thaw import",
    mixinStandardHelpOptions = true,
    description = {
      "Gives a collector what agents with THAW_EXPORT=stdout wrote into a log. The same log twice is stored once.",
      "Exit code: 0 when all of it is stored, 1 when not, 2 when the command is wrong."
    })
public final class ImportCommand implements Callable<Integer> {

  private static final String PATH = "/api/v1/import";

  /** So much is sent at once. */
  private static final int CHUNK = 4 << 20;

  /** Then the collector wants to be asked again. */
  private static final int BUSY = 503;

  private static final int MOST_WAITS = 60;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(paramLabel = "FILE", description = "The log; - for standard input")
  private String file = "";

  @Option(
      names = "--to",
      defaultValue = "http://127.0.0.1:4318",
      paramLabel = "URL",
      description = "The collector; default ${DEFAULT-VALUE}")
  private String collector = "";

  @Option(
      names = "--token",
      defaultValue = "${THAW_TOKEN}",
      paramLabel = "TOKEN",
      description = "A token for ingest, when the collector needs one; default: THAW_TOKEN")
  private @Nullable String token;

  @Spec private @Nullable CommandSpec spec;

  private final HttpClient http = HttpClient.newHttpClient();
  private final long waitMs;
  private long batches;
  private long unreadable;
  private long spans;

  private ImportCommand() {
    this(TimeUnit.SECONDS.toMillis(1));
  }

  /**
   * @param waitMs before a collector that has too much to do is asked again
   */
  ImportCommand(long waitMs) {
    this.waitMs = waitMs;
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new ImportCommand()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    try {
      read();
    } catch (IOException | IllegalArgumentException e) {
      line.getErr().println("thaw import: " + e.getMessage());
      return 1;
    }
    line.getOut().printf("%d batches with %d spans%n", batches, spans);
    if (unreadable > 0) {
      line.getOut().printf("%d lines could not be read: cut off by the log?%n", unreadable);
    }
    return unreadable > 0 ? 1 : 0;
  }

  private void read() throws IOException, InterruptedException {
    try (BufferedReader in =
        file.equals("-")
            ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            : open(Path.of(file))) {
      StringBuilder chunk = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.contains(LogLines.PREFIX)) {
          chunk.append(line).append('\n');
        }
        if (chunk.length() > CHUNK) {
          send(chunk);
        }
      }
      send(chunk);
    }
  }

  private static BufferedReader open(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("There is no file " + file + " that can be read");
    }
    return Files.newBufferedReader(file);
  }

  private void send(StringBuilder chunk) throws IOException, InterruptedException {
    if (chunk.isEmpty()) {
      return;
    }
    HttpRequest request =
        Remote.request(collector, token, PATH)
            .POST(HttpRequest.BodyPublishers.ofString(chunk.toString()))
            .build();
    chunk.setLength(0);
    HttpResponse<String> answer = answer(request);
    for (int i = 0; answer.statusCode() == BUSY && i < MOST_WAITS; i++) {
      TimeUnit.MILLISECONDS.sleep(waitMs);
      answer = answer(request);
    }
    if (answer.statusCode() != 200) {
      throw new IOException(
          "The collector answered " + answer.statusCode() + ": " + answer.body().strip());
    }
    JsonNode counts = JSON.readTree(answer.body());
    batches += counts.path("batches").asLong();
    unreadable += counts.path("unreadable").asLong();
    spans += counts.path("spans").asLong();
  }

  private HttpResponse<String> answer(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("No collector answers at " + collector + PATH + ": " + e, e);
    }
  }
}
