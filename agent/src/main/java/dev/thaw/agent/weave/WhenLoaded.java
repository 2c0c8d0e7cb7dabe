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
 * <p>A hook where the application's classes are searched for sees the names, and registers a
 * transformer for as long as the awaited class takes to load. That hook is in the platform's own
 * loader, where it costs next to nothing because that is woven as it is loaded; and in the JDK's,
 * which every search passes, once a start is over or when the platform's is not the one that is
 * used. Thread-safe; never throws.
 */
public final class WhenLoaded {

  /** Knows what is to be woven; asked when the application looks for an awaited class. */
  public interface Source {

    /**
     * @param awaited the class that is looked for
     * @return hooks of that class; for one of the JDK's own, of any of its classes, which are woven
     *     at once: nobody asks a class loader for what the JDK uses itself
     */
    List<Hook> hooks(String awaited);

    /**
     * An awaited class is loaded, with its hooks; or those of the JDK's own are in place.
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

  /** Whether a search was ever seen. */
  private static boolean hears;

  private final Map<String, Waiting> waiting = new HashMap<>();

  /** Before the loader is woven. */
  void add(Instrumentation instrumentation, Weaver weaver, String[] awaited, Source source) {
    for (int i = 0; i < awaited.length; i++) {
      waiting.put(awaited[i], new Waiting(instrumentation, weaver, awaited[i], source));
    }
  }

  /** Sees what is looked for in the JDK's own loaders: all that is not the bootstrap loader's. */
  static Hook inTheJdk() {
    return searches(LOADER, "loadClassOrNull");
  }

  /**
   * Sees what is looked for in one loader.
   *
   * @param loader its class, with dots; one that does as {@link ClassLoader#loadClass} says
   */
  static Hook in(String loader) {
    return searches(loader, "loadClass").inherited();
  }

  private static Hook searches(String loader, String method) {
    return Hook.on(loader, method, "(Ljava/lang/String;Z)Ljava/lang/Class;")
        .enter(
            "dev/thaw/agent/weave/WhenLoaded",
            "searching",
            "(Ljava/lang/String;)V",
            Value.argument(0));
  }

  /** Begins to await. */
  void begin() {
    byName = waiting;
  }

  /** Whether a search was ever seen. */
  static boolean hears() {
    return hears;
  }

  /** A class is looked for. Called by woven code. */
  public static void searching(@Nullable String name) {
    Map<String, Waiting> known = byName;
    if (known == null) {
      return;
    }
    hears = true;
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
        if (!type.startsWith("java.")) {
          isOpen = true;
          open++;
          searches = 0;
          instrumentation.addTransformer(this);
          return;
        }
        done = true;
      }
      weaver.applyNow(hooks);
      source.loaded(type, null);
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
        byte[] woven = Weaver.weave(bytes, hooks, loader);
        source.loaded(type, loader);
        return woven;
      } catch (IllegalStateException e) {
        Log.once(String.valueOf(e.getMessage()));
        return null;
      } catch (Throwable e) {
        Log.failure("Hooking " + className, e);
        return null;
      }
    }
  }
}
