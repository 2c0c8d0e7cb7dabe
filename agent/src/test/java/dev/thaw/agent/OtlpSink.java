package dev.thaw.agent;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * A collector for tests: takes OTLP over HTTP, decodes it with OpenTelemetry's own classes, keeps
 * the spans. Thread-safe.
 */
public final class OtlpSink implements AutoCloseable {

  /** A span with the function that sent it. */
  public record Received(String function, Span span) {

    /** The attribute as text, or empty. */
    public String attribute(String key) {
      return OtlpSink.attribute(span.getAttributesList(), key);
    }

    public String parentId() {
      return hex(span.getParentSpanId());
    }

    public String id() {
      return hex(span.getSpanId());
    }

    public String traceId() {
      return hex(span.getTraceId());
    }

    /** The attribute of the first event of that name, or empty. */
    public String event(String name, String key) {
      return span.getEventsList().stream()
          .filter(event -> event.getName().equals(name))
          .map(event -> OtlpSink.attribute(event.getAttributesList(), key))
          .findFirst()
          .orElse("");
    }
  }

  static {
    // On a machine that has other things to do, too.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  private HttpServer server;
  private final List<Received> spans = new ArrayList<>();
  private volatile boolean refusing;
  private volatile CountDownLatch answers = new CountDownLatch(0);

  public OtlpSink() throws IOException {
    server = start(0);
  }

  private HttpServer start(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/v1/traces",
        exchange -> {
          try (exchange) {
            if (refusing) {
              exchange.getRequestBody().readAllBytes();
              exchange.sendResponseHeaders(503, -1);
              return;
            }
            add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
            answers.await();
            exchange.sendResponseHeaders(200, -1);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    return server;
  }

  /** Closes every connection, and is there again at the same address. */
  public void restart() throws IOException {
    int port = server.getAddress().getPort();
    server.stop(0);
    server = start(port);
  }

  private void add(ExportTraceServiceRequest request) {
    synchronized (spans) {
      request
          .getResourceSpansList()
          .forEach(
              resource -> {
                String function =
                    attribute(resource.getResource().getAttributesList(), "faas.name");
                resource
                    .getScopeSpansList()
                    .forEach(
                        scope ->
                            scope
                                .getSpansList()
                                .forEach(span -> spans.add(new Received(function, span))));
              });
    }
  }

  private static String attribute(List<KeyValue> attributes, String key) {
    for (KeyValue attribute : attributes) {
      if (attribute.getKey().equals(key)) {
        AnyValue value = attribute.getValue();
        return switch (value.getValueCase()) {
          case STRING_VALUE -> value.getStringValue();
          case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
          case INT_VALUE -> Long.toString(value.getIntValue());
          case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
          default -> value.toString();
        };
      }
    }
    return "";
  }

  private static String hex(com.google.protobuf.ByteString bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte b : bytes.toByteArray()) {
      hex.append(String.format("%02x", b));
    }
    return hex.toString();
  }

  /** Whether it answers «later» to everything, as a collector in trouble does. */
  public void refuse(boolean on) {
    refusing = on;
  }

  /** Takes everything, and answers nothing until {@link #answer}. */
  public void holdAnswers() {
    answers = new CountDownLatch(1);
  }

  /** Gives the answers that were held. */
  public void answer() {
    answers.countDown();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public List<Received> spans() {
    synchronized (spans) {
      return List.copyOf(spans);
    }
  }

  /** Forgets what came so far. */
  public void clear() {
    synchronized (spans) {
      spans.clear();
    }
  }

  /**
   * The invocation spans of a function, each as it was sent last, as a collector keeps them;
   * without those that were only announced. What was not confirmed in time may come twice.
   */
  public List<Received> invocations(String function) {
    return latest(
        received ->
            received.function().equals(function)
                && !received.attribute("faas.invocation_id").isEmpty()
                && !received.attribute("thaw.outcome").equals("running"));
  }

  /**
   * The spans of that name that a function sent, each as it was sent last, in the order of their
   * first appearance; without those that were still open.
   */
  public List<Received> named(String function, String name) {
    return latest(
        received ->
            received.function().equals(function)
                && received.span().getName().equals(name)
                && received.attribute("thaw.unfinished").isEmpty());
  }

  private List<Received> latest(Predicate<Received> wanted) {
    Map<String, Received> byId = new LinkedHashMap<>();
    for (Received received : spans()) {
      if (wanted.test(received)) {
        byId.put(received.id(), received);
      }
    }
    return List.copyOf(byId.values());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
