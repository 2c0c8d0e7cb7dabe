package dev.thaw.collector.store;

import dev.thaw.collector.journal.Commits;
import dev.thaw.collector.journal.JournalException;
import dev.thaw.collector.model.Span;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that appends to the store: it takes what has gathered while the last transaction
 * was committed, and appends it as one. What it is given is safe in the journal already, so it may
 * take its time: while the store refuses, it tries again and again; a request that alone keeps the
 * store from going on, or that ended the process whenever it was tried, is passed over and counted.
 * It gets one more chance when all else is stored, because the process may have been ended by
 * something else each time, or the store was short of something. Thread-safe.
 */
public final class Indexer implements AutoCloseable {

  /** Something that holds spans, not necessarily read yet. */
  public interface Source {
    /** Called on the indexer's thread when it begins with them; again when the store refused. */
    List<Span> spans();

    /** What it weighs in memory while it waits, bytes. */
    long weight();

    /** How many spans it holds. */
    int count();
  }

  /** What the indexer needs of the journal. */
  public interface Kept {
    /** Gets what a request holds. */
    interface Taking {
      void take(long sequence, Supplier<List<Span>> spans);
    }

    /** Told the number up to which the store will not need it any more; on any thread. */
    void safe(long upTo);

    /**
     * Gives what it has given before, in the order of the numbers, on the thread that asks.
     *
     * @param after the number before the first
     * @param upTo the last number
     */
    void again(long after, long upTo, Taking to);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

  /** Many small requests share a commit; a larger transaction gains nothing. */
  private static final int MOST_SPANS_PER_COMMIT = 50_000;

  /**
   * What comes within it shares a transaction, because each costs some milliseconds of a processor
   * that questions could have.
   */
  private static final Duration GATHERED = Duration.ofMillis(100);

  /** Then there is nothing to be gained by waiting for more. */
  static final long ENOUGH_BYTES = 2L << 20;

  /** After so long what was passed over gets its chance; or at the end, if that is sooner. */
  private static final Duration CHANCE_AFTER = Duration.ofSeconds(10);

  private static final int TRIES = 3;
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;

  /** How often it looks after the store while nothing comes. */
  private static final long LOOK_MS = 1_000;

  /** So much has to be read again after the end of a process that was not stopped. */
  private static final long BYTES_BETWEEN_CHECKPOINTS = 128L << 20;

  private record Pending(long sequence, Source source, CompletableFuture<Void> done) {}

