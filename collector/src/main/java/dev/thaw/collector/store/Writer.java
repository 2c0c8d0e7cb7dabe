package dev.thaw.collector.store;

import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that appends: it takes what has gathered while the last transaction was committed,
 * appends it as one, and answers all who brought it. Bounded in bytes: over the limit nothing more
 * is taken. Thread-safe.
 */
public final class Writer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** Many small requests share a commit; a larger transaction gains nothing. */
  private static final int MOST_SPANS_PER_COMMIT = 20_000;

  private static final int MOST_REQUESTS = 10_000;

  private record Pending(List<Span> spans, long bytes, CompletableFuture<Void> done) {}

  private final Store store;
  private final long mostBytes;
  private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(MOST_REQUESTS);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param mostBytes how many bytes of requests may wait
   */
  public Writer(Store store, long mostBytes) {
    this.store = store;
    this.mostBytes = mostBytes;
    thread = new Thread(this::run, "store-writer");
    thread.start();
  }

  /**
   * Takes spans over.
   *
   * @param bytes what they weighed on the wire
   * @return completed when they are durable, or exceptionally with a {@link StoreException}; null
   *     when there is no room
   */
  public @Nullable CompletableFuture<Void> offer(List<Span> spans, long bytes) {
    if (closed || queuedBytes.get() + bytes > mostBytes) {
      return null;
    }
    Pending pending = new Pending(spans, bytes, new CompletableFuture<>());
    queuedBytes.addAndGet(bytes);
    if (!queue.offer(pending)) {
      queuedBytes.addAndGet(-bytes);
      return null;
    }
    return pending.done();
  }

  public long queuedBytes() {
    return queuedBytes.get();
  }

  private void run() {
    List<Pending> batch = new ArrayList<>();
    while (!closed || !queue.isEmpty()) {
      batch.clear();
      try {
        Pending first = queue.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
      } catch (InterruptedException e) {
        continue;
      }
      int spans = batch.get(0).spans().size();
      Pending next = queue.peek();
      while (next != null && spans + next.spans().size() <= MOST_SPANS_PER_COMMIT) {
        batch.add(queue.remove());
        spans += next.spans().size();
        next = queue.peek();
      }
      append(batch);
    }
  }

  private void append(List<Pending> batch) {
    List<Span> spans = new ArrayList<>();
    long bytes = 0;
    for (Pending pending : batch) {
      spans.addAll(pending.spans());
      bytes += pending.bytes();
    }
    try {
      store.append(spans);
      batch.forEach(pending -> pending.done().complete(null));
    } catch (RuntimeException e) {
      LOG.error("{} spans were not stored; their senders are told to come back", spans.size(), e);
      batch.forEach(pending -> pending.done().completeExceptionally(e));
    } finally {
      queuedBytes.addAndGet(-bytes);
    }
  }

  /** Appends what was taken over and ends. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
