package dev.thaw.agent.invocation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The invocations that this process has in hand. Thread-safe.
 *
 * <p>Mostly there is exactly one, and then it is also the one of every helper thread: work that a
 * handler gave to a pool finds its invocation without any propagation. With several at once only
 * the handler's own thread is sure.
 */
public final class Invocations {

  private static final List<Invocation> OPEN = new ArrayList<>();

  private Invocations() {}

  public static void begin(Invocation invocation) {
    synchronized (OPEN) {
      OPEN.add(invocation);
    }
  }

  public static void end(Invocation invocation) {
    synchronized (OPEN) {
      OPEN.remove(invocation);
    }
  }

  /**
   * The invocation that the calling thread works for, or null. One whose outcome is decided has no
   * more calls: what follows is the runtime's own, which reports an error over HTTP.
   */
  public static @Nullable Invocation current() {
    Invocation found = ofThisThread();
    if (found == null) {
      synchronized (OPEN) {
        found = OPEN.size() == 1 ? OPEN.get(0) : null;
      }
    }
    return found == null || !found.isOpen() ? null : found;
  }

  /** The invocation whose handler runs on the calling thread, or null. */
  public static @Nullable Invocation ofThisThread() {
    Thread thread = Thread.currentThread();
    synchronized (OPEN) {
      for (int i = OPEN.size() - 1; i >= 0; i--) {
        if (OPEN.get(i).thread == thread) {
          return OPEN.get(i);
        }
      }
      return null;
    }
  }

  /** This process was restored from an image that others are restored from, too. */
  public static void restored() {
    Ids.reseed();
  }

  public static List<Invocation> open() {
    synchronized (OPEN) {
      return new ArrayList<>(OPEN);
    }
  }
}
