package dev.thaw.agent.client;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a thread has begun and not ended, of one library: the innermost last. Each entry of a hooked
 * method puts something, if only null, and each exit takes it. Public for the classes below the
 * libraries' loaders.
 */
public final class UnderWay<T> {

  private final ThreadLocal<ArrayList<@Nullable T>> stack = new ThreadLocal<>();

  public void put(@Nullable T begun) {
    ArrayList<@Nullable T> own = stack.get();
    if (own == null) {
      own = new ArrayList<>(2);
      stack.set(own);
    }
    own.add(begun);
  }

  /** The innermost; null when there is none. */
  public @Nullable T take() {
    ArrayList<@Nullable T> own = stack.get();
    if (own == null || own.isEmpty()) {
      return null;
    }
    T innermost = own.remove(own.size() - 1);
    if (own.isEmpty()) {
      stack.remove();
    }
    return innermost;
  }

  /** The innermost, which stays; null when there is none. */
  public @Nullable T top() {
    ArrayList<@Nullable T> own = stack.get();
    return own == null || own.isEmpty() ? null : own.get(own.size() - 1);
  }

  /** Whether this thread is inside anything. */
  public boolean isEmpty() {
    return stack.get() == null;
  }
}
