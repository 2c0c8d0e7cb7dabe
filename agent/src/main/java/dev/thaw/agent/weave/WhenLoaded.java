package dev.thaw.agent.weave;

import dev.thaw.agent.log.Log;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hooks that wait until the application loads their class, so that a library that it does not use
 * costs nothing.
 *
 * <p>Every search for a class goes through the JDK's own loaders first, whichever loader asks: one
 * hook there sees the names, and registers a transformer for as long as the awaited class takes to
 * load. Thread-safe; never throws.
 */
public final class WhenLoaded {

  /** Knows what is to be woven; asked when the application looks for an awaited class. */
  public interface Source {

    /**
     * @param awaited the class that is looked for
     * @return hooks of that class; or of others, which are the JDK's own and are woven at once:
     *     nobody asks a class loader for what the JDK uses itself
     */
    List<Hook> hooks(String awaited);

    /**
     * An awaited class is loaded, with its hooks.
     *
     * @param loader null for the bootstrap loader
     */
    void loaded(String awaited, @Nullable ClassLoader loader);
  }

  static final String LOADER = "jdk.internal.loader.BuiltinClassLoader";

  /**
   * An application may ask for a class that is not there. After so many more searches its
   * transformer is taken away: a registered one makes every class dearer.
   */
  private static final int MOST_SEARCHES = 64;

  /** What the woven loader asks; null until something waits. Never changed once it is set. */
  private static volatile @Nullable Map<String, Waiting> byName;

  private static volatile int open;
  private static int searches;

  private final Map<String, Waiting> waiting = new HashMap<>();

  /** Before the loader is woven. */
  void add(Instrumentation instrumentation, Weaver weaver, String[] awaited, Source source) {
    for (int i = 0; i < awaited.length; i++) {
      waiting.put(awaited[i], new Waiting(instrumentation, weaver, awaited[i], source));
    }
  }

  /** The hook that makes it work; empty when nothing waits. */
  List<Hook> hooks() {
    if (waiting.isEmpty()) {
      return Collections.emptyList();
    }
    byName = waiting;
    return Collections.singletonList(
        Hook.on(LOADER, "loadClassOrNull", "(Ljava/lang/String;Z)Ljava/lang/Class;")
            .enter(
                "dev/thaw/agent/weave/WhenLoaded",
                "searching",
                "(Ljava/lang/String;)V",
                Value.argument(0)));
  }

  /**
   * A class is looked for. Called by woven code, for each one that is not the bootstrap loader's.
   */
  public static void searching(@Nullable String name) {
    Map<String, Waiting> known = byName;
    if (known == null) {
      return;
    }
    try {
      Waiting waits = known.get(name);
      if (waits != null) {
        waits.open();
      } else if (open > 0) {
        searchedAnother(known);
      }
    } catch (Throwable e) {
      Log.failure("Hooking " + name, e);
    }
  }

  private static void searchedAnother(Map<String, Waiting> known) {
    synchronized (WhenLoaded.class) {
      if (++searches > MOST_SEARCHES) {
        for (Waiting waits : known.values()) {
          waits.close();
        }
      }
    }
  }

  /** A class that is awaited, and the transformer for the moment in which it comes. */
  private static final class Waiting implements ClassFileTransformer {
    private final Instrumentation instrumentation;
    private final Weaver weaver;
    private final String type;
    private final Source source;
    private List<Hook> hooks = Collections.emptyList();
    private boolean isOpen;
    private volatile boolean done;

    Waiting(Instrumentation instrumentation, Weaver weaver, String type, Source source) {
      this.instrumentation = instrumentation;
      this.weaver = weaver;
      this.type = type;
      this.source = source;
    }

    void open() {
      if (done) {
        return;
      }
      synchronized (WhenLoaded.class) {
        if (isOpen || done) {
          return;
        }
        if (hooks.isEmpty()) {
          hooks = source.hooks(type);
        }
        if (hooks.get(0).type.equals(type)) {
          isOpen = true;
          open++;
          searches = 0;
          instrumentation.addTransformer(this);
          return;
        }
        done = true;
      }
      weaver.applyNow(hooks);
    }

    void close() {
      synchronized (WhenLoaded.class) {
        if (isOpen) {
          isOpen = false;
          open--;
          instrumentation.removeTransformer(this);
        }
      }
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String className,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (redefined != null || className == null || !type.equals(className.replace('/', '.'))) {
        return null;
      }
      try {
        done = true;
        close();
        Weaver.Woven woven = Weaver.weave(bytes, hooks, loader);
        if (woven.bytes == null) {
          Log.once(String.valueOf(woven.problem));
          return null;
        }
        source.loaded(type, loader);
        return woven.bytes;
      } catch (Throwable e) {
        Log.failure("Hooking " + className, e);
        return null;
      }
    }
  }
}
