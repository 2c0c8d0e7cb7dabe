package dev.thaw.collector.alert.channel;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on this machine that keeps what is posted to it. */
final class HttpReceiver implements AutoCloseable {

  record Request(String path, Headers headers, String body) {}

  private final List<Request> taken = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile int status = 200;

  HttpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (status == 200) {
              taken.add(
                  new Request(
                      exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
            }
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1/elsewhere");
            exchange.sendResponseHeaders(status, -1);
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  /** How it answers from now on; what it does not answer with 200 it does not take. */
  void answer(int with) {
    status = with;
  }

  List<Request> taken() {
    return taken;
  }

  List<String> bodies() {
    return taken.stream().map(Request::body).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
