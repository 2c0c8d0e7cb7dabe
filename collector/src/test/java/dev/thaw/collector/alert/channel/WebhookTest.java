package dev.thaw.collector.alert.channel;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

class WebhookTest extends ChannelContract {

  private final List<String> taken = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @Override
  protected Channel open(int refusals) throws Exception {
    AtomicInteger left = new AtomicInteger(refusals);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (left.getAndDecrement() > 0) {
              exchange.sendResponseHeaders(503, -1);
            } else {
              taken.add(body);
              exchange.sendResponseHeaders(204, -1);
            }
          }
        });
    server.start();
    return new Webhook(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()), new SimpleMeterRegistry());
  }

  @Override
  protected List<String> taken() {
    return taken;
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }
}
