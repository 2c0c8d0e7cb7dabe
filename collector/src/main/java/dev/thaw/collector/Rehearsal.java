package dev.thaw.collector;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A collector's whole life in a few seconds, on data of its own: it starts, takes a span, answers
 * what the dashboard asks, and stops.
 *
 * <p>With {@code -XX:ArchiveClassesAtExit=FILE} the JVM writes down every class that this took,
 * ready to use, and a collector with {@code -XX:SharedArchiveFile=FILE} starts in two thirds of the
 * time. It is also a trial of whether this machine can run a collector.
 */
public final class Rehearsal {

  private static final String FUNCTION = "rehearsal";
  private static final String TRACE = "5f0c1e6b7a2d4e39b8a1c0d2e3f40516";
  private static final String SPAN = "b8a1c0d2e3f40516";

  /** What the dashboard's pages ask; each answer names the function. */
  private static final List<String> QUESTIONS =
      List.of(
          "functions",
          "functions/" + FUNCTION,
          "invocations?function=" + FUNCTION,
          "cold-starts",
          "traces",
          "traces/" + TRACE,
          "chains");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  private Rehearsal(String url) {
    this.url = url;
  }

  public static void main(String[] args) throws InterruptedException {
    try {
      System.out.println("A collector works here: it answered " + run() + " questions.");
    } catch (IOException | RuntimeException e) {
      System.err.println("thaw rehearsal: " + e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }

  /**
   * @return how many questions were answered
   * @throws IOException when something was not as it should be, which the message says
   */
  static int run() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("thaw-rehearsal");
    Map<String, String> settings =
        Map.of(
            Settings.DATA.name(), data.toString(),
            Settings.PORT.name(), "0",
            Settings.GRPC_PORT.name(), "0");
    try (Collector collector = new Collector(Settings.read(settings))) {
      Rehearsal rehearsal = new Rehearsal("http://127.0.0.1:" + collector.port());
      rehearsal.send();
      collector.settled().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      for (String question : QUESTIONS) {
        rehearsal.ask(question);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("what was sent did not come into the database: " + e, e);
    } finally {
      delete(data);
    }
    return QUESTIONS.size();
  }

  private void send() throws IOException, InterruptedException {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    Span span =
        Span.newBuilder()
            .setTraceId(ByteString.fromHex(TRACE))
            .setSpanId(ByteString.fromHex(SPAN))
            .setName(FUNCTION)
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setStartTimeUnixNano(now)
            .setEndTimeUnixNano(now + 1_000_000)
            .addAttributes(
                attribute("faas.invocation_id", AnyValue.newBuilder().setStringValue("1")))
            .addAttributes(attribute("faas.coldstart", AnyValue.newBuilder().setBoolValue(true)))
            .build();
    ResourceSpans spans =
        ResourceSpans.newBuilder()
            .setResource(
                Resource.newBuilder()
                    .addAttributes(
                        attribute("faas.name", AnyValue.newBuilder().setStringValue(FUNCTION))))
            .addScopeSpans(ScopeSpans.newBuilder().addSpans(span))
            .build();
    byte[] body =
        ExportTraceServiceRequest.newBuilder().addResourceSpans(spans).build().toByteArray();
    expect(
        "/v1/traces",
        HttpRequest.newBuilder(URI.create(url + "/v1/traces"))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        "");
  }

  private static KeyValue attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private void ask(String question) throws IOException, InterruptedException {
    expect(question, HttpRequest.newBuilder(URI.create(url + "/api/v1/" + question)), FUNCTION);
  }

  private void expect(String what, HttpRequest.Builder request, String part)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200 || !answer.body().contains(part)) {
      throw new IOException(
          what + " was answered with " + answer.statusCode() + " " + answer.body());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
