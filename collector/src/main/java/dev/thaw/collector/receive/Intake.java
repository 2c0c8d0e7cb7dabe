package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.thaw.collector.journal.Commits;
import dev.thaw.collector.journal.Journal;
import dev.thaw.collector.journal.JournalFiles;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Indexer;
import dev.thaw.collector.store.LastTry;
import dev.thaw.collector.store.PassedOver;
import dev.thaw.collector.store.Store;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The one door for requests that are to be kept: into the journal, and from there to the indexer.
 * Says no, before anything is lost, when too much waits or the disk is nearly full. Thread-safe.
 */
public final class Intake implements AutoCloseable {

  /** Nothing is taken for now. */
  public static final class OverloadedException extends Exception {
    private final int retryAfterSeconds;

    OverloadedException(String why, int retryAfterSeconds) {
      // Without a stack: it is thrown when there is much to do.
      super(why, null, false, false);
      this.retryAfterSeconds = retryAfterSeconds;
    }

    /** When the sender may come back. */
    public int retryAfterSeconds() {
      return retryAfterSeconds;
    }
  }

  /**
   * Its bounds, all in bytes.
   *
   * @param segment of the journal
   * @param kept how much of the journal is kept though the store has it
   * @param waiting requests that may wait for the journal or the store
   * @param leastFree on the disk; below it nothing is taken
   */
  public record Limits(long segment, long kept, long waiting, long leastFree) {}

  private static final byte[] NONE = {};

  /** Of what may wait. */
  private static final int LITTLE_PART = 8;

  private static final int RETRY_WHEN_BUSY_SECONDS = 1;
  private static final int RETRY_WHEN_FULL_SECONDS = 30;
  private static final long LOOK_AT_DISK_EVERY_NS = 1_000_000_000L;

  /** A tenth of a second's work for the store. */
  private static final long PACED_BYTES = 4 << 20;

  private static final long PACED_MS = 50;

  private final JournalFiles files;
  private final Limits limits;
  private final Redaction redaction;

  /**
   * Decoded spans may weigh several times what they weigh on the wire; beyond it they are read
   * again.
   */
  private final long mostDecodedBytes = Runtime.getRuntime().maxMemory() / 8;

  private final AtomicLong takenBytes = new AtomicLong();
  private final AtomicLong decodedBytes = new AtomicLong();
  private final Pace pace = new Pace(PACED_BYTES, PACED_MS);
  private final Journal<Request> journal;
  private final Indexer indexer;
  private volatile long lookedAtDisk = System.nanoTime() - LOOK_AT_DISK_EVERY_NS;
  private volatile boolean isDiskFull;

  /** Gives the store what it does not have of the journal, and begins to take more. */
  public Intake(
      Store store,
      JournalFiles files,
      LastTry lastTry,
      PassedOver passedOver,
      Limits limits,
      Redaction redaction) {
    this.files = files;
    this.limits = limits;
    this.redaction = redaction;
    journal =
        new Journal<>(files, limits.segment(), limits.kept(), store.position(), this::durable);
    indexer = new Indexer(store, lastTry, passedOver, new Kept());
    journal.start(this::again);
  }

  /** A request on its way from the wire to the store. */
  private final class Request implements Journal.Payload, Indexer.Source {
    private final int length;
    private final int count;
    private @Nullable List<Span> decoded;
    private byte[] bytes;
    private boolean hasBegun;

    Request(byte[] bytes, int count, @Nullable List<Span> spans) {
      this.bytes = bytes;
      this.count = count;
      length = bytes.length;
      if (spans != null && decodedBytes.addAndGet(bytes.length) <= mostDecodedBytes) {
        decoded = spans;
      } else if (spans != null) {
        decodedBytes.addAndGet(-bytes.length);
      }
      takenBytes.addAndGet(bytes.length);
    }

    @Override
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public List<Span> spans() {
      List<Span> known = decoded;
      if (known == null) {
        return decode(bytes);
      }
      if (!hasBegun) {
        hasBegun = true;
        pace.begun(length);
      }
      return known;
    }

    /** When they are on the disk: what has been decoded need not be read again. */
    void durable() {
      if (decoded != null) {
        bytes = NONE;
        pace.waits(length);
      }
    }

    @Override
    public long weight() {
      return length;
    }

    @Override
    public int count() {
      return count;
    }

