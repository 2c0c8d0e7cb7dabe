package dev.thaw.agent.weave;

import dev.thaw.agent.log.Log;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies hooks: to classes that are there, or to classes when the application loads them. The
 * former it loads, retransforms them once, and takes the transformer away again.
 *
 * <p>No transformer stays registered: a registered one makes the JVM read the bytes of every class
 * that it would have taken from its archive, which costs every start 15 to 20 ms. Thread-safe;
 * never throws.
 */
public final class Weaver {

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
   * Weaves hooks in, and what waits for its class. Either all of their methods exist, or nothing is
   * changed.
   *
   * @param loader where the classes are looked up; null for the bootstrap loader
   * @return whether every hook was applied
   */
  public boolean apply(List<Hook> known, @Nullable ClassLoader loader) {
    // In one step: each costs a safepoint.
    List<Hook> hooks = new ArrayList<>(known);
    hooks.addAll(whenLoaded.hooks());
    return weave(hooks, loader);
  }

  /** Weaves hooks into classes of the JDK; once, however often it is called for. */
  synchronized void applyNow(List<Hook> hooks) {
    String type = hooks.get(0).type;
    if (!wovenOfJdk.contains(type)) {
      wovenOfJdk.add(type);
      weave(hooks, null);
    }
  }

  private synchronized boolean weave(List<Hook> hooks, @Nullable ClassLoader loader) {
    Applying applying = new Applying(hooks, lasting);
    try {
      List<Class<?>> classes = new ArrayList<>();
      for (int i = 0; i < hooks.size(); i++) {
        Class<?> type = Class.forName(hooks.get(i).type, false, loader);
        if (!classes.contains(type)) {
          classes.add(type);
        }
      }
      instrumentation.addTransformer(applying, true);
      try {
        instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
      } finally {
        instrumentation.removeTransformer(applying);
      }
      if (lasting && applying.problem == null) {
        redefine(classes, applying);
      }
    } catch (ClassNotFoundException e) {
      Log.debug("not present:", e.getMessage());
      return false;
    } catch (Throwable e) {
      Log.failure("Hooking " + hooks.get(0).type, e);
      return false;
    }
    if (applying.problem != null) {
      Log.once(applying.problem);
      return false;
    }
    return true;
  }

  private void redefine(List<Class<?>> classes, Applying applied) throws Exception {
    for (int i = 0; i < classes.size(); i++) {
      byte[] bytes = applied.woven.get(classes.get(i).getName());
      if (bytes != null) {
        instrumentation.redefineClasses(new ClassDefinition(classes.get(i), bytes));
      }
    }
  }

  /** The transformer of one application. */
  private static final class Applying implements ClassFileTransformer {
    private final List<Hook> hooks;
    final Map<String, byte[]> woven = new HashMap<>();
    @Nullable String problem;

    private final boolean onlyCollects;

    Applying(List<Hook> hooks, boolean onlyCollects) {
      this.hooks = hooks;
      this.onlyCollects = onlyCollects;
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        String className,
        Class<?> redefined,
        ProtectionDomain domain,
        byte[] bytes) {
      if (redefined == null || className == null) {
        return null;
      }
      try {
        List<Hook> ofClass = new ArrayList<>();
        for (int i = 0; i < hooks.size(); i++) {
          if (hooks.get(i).type.replace('.', '/').equals(className)) {
            ofClass.add(hooks.get(i));
          }
        }
        if (ofClass.isEmpty()) {
          return null;
        }
        Woven woven = weave(bytes, ofClass, loader);
        if (woven.problem != null) {
          problem = woven.problem;
        }
        if (woven.bytes != null) {
          this.woven.put(className.replace('/', '.'), woven.bytes);
        }
        // A class that was changed here would start its next retransformation from what it was
        // before,
        // whatever it is redefined to afterwards (seen on JDK 17).
        return onlyCollects ? null : woven.bytes;
      } catch (Throwable e) {
        problem = "Hooking " + className + " failed: " + e;
        return null;
      }
    }
  }

  /** A woven class, or why it could not be woven. */
  static final class Woven {
    final byte @Nullable [] bytes;
    final @Nullable String problem;

    private Woven(byte @Nullable [] bytes, @Nullable String problem) {
      this.bytes = bytes;
      this.problem = problem;
    }
  }

  /**
   * @param hooks of this class
   */
  static Woven weave(byte[] bytes, List<Hook> hooks, @Nullable ClassLoader loader)
      throws ClassNotFoundException {
    byte[] patched = Patch.apply(bytes, hooks);
    if (patched != null) {
      return new Woven(patched, null);
    }
    AsmWeaver asm = new AsmWeaver(hooks);
    byte[] woven = asm.weave(bytes, loader);
    return new Woven(woven, asm.problem);
  }
}
