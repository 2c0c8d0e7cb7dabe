package dev.thaw.collector.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment log: takes payloads, numbers them, and forces them to the disk, many with one force.
 * Hands them on in the order of their numbers when they are durable.
 *
 * <p>A segment is never continued after a restart or a failed write: what lies behind the last
 * whole frame of a segment was never acknowledged. Damage is passed over, counted and told, and
 * never keeps the collector from starting. Thread-safe.
 *
 * @param <P> what is taken
 */
public final class Journal<P extends Journal.Payload> implements AutoCloseable {

  /** Something to keep. */
  public interface Payload {
    byte[] bytes();
  }

  /** What takes over when payloads are durable; called on the journal's thread, in order. */
  public interface Next<P> {
    /**
     * @param first the first one's number; the others follow without a gap
     */
    void durable(long first, List<P> payloads);
  }

  /** Gets what the journal has kept. */
  public interface Replay {
    void take(long sequence, byte[] payload);
  }

  /**
   * What could not be read.
   *
   * @param records that are missing between others
   * @param bytes that belong to no whole record; behind the last one they may never have been
   *     acknowledged
   */
  public record Damage(long records, long bytes) {
    Damage and(long moreRecords, long moreBytes) {
      return new Damage(records + moreRecords, bytes + moreBytes);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  /**
   * So often a segment is asked for again before it is passed over: a fault of the moment, as when
   * too many files are open, must not cost what was acknowledged.
   */
  static final int MOST_IN_VAIN = 10;

  /** So much is forced at once at most. */
  private static final long MOST_BYTES_AT_ONCE = 16 << 20;

  private record Waiting<P>(P payload, CompletableFuture<Void> done) {}

  /** A segment that is whole, and the number of its last record. */
  private record Closed(String name, long last, long bytes) {}

  private final JournalFiles files;
  private final long segmentBytes;
  private final long keptBytes;
  private final Next<P> next;
  private final LinkedBlockingQueue<Waiting<P>> queue = new LinkedBlockingQueue<>();

  /** Guarded by itself. */
  private final Deque<Closed> closed = new ArrayDeque<>();

  private final List<String> toReplay = new ArrayList<>();
  private final long replayAfter;
  private final Thread thread;
  private volatile boolean ending;
  private volatile Damage damage = new Damage(0, 0);

  /** How often in a row a segment could not be read; of whoever calls {@link #again}. */
  private int inVain;

  /** Changed by the journal's thread alone. */
  private volatile Commits commits = Commits.NONE;

  // The journal's thread alone, once it runs.
  private long sequence;
  private JournalFiles.@Nullable Appending segment;
  private String segmentName = "";
  private long written;

  /**
   * Looks at what is there; {@link #start} gives it out and begins to take more.
   *
   * @param segmentBytes when a new segment is begun
   * @param keptBytes how much of what the store has is kept all the same, to rebuild it
   * @param indexed the number up to which the store has everything
   * @throws JournalException when the folder can't be read
   */
  public Journal(
      JournalFiles files, long segmentBytes, long keptBytes, long indexed, Next<P> next) {
    this.files = files;
    this.segmentBytes = segmentBytes;
    this.keptBytes = keptBytes;
    this.next = next;
    replayAfter = indexed;
    sequence = indexed;
    thread = new Thread(this::run, "journal");
    try {
      look();
    } catch (IOException e) {
      throw new JournalException("The journal can't be read: " + e.getMessage(), e);
    }
  }

  private void look() throws IOException {
    List<String> names = files.names();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (isUpTo(replayAfter, names, i)) {
        closed.add(new Closed(name, first(names.get(i + 1)) - 1, files.read(name).remaining()));
      } else {
        toReplay.add(name);
      }
    }
  }

  /** Whether a segment has nothing after that number, as the next one's name tells. */
  private static boolean isUpTo(long number, List<String> names, int segment) {
    return segment + 1 < names.size() && first(names.get(segment + 1)) <= number + 1;
  }

