package dev.thaw.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/** The few things that the platform's servers do with the JDK's HTTP server. Loopback only. */
final class Http {

  static {
    // Without it an answer in two packets waits 40 ms for the peer's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Environments keep one connection each, idle for as long as they are frozen.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "4000");
    System.setProperty("sun.net.httpserver.idleInterval", "3600");
  }

  /** A handler that may be interrupted. */
  interface Exchange {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private Http() {}

  static HttpServer server(int port, Executor executor) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    server.setExecutor(executor);
    return server;
  }

  static HttpHandler handler(Exchange exchange) {
    return http -> {
      try (http) {
        exchange.handle(http);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        // The peer is gone; its process was killed, or gave up waiting.
      } catch (RuntimeException e) {
        e.printStackTrace();
        json(http, 500, "{\"message\":\"The local platform failed, see its log\"}");
      }
    };
  }

  static void json(HttpExchange exchange, int status, String body) throws IOException {
    respond(exchange, status, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  static void respond(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
