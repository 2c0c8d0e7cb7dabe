package dev.thaw.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** Somebody's chat room: takes messages over HTTP and keeps them. Thread-safe. */
public final class WebhookReceiver implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<JsonNode> received = new ArrayList<>();

  /**
   * @param listener told of each message
   */
  public WebhookReceiver(Consumer<JsonNode> listener) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            JsonNode message = JSON.readTree(exchange.getRequestBody());
            synchronized (received) {
              received.add(message);
            }
            listener.accept(message);
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/alerts";
  }

  /** Whether an alert of the rule came in this state. */
  public boolean has(String rule, String state) {
    synchronized (received) {
      return received.stream()
          .flatMap(message -> StreamSupport.stream(message.path("items").spliterator(), false))
          .anyMatch(
              alert ->
                  alert.path("rule").asText().equals(rule)
                      && alert.path("status").asText().equals(state));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
