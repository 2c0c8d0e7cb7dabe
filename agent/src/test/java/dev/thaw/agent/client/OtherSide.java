package dev.thaw.agent.client;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other side of a call over HTTP: what it answers, and what it got. Thread-safe. */
final class OtherSide implements AutoCloseable {

  private final HttpServer server;
  private volatile int status = 200;
  private volatile int refusals;
  private volatile Refusal refusal = new Refusal(429, Map.of("Retry-After", "1"), "{}");
  private volatile String answer = "{}";
  private final List<Map<String, List<String>>> requests = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();

  /** How it refuses. */
  record Refusal(int status, Map<String, String> headers, String body) {}

  OtherSide() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            bodies.add(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            requests.add(Map.copyOf(exchange.getRequestHeaders()));
            boolean refuse = refusals > 0;
            if (refuse) {
              refusals--;
              refusal.headers().forEach(exchange.getResponseHeaders()::set);
            }
            String text = refuse ? refusal.body() : answer;
            exchange
                .getResponseHeaders()
                .set("Content-Type", text.startsWith("<") ? "text/xml" : "application/json");
            exchange.getResponseHeaders().set("x-amzn-RequestId", "request-1");
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(refuse ? refusal.status() : status, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  void reset() {
    status = 200;
    refusals = 0;
    refusal = new Refusal(429, Map.of("Retry-After", "1"), "{}");
    answer = "{}";
    requests.clear();
    bodies.clear();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void answerWith(int statusCode) {
    status = statusCode;
  }

  void answerWith(String body) {
    answer = body;
  }

  void refuse(int times) {
    refusals = times;
  }

  void refuse(int times, Refusal with) {
    refusal = with;
    refusals = times;
  }

  /** Of the first request, whatever the case of its name; empty when it is not there. */
  String header(String name) {
    List<String> values = headers(name);
    return values.isEmpty() ? "" : values.get(0);
  }

  /** Of all requests. */
  List<String> headers(String name) {
    List<String> values = new ArrayList<>();
    for (Map<String, List<String>> request : requests) {
      request.forEach(
          (key, of) -> {
            if (key.equalsIgnoreCase(name)) {
              values.addAll(of);
            }
          });
    }
    return values;
  }

  /** Of the first request. */
  String body() {
    return bodies.get(0);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
