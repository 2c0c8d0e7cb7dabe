package dev.thaw.collector.receive;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that requests take up between the wire and the {@link Intake}: as they arrive,
 * decompressed and decoded. Many large ones at once are told to come back instead of filling it; a
 * large one that is nearly alone always gets in. Thread-safe.
 */
final class Room {

  private static final int RETRY_SECONDS = 1;
  private static final int SMALL_PART = 8;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most bytes of all requests
   */
  Room(long most) {
    this.most = most;
  }

  /** A part of it for one request, empty at first. */
  Share share() {
    return new Share();
  }

  /** In bytes, of all requests. */
  long taken() {
    return taken.get();
  }

  /** What one request takes up. For one thread at a time. */
  final class Share implements AutoCloseable {
    private long own;

    private Share() {}

    /**
     * Takes so many bytes more.
     *
     * @throws Intake.OverloadedException when there is not so much room; nothing is taken then
     */
    void take(long bytes) throws Intake.OverloadedException {
      long all = taken.addAndGet(bytes);
      long others = all - bytes - own;
      if (all > most && others > most / SMALL_PART) {
        taken.addAndGet(-bytes);
        throw new Intake.OverloadedException(
            "Too much is coming in at once; try again later", RETRY_SECONDS);
      }
      own += bytes;
    }

    /** Gives back what was taken. */
    @Override
    public void close() {
      taken.addAndGet(-own);
      own = 0;
    }
  }
}
