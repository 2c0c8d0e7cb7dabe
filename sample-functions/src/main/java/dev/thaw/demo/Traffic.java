package dev.thaw.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Customers: orders that come unevenly, alone and in bursts, so that functions start cold, scale
 * out, are throttled and time out. The same sequence in every run, as far as the machine keeps up:
 * customers turn away from a shop that does not answer.
 */
public final class Traffic implements AutoCloseable {

  private static final String[] ARTICLES = {"tea", "kettle", "cup", "sieve", "unicorn"};

  /** With this many orders unanswered, nobody places another. */
  private static final int PATIENCE = 3;

  private static final int LARGEST_BURST = 7;

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
  private final AtomicInteger unanswered = new AtomicInteger();
  private int burst = 1;
  private int greetings;
  private volatile boolean closing;

  /**
   * @param platform the local platform's address
   */
  public Traffic(String platform) {
    this.platform = platform;
  }

  public void start() {
    clock.execute(
        () -> {
          // One of each comes alone: a dozen processes that start at once on two cores take longer
          // than their time limits.
          for (Supplier<CompletableFuture<?>> first :
              List.<Supplier<CompletableFuture<?>>>of(
                  this::order, this::greeting, this::review, this::report)) {
            if (!closing) {
              first.get().join();
            }
          }
          if (!closing) {
            openTheDoors();
          }
        });
  }

  private void openTheDoors() {
    every(Duration.ofMillis(700), Duration.ofMillis(700), () -> maybe(0.7, this::single));
    every(Duration.ofSeconds(3), Duration.ofSeconds(7), this::burst);
    every(Duration.ofSeconds(4), Duration.ofSeconds(4), this::greeting);
    every(Duration.ofSeconds(18), Duration.ofSeconds(18), this::report);
    every(Duration.ofSeconds(6), Duration.ofSeconds(6), this::review);
    // Three customers within a second, then none for a while: the alert fires, and is resolved.
    every(Duration.ofSeconds(1), Duration.ofSeconds(60), this::payment);
    every(Duration.ofMillis(1500), Duration.ofSeconds(60), this::payment);
    every(Duration.ofSeconds(8), Duration.ofSeconds(60), this::payment);
  }

  private void every(Duration first, Duration pause, Runnable action) {
    clock.scheduleWithFixedDelay(action, first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void maybe(double probability, Runnable action) {
    if (random.nextDouble() < probability) {
      action.run();
    }
  }

  private void single() {
    if (unanswered.get() < PATIENCE) {
      order();
    }
  }

  /** Each is larger than the one before, so that environments are added one by one. */
  private void burst() {
    if (unanswered.get() < PATIENCE) {
      burst = Math.min(burst + 1, LARGEST_BURST);
      for (int i = 0; i < burst; i++) {
        order();
      }
    }
  }

  private CompletableFuture<?> order() {
    String article = ARTICLES[random.nextInt(ARTICLES.length)];
    unanswered.incrementAndGet();
    return post(
            "/checkout",
            "{\"sku\":\"" + article + "\",\"quantity\":" + (1 + random.nextInt(4)) + "}")
        .whenComplete((answer, failure) -> unanswered.decrementAndGet());
  }

  private CompletableFuture<?> greeting() {
    return invoke(
        "flaky",
        greetings++ % 2 == 1 ? "{\"order\":17}" : "{\"customer\":{\"name\":\"Ada Lovelace\"}}");
  }

  private CompletableFuture<?> report() {
    return invoke("report", "{\"currency\":\"CHF\"}");
  }

  private CompletableFuture<?> review() {
    return post(
        "/reviews",
        "{\"stars\":" + (1 + random.nextInt(5)) + ",\"text\":\"Arrived in one piece.\"}");
  }

  private void payment() {
    invoke("stuck", "{\"amount\":42}");
  }

  private CompletableFuture<?> invoke(String function, String payload) {
    return post("/2015-03-31/functions/" + function + "/invocations", payload);
  }

  /** Ends when the answer is there or is given up; never with an exception. */
  private CompletableFuture<?> post(String path, String body) {
    underWay.incrementAndGet();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(platform + path))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .handle((answer, failure) -> underWay.decrementAndGet());
  }

  /** Requests without an answer yet. */
  public int underWay() {
    return underWay.get();
  }

  /** No new requests; those under way go on. */
  @Override
  public void close() {
    closing = true;
    clock.shutdown();
    try {
      clock.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