  /** A segment is named after the number of its first record. */
  private static long first(String name) {
    try {
      return Long.parseLong(name.substring(0, Math.min(19, name.length())));
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  /**
   * Gives out what the store does not have, in order, and begins to take payloads. What can't be
   * read is counted in {@link #damage}.
   */
  public void start(Replay to) {
    replay(to);
    thread.start();
  }

  private void replay(Replay to) {
    Reading reading = new Reading(replayAfter, Long.MAX_VALUE, to);
    for (String name : toReplay) {
      try {
        Closed whole = reading.segment(name, files);
        sequence = Math.max(sequence, whole.last());
        synchronized (closed) {
          closed.add(whole);
        }
      } catch (IOException e) {
        // The next segment tells how many records were in it; nobody knows of the last.
        reading.missing += name.equals(toReplay.get(toReplay.size() - 1)) ? 1 : 0;
        LOG.error("The journal's segment {} can't be read", name, e);
      }
    }
    tell(reading);
    toReplay.clear();
  }

  /**
   * Gives out once more what it had handed on, in order; for a store that has lost it. A segment
   * that can't be read however often it is asked for is passed over, and added to {@link #damage}.
   * One thread at a time.
   *
   * @param after the number up to which the store has everything
   * @param upTo the last number to give out
   * @throws JournalException when the folder or a segment can't be read; to be called again later
   */
  public void again(long after, long upTo, Replay to) {
    Reading reading = new Reading(after, upTo, to);
    try {
      List<String> names = files.names();
      for (int i = 0; i < names.size(); i++) {
        if (!isUpTo(after, names, i) && first(names.get(i)) <= upTo) {
          once(reading, names.get(i));
        }
      }
    } catch (IOException e) {
      throw new JournalException("The journal can't be read: " + e.getMessage(), e);
    }
    reading.missing += Math.max(0, upTo + 1 - Math.max(reading.expected, after + 1));
    tell(reading);
    inVain = 0;
  }

  private void once(Reading reading, String name) throws IOException {
    try {
      reading.segment(name, files);
    } catch (IOException e) {
      if (inVain < MOST_IN_VAIN) {
        inVain++;
        throw e;
      }
      LOG.error("The journal's segment {} can't be read and is passed over", name, e);
    }
  }

  /** Reads segments in their order, and counts what is not there. */
  private static final class Reading {
    private final long after;
    private final long upTo;
    private final Replay to;
    private long expected;
    private long missing;
    private long unreadable;

    Reading(long after, long upTo, Replay to) {
      this.after = after;
      this.upTo = upTo;
      this.to = to;
    }

    Closed segment(String name, JournalFiles files) throws IOException {
      ByteBuffer segment = files.read(name);
      long size = segment.remaining();
      long last = first(name) - 1;
      Frames.Reader reader = new Frames.Reader(segment);
      if (expected == 0) {
        expected = Math.min(first(name), after + 1);
      }
      for (Frames.Frame frame = reader.next(); frame != null; frame = reader.next()) {
        missing += Math.max(0, frame.sequence() - Math.max(expected, after + 1));
        expected = Math.max(expected, frame.sequence() + 1);
        last = Math.max(last, frame.sequence());
        if (frame.sequence() > after) {
          byte[] payload = new byte[frame.payload().remaining()];
          frame.payload().get(payload);
          to.take(frame.sequence(), payload);
        }
        if (frame.sequence() >= upTo) {
          // What follows may be being written.
          break;
        }
      }
      unreadable += reader.unreadable();
      return new Closed(name, last, size);
    }
  }

  private void tell(Reading found) {
    damage = damage.and(found.missing, found.unreadable);
    if (found.missing > 0) {
      LOG.error(
          "The journal is damaged: {} records are missing, {} bytes can't be read",
          found.missing,
          found.unreadable);
    } else if (found.unreadable > 0) {
      LOG.warn(
          "{} bytes of the journal can't be read: mostly a write that was cut off, and never acknowledged",
          found.unreadable);
    }
  }

  public Damage damage() {
    return damage;
  }

  /** Writes that were forced to the disk, each with all that had come meanwhile. */
  public Commits commits() {
    return commits;
  }

  /**
   * Takes a payload over.
   *
   * @return completed when it is durable and handed on, or exceptionally with a {@link
   *     JournalException}
   */
  public CompletableFuture<Void> append(P payload) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (ending) {
      done.completeExceptionally(new JournalException("The collector is stopping"));
    } else {
      queue.add(new Waiting<>(payload, done));
    }
    return done;
  }

  /**
   * Everything up to that number is safe elsewhere: segments that hold nothing else may go, but for
   * the newest, which are kept to rebuild the store.
   */
  public void safe(long upTo) {
    synchronized (closed) {
      long kept = 0;
      for (Closed one : closed) {
        kept += one.bytes();
      }
      while (!closed.isEmpty() && kept > keptBytes && closed.getFirst().last() <= upTo) {
        Closed oldest = closed.removeFirst();
        kept -= oldest.bytes();
        try {
          files.delete(oldest.name());
        } catch (IOException e) {
          LOG.warn("The journal's segment {} can't be deleted: {}", oldest.name(), e.getMessage());
        }
      }
    }
  }

  private void run() {
    List<Waiting<P>> batch = new ArrayList<>();
    while (!ending || !queue.isEmpty()) {
      batch.clear();
      try {
        Waiting<P> first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
      } catch (InterruptedException e) {
        continue;
      }
      long bytes = 0;
      for (Waiting<P> more = queue.peek();
          more != null && bytes < MOST_BYTES_AT_ONCE;
          more = queue.peek()) {
        bytes += more.payload().bytes().length;
        batch.add(queue.remove());
      }
      keep(batch);
    }
    closeSegment();
  }

  private void keep(List<Waiting<P>> batch) {
    long first = sequence + 1;
    try {
      long start = System.nanoTime();
      write(batch, first);
      commits = commits.and(System.nanoTime() - start);
    } catch (IOException | RuntimeException e) {
      // Nobody knows how much of it is there: what comes next goes into a segment of its own.
      closeSegment();
      LOG.error("The journal can't be written; the senders are told to come back", e);
      JournalException failure =
          new JournalException("The journal can't be written: " + e.getMessage(), e);
      batch.forEach(waiting -> waiting.done().completeExceptionally(failure));
      return;
    }
    sequence += batch.size();
    List<P> payloads = new ArrayList<>(batch.size());
    batch.forEach(waiting -> payloads.add(waiting.payload()));
    try {
      next.durable(first, payloads);
    } catch (RuntimeException e) {
      LOG.error("What is durable could not be handed on; it is found at the next start", e);
    }
    batch.forEach(waiting -> waiting.done().complete(null));
  }

  private void write(List<Waiting<P>> batch, long first) throws IOException {
    if (segment != null && written >= segmentBytes) {
      closeSegment();
    }
    JournalFiles.Appending to = segment;
    List<ByteBuffer> buffers = new ArrayList<>(2 * batch.size() + 1);
    if (to == null) {
      segmentName = unusedName(first);
      to = files.create(segmentName);
      segment = to;
      written = 0;
      buffers.add(Frames.segmentHead());
    }
    long number = first;
    for (Waiting<P> waiting : batch) {
      byte[] payload = waiting.payload().bytes();
      buffers.add(Frames.head(number++, payload));
      buffers.add(ByteBuffer.wrap(payload));
      written += Frames.HEAD + payload.length;
    }
    to.write(buffers.toArray(new ByteBuffer[0]));
    to.force();
  }

  /** A failed write may have left a segment whose first record has the same number. */
  private String unusedName(long first) throws IOException {
    List<String> names = files.names();
    String name = String.format("%019d", first);
    for (int i = 1; names.contains(name); i++) {
      name = String.format("%019d-%d", first, i);
    }
    return name;
  }

  private void closeSegment() {
    JournalFiles.Appending open = segment;
    if (open == null) {
      return;
    }
    segment = null;
    try {
      open.close();
    } catch (IOException e) {
      LOG.warn("The journal's segment {} can't be closed: {}", segmentName, e.getMessage());
    }
    synchronized (closed) {
      closed.add(new Closed(segmentName, sequence, written));
    }
  }

  /** Keeps what was taken over and ends. */
  @Override
  public void close() {
    ending = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
