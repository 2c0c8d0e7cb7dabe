package dev.thaw.collector.store;

import org.jspecify.annotations.Nullable;

/**
 * Whether anybody still waits for what a thread asks the store. The thread begins and closes it;
 * any other may give up for it: because the time is over, or because whoever asked has gone.
 * Thread-safe.
 */
public final class Patience implements AutoCloseable {

  private static final ThreadLocal<@Nullable Patience> CURRENT = new ThreadLocal<>();

  private boolean isOver;
  private @Nullable Runnable atEnd;

  private Patience() {}

  /** For what this thread asks from now on. */
  public static Patience begin() {
    Patience patience = new Patience();
    CURRENT.set(patience);
    return patience;
  }

  /** That of this thread; null when it asks for nobody but the collector itself. */
  public static @Nullable Patience current() {
    return CURRENT.get();
  }

  /**
   * What is being asked stops soon, and nothing is begun any more. An engine may miss it at the
   * moment in which it begins; it may be said again.
   */
  public synchronized void giveUp() {
    isOver = true;
    if (atEnd != null) {
      // With the lock: what it stops must not be over, and something else begun, meanwhile.
      atEnd.run();
    }
  }

  public synchronized boolean isOver() {
    return isOver;
  }

  /**
   * For engines: says how to stop what begins now.
   *
   * @param stop any thread may run it; null when there is nothing to stop any more
   * @throws StoreException when nobody waits any more
   */
  public synchronized void stopBy(@Nullable Runnable stop) {
    if (isOver && stop != null) {
      throw new StoreException("Nobody waits for the answer any more");
    }
    atEnd = stop;
  }

  @Override
  public void close() {
    CURRENT.remove();
  }
}
