package dev.thaw.collector.alert.channel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the alert as JSON. One message at a time and in order, because «resolved» must not overtake
 * «firing»; each is tried three times with growing pauses. Thread-safe.
 */
final class Webhook implements Channel {

  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
  private static final int ATTEMPTS = 3;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final URI address;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ScheduledExecutorService sender =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "webhook");
            thread.setDaemon(true);
            return thread;
          });
  private final Counter sent;
  private final Counter failed;

  Webhook(URI address, MeterRegistry metrics) {
    this.address = address;
    sent = metrics.counter("thaw.alert.messages", "channel", "webhook", "result", "sent");
    failed = metrics.counter("thaw.alert.messages", "channel", "webhook", "result", "failed");
  }

  @Override
  public void send(String json) {
    sender.execute(() -> deliver(json));
  }

  private void deliver(String json) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      String problem = post(json);
      if (problem.isEmpty()) {
        sent.increment();
        return;
      }
      LOG.warn(
          "Webhook {} did not take an alert (attempt {} of {}): {}",
          address,
          attempt,
          ATTEMPTS,
          problem);
      try {
        TimeUnit.SECONDS.sleep(1L << attempt);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    failed.increment();
  }

  /** What was wrong, or empty. */
  private String post(String json) {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("User-Agent", "thaw-collector")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    try {
      HttpResponse<Void> answer = http.send(request, HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() / 100 == 2 ? "" : "status " + answer.statusCode();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  @Override
  public void close() {
    sender.shutdownNow();
  }
}
