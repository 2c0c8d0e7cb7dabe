package dev.thaw.bench.coldstart;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes what Datadog's and Elastic's agents send, as their servers would, and counts the requests
 * that carry traces.
 */
final class PeerSink implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong traces = new AtomicLong();

  PeerSink() throws IOException {
    // Without it this server's answers wait 40 ms for the peer's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String path = exchange.getRequestURI().getPath();
          byte[] answer = "{}".getBytes(StandardCharsets.US_ASCII);
          if (path.equals("/info")) {
            answer =
                "{\"version\":\"7.70.0\",\"endpoints\":[\"/v0.4/traces\"],\"client_drop_p0s\":false}"
                    .getBytes(StandardCharsets.US_ASCII);
          } else if (path.contains("/traces") && body.length > 100
              || path.startsWith("/intake") && body.length > 0) {
            traces.incrementAndGet();
          }
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  long traces() {
    return traces.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
