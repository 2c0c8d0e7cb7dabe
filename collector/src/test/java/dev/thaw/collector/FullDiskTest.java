package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that somebody else fills to the last byte while spans come in: a collector as a process of
 * its own, on a small file system in memory.
 */
class FullDiskTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int SENDERS = 3;

  @TempDir Path folder;

  private final AtomicLong numbers = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();

  @Test
  void nothingAcknowledgedIsLostAndItRecoversByItself() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path log = folder.resolve("collector.log");
    Process collector = start(data, log);
    try {
      int port = port(collector, log);
      // The process sees another file system there than this one does.
      Path filler = Path.of("/proc/" + collector.pid() + "/root" + data).resolve("filler");
      for (int round = 0; round < 2; round++) {
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        for (int i = 0; i < SENDERS; i++) {
          senders.submit(
              () -> {
                while (!isOver.get()) {
                  send(port);
                }
                return null;
              });
        }
        long before = acknowledged.size();
        await().until(() -> acknowledged.size() > before + 50);
        fill(filler);
        int refused = count(503);
        await().atMost(Duration.ofSeconds(30)).until(() -> count(503) > refused + 20);
        assertThat(get(port, "/api/v1/functions").path("functions")).isNotEmpty();
        isOver.set(true);
        senders.shutdown();
        assertThat(senders.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        Files.delete(filler);
        long full = acknowledged.size();
        await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(500))
            .until(
                () -> {
                  send(port);
                  return acknowledged.size() > full + 5;
                });
        await()
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofMillis(500))
            .untilAsserted(() -> assertThat(invocations(port)).isEqualTo(acknowledged.size()));
      }
      assertThat(answers).containsOnly(200, 503);
      for (long number : List.copyOf(acknowledged)) {
        assertThat(get(port, "/api/v1/traces/" + traceId(number)).path("spans"))
            .as("trace " + number)
            .hasSize(1);
      }
    } finally {
      collector.destroy();
      assertThat(collector.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static Process start(Path data, Path log) throws Exception {
    ProcessBuilder builder =
        SmallDisk.java(data, 120, "dev.thaw.collector.Collector").redirectOutput(log.toFile());
    builder.environment().put("THAW_PORT", "0");
    builder.environment().put("THAW_GRPC_PORT", "0");
    builder.environment().put("THAW_DATA", data.toString());
    builder.environment().put("THAW_MIN_FREE_MB", "1");
    builder.environment().put("THAW_JOURNAL_MB", "16");
    return builder.start();
  }

  private static int port(Process collector, Path log) {
    String says =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> {
                  assertThat(collector.isAlive()).as(Files.readString(log)).isTrue();
                  return Files.readString(log);
                },
                text -> text.contains("Thaw collects and serves at "));
    return Integer.parseInt(says.replaceFirst("(?s).*serves at http://[^:]+:(\\d+).*", "$1"));
  }

  private static void fill(Path filler) {
    byte[] some = new byte[64 * 1024];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static String traceId(long number) {
    return "%032x".formatted(0xabc000L + number);
  }

  /** A request with one invocation, and something to write with it. */
  private void send(int port) throws Exception {
    long number = numbers.incrementAndGet();
    long now = System.currentTimeMillis() * 1_000_000;
    String body =
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"faas.name","value":{"stringValue":"f"}}]},
          "scopeSpans":[{"spans":[{"traceId":"%s","spanId":"b7ad6b7169203331","name":"f","kind":2,
            "startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
              {"key":"faas.invocation_id","value":{"stringValue":"r%d"}},
              {"key":"text","value":{"stringValue":"%s"}}]}]}]}]}
        """
            .formatted(
                traceId(number),
                now - 1_000_000,
                now,
                number,
                "x%d ".formatted(number).repeat(500));
    HttpResponse<Void> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    answers.add(answer.statusCode());
    if (answer.statusCode() == 200) {
      acknowledged.add(number);
    }
  }

  private int count(int status) {
    return (int) answers.stream().filter(answer -> answer == status).count();
  }

  private static JsonNode get(int port, String path) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static long invocations(int port) throws Exception {
    List<Long> counts = new ArrayList<>();
    get(port, "/api/v1/functions")
        .path("functions")
        .forEach(function -> counts.add(function.path("invocations").asLong()));
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
