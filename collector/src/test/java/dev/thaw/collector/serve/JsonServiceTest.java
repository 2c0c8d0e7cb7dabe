package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JsonServiceTest {

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void whoAsksWhenAllThatAnswerAreBusyIsToldSo() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    CompletableFuture<Map<String, Boolean>> answer = new CompletableFuture<>();
    JsonService json = new JsonService(Duration.ofMinutes(1), new SimpleMeterRegistry(), 2);
    Server server =
        Server.builder()
            .http(0)
            .service(
                "/slow",
                json.get(
                    parameters -> {
                      asked.countDown();
                      return answer.join();
                    }))
            .service("/change", json.change((parameters, body) -> Map.of()))
            .build();
    server.start().join();
    try {
      String url = "http://127.0.0.1:" + server.activeLocalPort();
      CompletableFuture<HttpResponse<String>> first = send(url + "/slow", "GET");
      CompletableFuture<HttpResponse<String>> second = send(url + "/slow", "GET");
      asked.await();

      HttpResponse<String> third = send(url + "/slow", "GET").join();
      HttpResponse<String> change = send(url + "/change", "POST").join();

      assertThat(third.statusCode()).isEqualTo(503);
      assertThat(third.body()).contains("Too many questions are being asked at once");
      assertThat(change.statusCode()).isEqualTo(503);
      answer.complete(Map.of("answered", true));
      assertThat(first.join().body()).isEqualTo(second.join().body()).contains("answered");
      assertThat(send(url + "/change", "POST").join().statusCode()).isEqualTo(200);
    } finally {
      answer.complete(Map.of("answered", true));
      server.stop().join();
    }
  }

  private CompletableFuture<HttpResponse<String>> send(String url, String method) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
