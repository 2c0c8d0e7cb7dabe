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

/** {@code ./thaw import FILE}: gives a collector the batches that a function's log holds. */
public final class Import {

  private static final String USAGE =
      """
      ./thaw import FILE [--to URL]

      Gives a collector what agents with THAW_EXPORT=stdout wrote into a log.
        FILE      the log; - for standard input
        --to URL  the collector; default http://127.0.0.1:4318
      A collector that has tokens wants one for ingest, in the environment as THAW_TOKEN.
      """;

  private static final String PATH = "/api/v1/import";

  /** So much is sent at once. */
  private static final int CHUNK = 4 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String collector;
  private long batches;
  private long unreadable;
  private long spans;

  private Import(String collector) {
    this.collector = collector;
  }

  public static void main(String[] args) throws InterruptedException {
    String file = args.length > 0 ? args[0] : "--help";
    if (file.equals("--help") || file.equals("-h")) {
      System.out.print(USAGE);
      return;
    }
    boolean named = args.length == 3 && args[1].equals("--to");
    if (args.length != 1 && !named) {
      System.err.print(USAGE);
      System.exit(2);
    }
    try {
      Import run = new Import(named ? args[2] : "http://127.0.0.1:4318");
      run.read(file);
      System.out.printf("%d batches with %d spans%n", run.batches, run.spans);
      if (run.unreadable > 0) {
        System.out.printf("%d lines could not be read: cut off by the log?%n", run.unreadable);
        System.exit(1);
      }
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("thaw import: " + e.getMessage());
      System.exit(1);
    }
  }

  private void read(String file) throws IOException, InterruptedException {
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
        Remote.request(collector, System.getenv("THAW_TOKEN"), PATH)
            .POST(HttpRequest.BodyPublishers.ofString(chunk.toString()))
            .build();
    chunk.setLength(0);
    HttpResponse<String> answer;
    try {
      answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("No collector answers at " + collector + PATH + ": " + e, e);
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
}
