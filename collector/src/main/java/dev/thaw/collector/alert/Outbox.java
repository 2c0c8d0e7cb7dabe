package dev.thaw.collector.alert;

import dev.thaw.collector.alert.channel.Channel;
import dev.thaw.collector.alert.channel.Message;
import dev.thaw.collector.alert.channel.NotDelivered;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages on their way: each channel has a thread and a queue of its own, so that one that hangs
 * holds up nobody else. A message that was not taken is tried again with growing pauses for a day,
 * and before the next, because «resolved» must not overtake «firing». Thread-safe.
 */
final class Outbox implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final Duration GIVEN_UP_AFTER = Duration.ofDays(1);
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_GIVEN_UP = 50;
  private static final long LONGEST_PAUSE_MS = 300_000;

  /** So long a message that is just being taken may go on, so that it is not told twice. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * A message that waits for a channel.
   *
   * @param error why it was not taken the last time; empty when it was not tried yet
   */
  record Delivery(String channel, Message message, int attempts, String error) {}

  /** How a channel stands. */
  record Standing(
      String name,
      String type,
      String target,
      int waiting,
      String error,
      long sentMs,
      long failedMs) {}

  private static final class Line {
    private final Channel channel;
    private final Deque<Delivery> waiting = new ArrayDeque<>();
    private final ScheduledThreadPoolExecutor thread;
    private Future<?> next = java.util.concurrent.CompletableFuture.completedFuture(null);
    private String error = "";
    private long sentMs;
    private long failedMs;

    Line(Channel channel) {
      this.channel = channel;
      thread =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread made = new Thread(task, "alerts to " + channel.name());
                made.setDaemon(true);
                return made;
              });
      thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }
  }

  private final MeterRegistry metrics;
  private final Runnable changed;
  private final Duration firstPause;
  private final Map<String, Line> lines = new HashMap<>();
  private final Deque<Delivery> givenUp = new ArrayDeque<>();

  /** Of channels that the file does not have now; they may come back. */
  private final List<Delivery> parked = new ArrayList<>();

  /**
   * @param known messages that the process before this one had not got rid of
   * @param changed told when there is something to keep
   * @param firstPause before the second attempt; each later one is twice as long
   */
  Outbox(Collection<Delivery> known, MeterRegistry metrics, Runnable changed, Duration firstPause) {
    this.metrics = metrics;
    this.changed = changed;
    this.firstPause = firstPause;
    parked.addAll(known);
  }

  /** Takes these channels and closes those from before; never called beside {@link #add}. */
  void use(List<Channel> channels) {
    end();
    put(channels);
  }

  private synchronized void put(List<Channel> channels) {
    lines.values().forEach(line -> parked.addAll(line.waiting));
    lines.clear();
    channels.forEach(channel -> lines.put(channel.name(), new Line(channel)));
    List<Delivery> known = parked.stream().filter(delivery -> !isOld(delivery)).toList();
    parked.clear();
    known.forEach(this::add);
  }

  /**
   * @param names of the channels; empty for all
   */
  synchronized void add(List<String> names, Message message) {
    for (String name : names.isEmpty() ? List.copyOf(lines.keySet()) : names) {
      add(new Delivery(name, message, 0, ""));
    }
  }

  private void add(Delivery delivery) {
    Line line = lines.get(delivery.channel());
    if (line == null) {
      parked.add(delivery);
      return;
    }
    line.waiting.addLast(delivery);
    if (line.waiting.size() > MOST_WAITING) {
      giveUp(line.waiting.removeFirst());
    }
    if (line.next.isDone()) {
      line.next = line.thread.submit(() -> deliver(line));
    }
  }

  /** Tells the channels that forget what fires; what is lost of it comes again. */
  synchronized void refresh(Message message) {
    for (Line line : lines.values()) {
      if (!line.channel.refresh().isZero() && line.waiting.isEmpty()) {
        line.thread.execute(
            () -> {
              try {
                line.channel.deliver(message);
                taken(line);
              } catch (NotDelivered e) {
                failed(line, String.valueOf(e.getMessage()));
              }
            });
      }
    }
  }

  synchronized boolean wantsRefresh() {
    return lines.values().stream().anyMatch(line -> !line.channel.refresh().isZero());
  }

  private void deliver(Line line) {
    Delivery delivery;
    synchronized (this) {
      delivery = line.waiting.peekFirst();
    }
    if (delivery == null) {
      return;
    }
    String error = "";
    try {
      line.channel.deliver(delivery.message());
    } catch (NotDelivered e) {
      error = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("The channel {} failed", line.channel.name(), e);
      error = e.toString();
    }
    if (Thread.currentThread().isInterrupted()) {
      return;
    }
    count(line.channel, error.isEmpty() ? "sent" : "failed");
    synchronized (this) {
      long pauseMs = 0;
      if (error.isEmpty()) {
        taken(line);
      } else {
        failed(line, error);
        pauseMs =
            Math.min(LONGEST_PAUSE_MS, firstPause.toMillis() << Math.min(12, delivery.attempts()));
      }
      // It may have made room for newer ones meanwhile.
      if (line.waiting.peekFirst() == delivery) {
        line.waiting.removeFirst();
        if (!error.isEmpty()) {
          again(line, delivery, error);
        }
      }
      if (!line.waiting.isEmpty() && !line.thread.isShutdown()) {
        line.next = line.thread.schedule(() -> deliver(line), pauseMs, TimeUnit.MILLISECONDS);
      }
    }
    changed.run();
  }

  private void again(Line line, Delivery delivery, String error) {
    Delivery again =
        new Delivery(delivery.channel(), delivery.message(), delivery.attempts() + 1, error);
    if (isOld(again)) {
      giveUp(again);
    } else {
      line.waiting.addFirst(again);
    }
  }

  private static boolean isOld(Delivery delivery) {
    return System.currentTimeMillis() - delivery.message().sentMs() > GIVEN_UP_AFTER.toMillis();
  }

  private synchronized void taken(Line line) {
    line.error = "";
    line.sentMs = System.currentTimeMillis();
  }

  private synchronized void failed(Line line, String error) {
    if (!line.error.equals(error)) {
      LOG.warn("The channel {} did not take a message: {}", line.channel.name(), error);
    }
    line.error = error;
    line.failedMs = System.currentTimeMillis();
  }

  private void giveUp(Delivery delivery) {
    LOG.error(
        "A message for the channel {} is given up: {}",
        delivery.channel(),
        delivery.message().headline());
    givenUp.addFirst(delivery);
    if (givenUp.size() > MOST_GIVEN_UP) {
      givenUp.removeLast();
    }
  }

  private void count(Channel channel, String result) {
    metrics.counter("thaw.alert.messages", "channel", channel.name(), "result", result).increment();
  }

  /** Everything that was not taken yet. */
  synchronized List<Delivery> waiting() {
    List<Delivery> all = new ArrayList<>(parked);
    lines.values().forEach(line -> all.addAll(line.waiting));
    return all;
  }

  /** What was tried for a day in vain, newest first. */
  synchronized List<Delivery> givenUp() {
    return List.copyOf(givenUp);
  }

  synchronized List<Standing> standings() {
    return lines.values().stream()
        .map(
            line ->
                new Standing(
                    line.channel.name(),
                    line.channel.type(),
                    line.channel.target(),
                    line.waiting.size(),
                    line.error,
                    line.sentMs,
                    line.failedMs))
        .sorted(java.util.Comparator.comparing(Standing::name))
        .toList();
  }

  /** Lets what is just being sent come to its end, for a moment, and begins nothing more. */
  private void end() {
    List<Line> ending;
    synchronized (this) {
      ending = List.copyOf(lines.values());
      ending.forEach(line -> line.thread.shutdown());
    }
    long untilNs = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (Line line : ending) {
        line.thread.awaitTermination(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Line line : ending) {
      line.thread.shutdownNow();
      line.channel.close();
    }
  }

  @Override
  public void close() {
    end();
  }
}
