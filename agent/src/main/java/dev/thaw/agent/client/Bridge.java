package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From the woven code of one library to the class that speaks its types; made when it is first
 * needed, because a class that is being loaded can't be used yet. Thread-safe; never throws.
 */
final class Bridge {

  private final String library;
  private final String outer;
  private final String inApp;
  private volatile @Nullable ClassLoader loader;
  private volatile @Nullable Object instance;

  /**
   * @param library its name, for people
   * @param outer the class whose nested ones speak the library's types, and so do those whose names
   *     begin as its own does
   * @param nested the simple name of the one to make
   */
  Bridge(String library, Class<?> outer, String nested) {
    this.library = library;
    this.outer = outer.getName();
    this.inApp = outer.getName() + "$" + nested;
  }

  /** The library is there. */
  void loaded(@Nullable ClassLoader by) {
    loader = by == null ? ClassLoader.getPlatformClassLoader() : by;
  }

  /** The one instance; null when the library is not there, or is not as it is known. */
  @Nullable Object instance() {
    Object known = instance;
    ClassLoader by = loader;
    if (known == null && by != null) {
      try {
        known = InAppLoader.instance(by, outer, inApp);
        instance = known;
      } catch (Throwable e) {
        loader = null;
        Log.failure("Hooking " + library, e);
      }
    }
    return known;
  }

  /**
   * The library's list with ours in it, in a copy: first or last; the given one when ours is not to
   * be had.
   */
  @Nullable Object added(@Nullable Object list, boolean first) {
    Object ours = instance();
    if (ours == null || !(list instanceof List)) {
      return list;
    }
    List<Object> all = new ArrayList<>((List<?>) list);
    all.add(first ? 0 : all.size(), ours);
    return all;
  }

  @Nullable Object sending(@Nullable Object request, @Nullable Object to) {
    Object exchange = instance();
    return exchange == null ? request : ((Exchange) exchange).sending(request, to);
  }

  @Nullable Object sent(@Nullable Object result) {
    Object exchange = instance();
    return exchange == null ? result : ((Exchange) exchange).sent(result);
  }

  void failed(@Nullable Object thrown) {
    Object exchange = instance();
    if (exchange != null) {
      ((Exchange) exchange).failed(thrown);
    }
  }

  void attempting() {
    Object exchange = instance();
    if (exchange instanceof Exchange.WithAttempts) {
      ((Exchange.WithAttempts) exchange).attempting();
    }
  }

  void attempted(@Nullable Object result) {
    Object exchange = instance();
    if (exchange instanceof Exchange.WithAttempts) {
      ((Exchange.WithAttempts) exchange).attempted(result);
    }
  }
}