    private void done() {
      if (decoded != null) {
        decodedBytes.addAndGet(-length);
      }
      takenBytes.addAndGet(-length);
    }
  }

  private static List<Span> decode(byte[] bytes) {
    try {
      return OtlpTraces.decode(bytes).spans();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("What the journal holds can't be read", e);
    }
  }

  /** The journal, as the indexer needs it. */
  private final class Kept implements Indexer.Kept {
    @Override
    public void safe(long upTo) {
      journal.safe(upTo);
    }

    @Override
    public void again(long after, long upTo, Taking to) {
      journal.again(after, upTo, (sequence, bytes) -> to.take(sequence, () -> decode(bytes)));
    }
  }

  /**
   * Takes a request over.
   *
   * @param bytes an ExportTraceServiceRequest
   * @param decoded what it holds
   * @return completed when it is durable, or exceptionally when it is not
   * @throws OverloadedException when it was not taken
   */
  public CompletableFuture<Void> take(byte[] bytes, OtlpTraces.Decoded decoded)
      throws OverloadedException {
    checkRoom(bytes.length);
    Request request = request(bytes, decoded.spans());
    return journal
        .append(request)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                request.done();
              }
            });
  }

  /** What is to be kept of it: as it came, when there is nothing secret in it. */
  private Request request(byte[] bytes, List<Span> spans) {
    List<Span> clean = redaction.without(spans);
    return new Request(clean == spans ? bytes : OtlpWriter.write(clean), clean.size(), clean);
  }

  /**
   * Whether as many bytes may come; to be asked before they are read, because what is refused
   * should cost nothing. A large request gets in when little waits, so that it is not turned away
   * for ever.
   *
   * @throws OverloadedException when they may not
   */
  public void checkRoom(long bytes) throws OverloadedException {
    long waiting = takenBytes.get();
    if (waiting + bytes > limits.waiting() && waiting > limits.waiting() / LITTLE_PART) {
      throw new OverloadedException(
          "Too much is waiting to be stored; try again later", RETRY_WHEN_BUSY_SECONDS);
    }
    if (isDiskFull()) {
      throw new OverloadedException(
          "The collector's disk is nearly full; try again later", RETRY_WHEN_FULL_SECONDS);
    }
  }

  private boolean isDiskFull() {
    long now = System.nanoTime();
    if (now - lookedAtDisk >= LOOK_AT_DISK_EVERY_NS) {
      lookedAtDisk = now;
      try {
        isDiskFull = files.freeBytes() < limits.leastFree();
      } catch (IOException e) {
        isDiskFull = true;
      }
    }
    return isDiskFull;
  }

  private void durable(long first, List<Request> requests) {
    long sequence = first;
    for (Request request : requests) {
      request.durable();
      indexer.add(sequence++, request).thenRun(request::done);
    }
    // They are answered when this returns.
    pace.await();
  }

  /** What the journal has and the store has not; no more of it at once than may wait. */
  private void again(long sequence, byte[] bytes) {
    while (takenBytes.get() > limits.waiting()) {
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    Request request = new Request(bytes, Math.max(1, bytes.length / 700), null);
    indexer.add(sequence, request).thenRun(request::done);
  }

  /** Spans that the collector itself has made. */
  public CompletableFuture<Void> add(List<Span> spans) {
    return indexer.add(spans);
  }

  /** Does something with the store between two appends. */
  public void between(Runnable task) {
    indexer.between(task);
  }

  /** Completed when questions see everything that was acknowledged so far. */
  public CompletableFuture<Void> settled() {
    return indexer.settled();
  }

  /** Requests that wait, in bytes. */
  public long waitingBytes() {
    return takenBytes.get();
  }

  /** Spans that the store could not take. */
  public long skippedSpans() {
    return indexer.skipped();
  }

  /** Spans that the store has taken; what was delivered twice counts twice. */
  public long appendedSpans() {
    return indexer.appended();
  }

  public Commits storeCommits() {
    return indexer.commits();
  }

  public Commits journalCommits() {
    return journal.commits();
  }

  /** What could not be read of the journal at the start. */
  public Journal.Damage damage() {
    return journal.damage();
  }

  /** Keeps and stores what was taken over, and ends. */
  @Override
  public void close() {
    journal.close();
    indexer.close();
  }
}
