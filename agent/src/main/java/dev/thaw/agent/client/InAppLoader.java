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

  private final String prefix;

  /**
   * The one instance of a class below a loader.
   *
   * @param parent the loader that holds the library
   * @param prefix the outer class's name with a dollar sign: everything so named is defined below
   *     the parent
   * @param nested the nested class's simple name; it has a public constructor without parameters
   */
  static Object instance(ClassLoader parent, String prefix, String nested)
      throws ReflectiveOperationException {
    synchronized (INSTANCES) {
      Map<String, Object> ofLoader = INSTANCES.get(parent);
      if (ofLoader == null) {
        ofLoader = new HashMap<>();
        INSTANCES.put(parent, ofLoader);
      }
      Object instance = ofLoader.get(prefix + nested);
      if (instance == null) {
        instance =
            new InAppLoader(parent, prefix)
                .loadClass(prefix + nested)
                .getDeclaredConstructor()
                .newInstance();
        ofLoader.put(prefix + nested, instance);
      }
      return instance;
    }
  }

  /**
   * @param parent the loader that holds the library
   * @param prefix the names that are defined here, with dots
   */
  private InAppLoader(ClassLoader parent, String prefix) {
    super(parent);
    this.prefix = prefix;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(prefix)) {
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
