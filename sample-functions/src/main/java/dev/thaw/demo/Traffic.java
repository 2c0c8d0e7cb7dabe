package dev.thaw.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Customers: orders that come unevenly, alone and in bursts, so that functions start cold, scale
 * out, are throttled and time out. The same sequence in every run.
 */
public final class Traffic implements AutoCloseable {

  private static final String[] ARTICLES = {"tea", "kettle", "cup", "sieve", "unicorn"};

  private final String platform;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "traffic");
            thread.setDaemon(true);
            return thread;
          });
  private final Random random = new Random(17);
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * @param platform the local platform's address
   */
  public Traffic(String platform) {
    this.platform = platform;
  }

  public void start() {
    every(Duration.ofMillis(700), Duration.ofMillis(700), () -> maybe(0.7, this::order));
    every(Duration.ofSeconds(3), Duration.ofSeconds(9), () -> burst(7));
    every(Duration.ofSeconds(1), Duration.ofSeconds(4), this::greeting);
    every(Duration.ofSeconds(2), Duration.ofSeconds(18), this::report);
    every(Duration.ofSeconds(5), Duration.ofSeconds(6), this::review);
    // Three customers within a second, then none for a while: the alert fires, and is resolved.
    every(Duration.ofSeconds(4), Duration.ofSeconds(60), this::payment);
    every(Duration.ofMillis(4500), Duration.ofSeconds(60), this::payment);
    every(Duration.ofSeconds(11), Duration.ofSeconds(60), this::payment);
  }

  private void every(Duration first, Duration pause, Runnable action) {
    clock.scheduleWithFixedDelay(action, first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void maybe(double probability, Runnable action) {
    if (random.nextDouble() < probability) {
      action.run();
    }
  }

  private void burst(int orders) {
    for (int i = 0; i < orders; i++) {
      order();
    }
  }

  private void order() {
    String article = ARTICLES[random.nextInt(ARTICLES.length)];
    post("/checkout", "{\"sku\":\"" + article + "\",\"quantity\":" + (1 + random.nextInt(4)) + "}");
  }

  private void greeting() {
    invoke(
        "flaky",
        random.nextInt(3) == 0 ? "{\"order\":17}" : "{\"customer\":{\"name\":\"Ada Lovelace\"}}");
  }

  private void report() {
    invoke("report", "{\"currency\":\"CHF\"}");
  }

  private void review() {
    post(
        "/reviews",
        "{\"stars\":" + (1 + random.nextInt(5)) + ",\"text\":\"Arrived in one piece.\"}");
  }

  private void payment() {
    invoke("stuck", "{\"amount\":42}");
  }

  private void invoke(String function, String payload) {
    post("/2015-03-31/functions/" + function + "/invocations", payload);
  }

  private void post(String path, String body) {
    underWay.incrementAndGet();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(platform + path))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .whenComplete((answer, failure) -> underWay.decrementAndGet());
  }

  /** Requests without an answer yet. */
  public int underWay() {
    return underWay.get();
  }

  /** No new requests; those under way go on. */
  @Override
  public void close() {
    clock.shutdown();
    try {
      clock.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
