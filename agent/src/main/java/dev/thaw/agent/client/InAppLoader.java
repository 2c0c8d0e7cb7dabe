package dev.thaw.agent.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Defines those few classes of the agent that speak a library's own types, below the class loader
 * that holds the library.
 *
 * <p>It takes these classes itself before it asks its parent: under the same names they also lie on
 * the bootstrap class path, where they could not see the library.
 */
final class InAppLoader extends ClassLoader {

  /**
   * The instances by loader and class. Never removed: a function's loader lives as long as its
   * process, and the SDK's attributes must not be defined twice.
   */
  private static final Map<ClassLoader, Map<String, Object>> INSTANCES = new IdentityHashMap<>();

  private final String outer;

  /**
   * The one instance of a class below a loader.
   *
   * @param parent the loader that holds the library
   * @param outer the client's class: what is named like it, but longer, is defined below the parent
   * @param name the class to make; it has a public constructor without parameters
   */
  static Object instance(ClassLoader parent, String outer, String name)
      throws ReflectiveOperationException {
    synchronized (INSTANCES) {
      Map<String, Object> ofLoader = INSTANCES.get(parent);
      if (ofLoader == null) {
        ofLoader = new HashMap<>();
        INSTANCES.put(parent, ofLoader);
      }
      Object instance = ofLoader.get(name);
      if (instance == null) {
        instance =
            new InAppLoader(parent, outer).loadClass(name).getDeclaredConstructor().newInstance();
        ofLoader.put(name, instance);
      }
      return instance;
    }
  }

  /**
   * @param parent the loader that holds the library
   * @param outer what the names that are defined here begin with
   */
  private InAppLoader(ClassLoader parent, String outer) {
    super(parent);
    this.outer = outer;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(outer) || name.equals(outer)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      String path = name.replace('.', '/') + ".class";
      try (InputStream in = ClassLoader.getSystemResourceAsStream(path)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
