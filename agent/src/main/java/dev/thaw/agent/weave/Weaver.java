package dev.thaw.agent.weave;

import dev.thaw.agent.log.Log;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies hooks: to classes that it loads, as they come; to classes that are there, which it
 * retransforms once; or to classes when the application loads them. The transformer is taken away
 * again.
 *
 * <p>No transformer stays registered: a registered one makes the JVM read the bytes of every class
 * that it would have taken from its archive, which costs every start 15 to 20 ms. To weave a class
 * as it comes saves the JVM to verify it twice. Thread-safe; never throws.
 */
public final class Weaver {

  /** The one that has hooked this process's runtime. */
  private static volatile @Nullable Weaver latest;

  private final Instrumentation instrumentation;
  private final boolean lasting;
  private final WhenLoaded whenLoaded = new WhenLoaded();
  private final List<String> wovenOfJdk = new ArrayList<>();

  /**
   * @param lasting whether another agent may retransform the same classes later. A retransformation
   *     starts from the class as it was defined, without what an earlier one did to it (JVM TI,
   *     RetransformClasses); hooks that are to outlive it must be part of the definition
   */
  public Weaver(Instrumentation instrumentation, boolean lasting) {
    this.instrumentation = instrumentation;
    this.lasting = lasting;
  }

  /**
   * Weaves hooks into classes when they are looked for. To be called before {@link #apply}.
   *
   * @param awaited the classes, with dots
   */
  public void applyWhenLoaded(String[] awaited, WhenLoaded.Source source) {
    whenLoaded.add(instrumentation, this, awaited, source);
  }

  /**
   * Weaves hooks in, and what waits for its class. Either all of their methods exist, or all is as
   * it was.
   *
   * @param loader where the classes are looked up; null for the bootstrap loader
   * @param appLoader the class of the loader that the platform loads applications with, with dots;
   *     loaded if it is there
   * @return whether every hook was applied
   */
  public boolean apply(List<Hook> known, @Nullable ClassLoader loader, String appLoader) {
    List<Hook> hooks = new ArrayList<>(known);
    hooks.add(WhenLoaded.in(appLoader));
    latest = this;
    whenLoaded.begin();
    return weave(hooks, loader);
  }

  /**
   * Weaves hooks into classes of the JDK, for a client whose application has got so far. Once,
   * however often it is called for.
   */
  public static void weaveJdk(List<Hook> hooks) {
    Weaver known = latest;
    if (known != null) {
      known.applyNow(hooks);
    }
  }

  /**
   * Whether a class of the JDK's is loaded.
   *
   * @param type with dots
   * @param loader its loader; null for the bootstrap loader
   */
  public static boolean isLoaded(String type, @Nullable ClassLoader loader) {
    Weaver known = latest;
    if (known == null) {
      return false;
    }
    Class<?>[] loaded = known.instrumentation.getInitiatedClasses(loader);
    for (int i = 0; i < loaded.length; i++) {
      if (loaded[i].getName().equals(type)) {
        return true;
      }
    }
    return false;
  }

  /** Weaves hooks into classes of the JDK; once, however often it is called for. */
  synchronized void applyNow(List<Hook> hooks) {
    String type = hooks.get(0).type;
    if (!wovenOfJdk.contains(type)) {
      wovenOfJdk.add(type);
      weave(hooks, ClassLoader.getPlatformClassLoader());
    }
  }

  /**
   * A class of the application's was loaded.
   *
   * @param asked a loader of the class that {@link #apply} was given
   * @param had the loader that had it; null for the bootstrap loader
   */
  public void loaded(ClassLoader asked, @Nullable ClassLoader had) {
    if (asked != had || !WhenLoaded.hears()) {
      watchAllLoaders();
    }
  }

  /**
   * Sees from now on what any loader looks for, and not only the platform's. It retransforms a
   * class that the JVM starts with, the dearest step of all: for after the first response, if it
   * can wait.
   */
  public void watchAllLoaders() {
    applyNow(Collections.singletonList(WhenLoaded.inTheJdk()));
  }

  private synchronized boolean weave(List<Hook> hooks, @Nullable ClassLoader loader) {
    Applying applying = new Applying(hooks);
    List<Class<?>> classes = new ArrayList<>();
    boolean done = false;
    try {
      load(hooks, loader, applying, classes);
      List<Class<?>> wereThere = new ArrayList<>();
      for (int i = 0; i < classes.size(); i++) {
        if (!applying.woven.containsKey(classes.get(i).getName())) {
          wereThere.add(classes.get(i));
        }
      }
      if (!wereThere.isEmpty()) {
        retransform(wereThere, applying);
      }
      if (applying.problem == null) {
        if (lasting) {
          redefine(wereThere, applying.woven);
        }
        done = true;
      } else {
        Log.once(applying.problem);
      }
    } catch (ClassNotFoundException e) {
      Log.debug("not present:", e.getMessage());
    } catch (Throwable e) {
      Log.failure("Hooking " + hooks.get(0).type, e);
    }
    if (!done) {
      undo(classes, applying);
    }
    return done;
  }