  private final Store store;
  private final LastTry lastTry;
  private final PassedOver passedOver;
  private final Kept kept;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong appended = new AtomicLong();
  private final Thread thread;
  private final ExecutorService checkpoints =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "checkpoint"));
  private volatile boolean isCheckpointing;

  /** Whether the last checkpoint was kept from being made by what was appended beside it. */
  private volatile boolean isAlone;

  /** Changed by the indexer's thread alone. */
  private volatile Commits commits = Commits.NONE;

  /** Of what is in the queue, guarded by it. */
  private long gatheredBytes;

  /** Whether somebody waits for what is in the queue, guarded by it. */
  private boolean isAwaited;

  private final long gatheredNs;
  private final long chanceAfterNs;

  /** When one was passed over last. */
  private long lastPassedOver = System.nanoTime();

  private long lastBegun;
  private long sinceCheckpoint;
  private long indexed;

  /** Where the store is, as far as is known; behind what is indexed when something was skipped. */
  private long stored;

  /** How many spans of which requests the store has not, which are not to be given again. */
  private final Map<Long, Integer> missing = new HashMap<>();

  private boolean closed;

  /** Whether the last attempt failed. What a stopping collector can't store is in the journal. */
  private volatile boolean failing;

  /**
   * @param lastTry what the process before this one was at; closed with the indexer
   * @param passedOver what it has passed over
   * @param kept where what it was given is kept
   */
  public Indexer(Store store, LastTry lastTry, PassedOver passedOver, Kept kept) {
    this(store, lastTry, passedOver, kept, GATHERED, CHANCE_AFTER);
  }

  /**
   * @param gathered the least time between the beginnings of two transactions when little comes
   * @param chanceAfter the time after which what was passed over is tried once more
   */
  Indexer(
      Store store,
      LastTry lastTry,
      PassedOver passedOver,
      Kept kept,
      Duration gathered,
      Duration chanceAfter) {
    gatheredNs = gathered.toNanos();
    chanceAfterNs = chanceAfter.toNanos();
    this.passedOver = passedOver;
    lastBegun = System.nanoTime() - gatheredNs;
    this.store = store;
    this.lastTry = lastTry;
    this.kept = kept;
    indexed = store.position();
    stored = indexed;
    thread = new Thread(this::run, "indexer");
    thread.start();
  }

  /**
   * Takes a request over.
   *
   * @param sequence its number in the journal, in ascending order; {@link Store#NO_POSITION} for
   *     one that is not from there
   * @return completed when questions see it, or when it was passed over
   */
  public CompletableFuture<Void> add(long sequence, Source source) {
    Pending pending = new Pending(sequence, source, new CompletableFuture<>());
    synchronized (queue) {
      queue.add(pending);
      gatheredBytes += source.weight();
      isAwaited |= sequence == Store.NO_POSITION;
      queue.notifyAll();
    }
    return pending.done();
  }

  /** Spans that were passed over because the store could not take them. */
  public long skipped() {
    return skipped.get();
  }

  /** Spans that the store has taken; what was delivered twice counts twice. */
  public long appended() {
    return appended.get();
  }

  /** Transactions of the store, each with all that had gathered meanwhile. */
  public Commits commits() {
    return commits;
  }

  /** Completed when questions see everything that was added so far. */
  public CompletableFuture<Void> settled() {
    return add(Store.NO_POSITION, new Spans(List.of()));
  }

  /**
   * Spans that the collector itself has made; not in the journal, because it can make them again.
   */
  public CompletableFuture<Void> add(List<Span> spans) {
    return add(Store.NO_POSITION, new Spans(spans));
  }

  private record Spans(List<Span> spans) implements Source {
    private static final long GUESS = 1024;

    @Override
    public long weight() {
      return spans.size() * GUESS;
    }

    @Override
    public int count() {
      return spans.size();
    }
  }

  /** Does something between two appends, on the thread that appends. */
  public void between(Runnable task) {
    synchronized (queue) {
      tasks.add(task);
      queue.notifyAll();
    }
  }

  private void run() {
    List<Pending> batch = new ArrayList<>();
    for (Runnable task = next(batch); task != null || !batch.isEmpty(); task = next(batch)) {
      if (task != null) {
        try {
          task.run();
        } catch (RuntimeException e) {
          LOG.error("What was to be done between two appends has failed", e);
        }
      } else {
        append(batch);
      }
      if (isGivenUp()) {
        // What follows must not move the position beyond what the store has not.
        return;
      }
    }
    if (!passedOver.isEmpty()) {
      tryOnceMore();
    }
  }

  /**
   * What is to be done next: a task, or what has gathered, at least one; neither at the end.
   *
   * @param batch gets what has gathered
   */
  private @Nullable Runnable next(List<Pending> batch) {
    batch.clear();
    synchronized (queue) {
      while (queue.isEmpty() && tasks.isEmpty() && !closed && !hasChance()) {
        if (store.position() < stored) {
          return this::catchUpOrWait;
        }
        try {
          queue.wait(LOOK_MS);
        } catch (InterruptedException e) {
          closed = true;
        }
      }
      if (hasChance() && !closed) {
        return this::tryOnceMore;
      }
      gather();
      if (!tasks.isEmpty() && !closed) {
        return tasks.remove();
      }
      int spans = 0;
      for (Pending first = queue.peek();
          first != null
              && (batch.isEmpty() || spans + first.source().count() <= MOST_SPANS_PER_COMMIT);
          first = queue.peek()) {
        batch.add(queue.remove());
        spans += first.source().count();
        gatheredBytes -= first.source().weight();
      }
      isAwaited &= !queue.isEmpty();
      lastBegun = System.nanoTime();
    }
    return null;
  }

  /** Waits for more, unless somebody waits for what is there; what comes alone is not held up. */
  private void gather() {
    synchronized (queue) {
      for (long left = lastBegun + gatheredNs - System.nanoTime();
          left > 0 && tasks.isEmpty() && !closed && !isAwaited && gatheredBytes < ENOUGH_BYTES;
          left = lastBegun + gatheredNs - System.nanoTime()) {
        try {
          TimeUnit.NANOSECONDS.timedWait(queue, left);
        } catch (InterruptedException e) {
          closed = true;
        }
      }
    }
  }

  private void append(List<Pending> batch) {
    List<Pending> together = new ArrayList<>();
    for (Pending pending : batch) {
      if (isGivenUp()) {
        // To pass one over would move the position beyond what the store has not.
        break;
      }
      if (pending.sequence() != Store.NO_POSITION && lastTry.mustBeAlone(pending.sequence())) {
        together(together);
        together.clear();
        alone(pending);
      } else {
        together.add(pending);
      }
    }
    together(together);
    for (Pending pending : batch) {
      pending.done().complete(null);
    }
  }

  private void together(List<Pending> batch) {
    if (batch.isEmpty()) {
      return;
    }
    long first = first(batch);
    if (first != Store.NO_POSITION) {
      lastTry.together(first, last(batch));
    }
    if (!tried(batch, TRIES)) {
      // Which of them is it? The others must not wait for it.
      oneByOne(batch);
    }
  }

  /** The number of the first one that is from the journal. */
  private static long first(List<Pending> batch) {
    for (Pending pending : batch) {
      if (pending.sequence() != Store.NO_POSITION) {
        return pending.sequence();
      }
    }
    return Store.NO_POSITION;
  }

  private static long last(List<Pending> batch) {
    return batch.stream().mapToLong(Pending::sequence).max().orElse(Store.NO_POSITION);
  }

  /** And noted, because it may end the process. */
  private void alone(Pending one) {
    if (lastTry.isFatal(one.sequence())) {
      skip(one);
      if (storeWorks()) {
        // What follows a kill begins behind it.
        isSafe(indexed);
      }
    } else {
      LOG.info("The collector ended while it indexed number {}; trying it alone", one.sequence());
      lastTry.alone(one.sequence());
      oneByOne(List.of(one));
    }
    lastTry.nothing();
  }

  private void oneByOne(List<Pending> batch) {
    for (Pending one : batch) {
      while (!isGivenUp() && !tried(List.of(one), TRIES)) {
        if (storeWorks()) {
          skip(one);
          break;
        }
      }
    }
  }

  private boolean tried(List<Pending> batch, int times) {
    long pause = FIRST_PAUSE_MS;
    for (int i = 0; i < times && !isGivenUp(); i++) {
      try {
        List<Span> spans = new ArrayList<>();
        long upTo = indexed;
        long bytes = 0;
        for (Pending pending : batch) {
          spans.addAll(pending.source().spans());
          upTo = Math.max(upTo, pending.sequence());
          bytes += pending.source().weight();
        }
        if (!spans.isEmpty() || upTo != indexed) {
          long start = System.nanoTime();
          append(spans, upTo);
          commits = commits.and(System.nanoTime() - start);
          appended.addAndGet(spans.size());
        }
        indexed = upTo;
        failing = false;
        checkpoint(bytes);
        return true;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        failing = true;
        lastTry.nothing();
        LOG.error("{} requests could not be indexed", batch.size(), e);
        pause = pause(pause);
      }
    }
    return false;
  }

  private void append(List<Span> spans, long upTo) {
    catchUp();
    store.append(spans, stored, upTo);
    stored = upTo;
  }

  /** When the engine has failed, the store goes back to what it had at a checkpoint. */
  private void catchUp() {
    long upTo = stored;
    if (store.position() >= upTo) {
      return;
    }
    stored = store.position();
    LOG.warn("The store has gone back from {} to {}; the journal has the rest", upTo, stored);
    try {
      List<Span> gathered = new ArrayList<>();
      kept.again(
          stored,
          upTo,
          (sequence, spans) -> {
            if (gathered.size() >= MOST_SPANS_PER_COMMIT) {
              store.append(gathered, stored, sequence - 1);
              stored = sequence - 1;
              gathered.clear();
            }
            if (!missing.containsKey(sequence)) {
              gathered.addAll(spans.get());
            }
          });
      store.append(gathered, stored, upTo);
    } finally {
      // When it comes no further, it begins again from where the store is then.
      stored = upTo;
    }
  }

  /** Also when nothing comes: questions are waiting for it. */
  private void catchUpOrWait() {
    try {
      catchUp();
    } catch (RuntimeException e) {
      LOG.error("The store could not be given what it has lost", e);
      pause(LONGEST_PAUSE_MS);
    }
  }

  /** Whether it is the request that the store can't take. */
  private boolean storeWorks() {
    try {
      append(List.of(), indexed);
      return true;
    } catch (RuntimeException e) {
      pause(LONGEST_PAUSE_MS);
      return false;
    }
  }

  private void skip(Pending pending) {
    int count = pending.source().count();
    skipped.addAndGet(count);
    indexed = Math.max(indexed, pending.sequence());
    if (pending.sequence() == Store.NO_POSITION) {
      LOG.error("{} spans that the collector has made are passed over", count);
      return;
    }
    missing.put(pending.sequence(), count);
    passedOver.add(pending.sequence());
    lastPassedOver = System.nanoTime();
    LOG.error(
        "Number {} with {} spans is passed over; it is tried once more when all else is stored, and stays in the journal",
        pending.sequence(),
        count);
  }

  /** Whether it is time to try again what was passed over. */
  private boolean hasChance() {
    return !passedOver.isEmpty() && System.nanoTime() - lastPassedOver >= chanceAfterNs;
  }

  /** Each by itself: should it end the process now, the others have their chance in the next. */
  private void tryOnceMore() {
    lastTry.nothing();
    lastPassedOver = System.nanoTime();
    for (long number : passedOver.all()) {
      passedOver.remove(number);
      LOG.info("Number {} was passed over; trying it once more", number);
      try {
        List<Span> spans = new ArrayList<>();
        kept.again(number - 1, number, (sequence, held) -> spans.addAll(held.get()));
        if (spans.isEmpty()) {
          LOG.error("Number {} is not in the journal any more", number);
        } else {
          append(spans, indexed);
          skipped.addAndGet(-Objects.requireNonNullElse(missing.remove(number), 0));
          LOG.info("The {} spans of number {} are stored after all", spans.size(), number);
        }
      } catch (JournalException e) {
        LOG.warn("Number {} can't be read now: {}", number, e.getMessage());
        passedOver.add(number);
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        LOG.error("Number {} can't be stored; it stays in the journal", number, e);
        if (!storeWorks()) {
          passedOver.add(number);
        }
      }
    }
  }

  /** Beside the appends, for it takes a second in which much may come; between two if need be. */
  private void checkpoint(long bytes) {
    sinceCheckpoint += bytes;
    if (isAlone) {
      isAlone = !isSafe(indexed);
      return;
    }
    if (sinceCheckpoint >= BYTES_BETWEEN_CHECKPOINTS && !isCheckpointing) {
      sinceCheckpoint = 0;
      isCheckpointing = true;
      long upTo = indexed;
      checkpoints.execute(
          () -> {
            isAlone = !isSafe(upTo);
            isCheckpointing = false;
          });
    }
  }

  private boolean isSafe(long upTo) {
    long lasting = store.checkpoint();
    kept.safe(lasting);
    return lasting >= upTo;
  }

  /** Whether it ends while the store refuses; the journal has what is left. */
  private boolean isGivenUp() {
    synchronized (queue) {
      return failing && closed;
    }
  }

  private long pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Math.min(2 * ms, LONGEST_PAUSE_MS);
  }

  /** Appends what was taken over and ends. */
  @Override
  public void close() {
    synchronized (queue) {
      closed = true;
      queue.notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    checkpoints.shutdown();
    try {
      checkpoints.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    isSafe(indexed);
    lastTry.close();
  }
}
