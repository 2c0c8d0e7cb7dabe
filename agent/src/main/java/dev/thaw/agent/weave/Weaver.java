package dev.thaw.agent.weave;

import dev.thaw.agent.log.Log;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies hooks: loads the classes, retransforms them once, and takes the transformer away again.
 *
 * <p>No transformer stays registered: a registered one makes the JVM read the bytes of every class
 * that it would have taken from its archive, which costs every start 15 to 20 ms. Thread-safe;
 * never throws.
 */
public final class Weaver {

  private final Instrumentation instrumentation;

  public Weaver(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /**
   * Weaves hooks in. Either all of their methods exist, or nothing is changed.
   *
   * @param loader where the classes are looked up; null for the bootstrap loader
   * @return whether every hook was applied
   */
  public synchronized boolean apply(List<Hook> hooks, @Nullable ClassLoader loader) {
    Applying applying = new Applying(hooks);
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

  /** The transformer of one application. */
  private static final class Applying implements ClassFileTransformer {
    private final List<Hook> hooks;
    @Nullable String problem;

    Applying(List<Hook> hooks) {
      this.hooks = hooks;
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
        return ofClass.isEmpty() ? null : weave(bytes, ofClass, loader);
      } catch (Throwable e) {
        problem = "Hooking " + className + " failed: " + e;
        return null;
      }
    }

    private byte @Nullable [] weave(byte[] bytes, List<Hook> ofClass, @Nullable ClassLoader loader)
        throws ClassNotFoundException {
      byte[] patched = Patch.apply(bytes, ofClass);
      if (patched != null) {
        return patched;
      }
      AsmWeaver asm = new AsmWeaver(ofClass);
      byte[] woven = asm.weave(bytes, loader);
      problem = asm.problem;
      return woven;
    }
  }
}