  private void undo(List<Class<?>> classes, Applying applied) {
    try {
      redefine(classes, applied.before);
    } catch (Throwable e) {
      Log.failure("Taking hooks away", e);
    }
  }

  /**
   * Loads the hooked classes; those that are not there yet are woven as they come.
   *
   * @param classes gets them
   */
  private void load(
      List<Hook> hooks, @Nullable ClassLoader loader, Applying applying, List<Class<?>> classes)
      throws ClassNotFoundException {
    // Not one that can retransform: what it does stays part of the class whoever retransforms it.
    instrumentation.addTransformer(applying);
    try {
      for (int i = 0; i < hooks.size(); i++) {
        Class<?> type = find(hooks.get(i), loader);
        if (type != null && !classes.contains(type)) {
          classes.add(type);
        }
      }
    } finally {
      instrumentation.removeTransformer(applying);
    }
  }

  private static @Nullable Class<?> find(Hook hook, @Nullable ClassLoader loader)
      throws ClassNotFoundException {
    try {
      return Class.forName(hook.type, false, loader);
    } catch (ClassNotFoundException e) {
      if (!hook.optional) {
        throw e;
      }
      return null;
    }
  }

  private void retransform(List<Class<?>> classes, Applying applying) throws Exception {
    applying.onlyCollects = lasting;
    instrumentation.addTransformer(applying, true);
    try {
      instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
    } finally {
      instrumentation.removeTransformer(applying);
    }
  }

  private void redefine(List<Class<?>> classes, Map<String, byte[]> as) throws Exception {
    for (int i = 0; i < classes.size(); i++) {
      byte[] bytes = as.get(classes.get(i).getName());
      if (bytes != null) {
        instrumentation.redefineClasses(new ClassDefinition(classes.get(i), bytes));
      }
    }
  }

  /** The transformer of one application. */
  private static final class Applying implements ClassFileTransformer {
    private final Map<String, List<Hook>> hooks = new HashMap<>();

    /** What became of each class, by its name with dots. */
    final Map<String, byte[]> woven = new ConcurrentHashMap<>();

    /** What it was. */
    final Map<String, byte[]> before = new ConcurrentHashMap<>();

    volatile @Nullable String problem;
    volatile boolean onlyCollects;

    Applying(List<Hook> hooks) {
      for (int i = 0; i < hooks.size(); i++) {
        Hook hook = hooks.get(i);
        List<Hook> ofClass = this.hooks.get(hook.type);
        if (ofClass == null) {
          ofClass = new ArrayList<>();
          this.hooks.put(hook.type, ofClass);
        }
        ofClass.add(hook);
      }
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String className,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (className == null) {
        return null;
      }
      try {
        String type = className.replace('/', '.');
        List<Hook> ofClass = hooks.get(type);
        if (redefined != null && ofClass != null) {
          ofClass = possibleNow(ofClass);
        }
        if (ofClass == null || ofClass.isEmpty()) {
          return null;
        }
        byte[] result = weave(bytes, ofClass, loader);
        before.put(type, bytes);
        woven.put(type, result);
        // A class that was changed here would start its next retransformation from what it was
        // before, whatever it is redefined to afterwards (seen on JDK 17).
        return onlyCollects ? null : result;
      } catch (IllegalStateException e) {
        problem = String.valueOf(e.getMessage());
        return null;
      } catch (Throwable e) {
        problem = "Hooking " + className + " failed: " + e;
        return null;
      }
    }
  }

  /** A class that is there gets no more methods. */
  private static List<Hook> possibleNow(List<Hook> hooks) {
    List<Hook> possible = new ArrayList<>();
    for (int i = 0; i < hooks.size(); i++) {
      if (!hooks.get(i).inherited) {
        possible.add(hooks.get(i));
      }
    }
    return possible;
  }

  /**
   * @param hooks of this class
   * @throws IllegalStateException when the class is not as the hooks know it; its message is for
   *     people
   */
  static byte[] weave(byte[] bytes, List<Hook> hooks, @Nullable ClassLoader loader)
      throws ClassNotFoundException {
    byte[] patched = Patch.apply(bytes, hooks);
    return patched != null ? patched : new AsmWeaver(hooks).weave(bytes, loader);
  }
}
