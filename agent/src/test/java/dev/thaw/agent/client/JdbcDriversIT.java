package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.weave.Weaving;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Drivers whose servers don't run here: their real classes are woven, and taken by the JVM's
 * verifier.
 */
class JdbcDriversIT {

  static Stream<String> classes() {
    return Arrays.stream(Clients.LIST)
        .filter(line -> line[0].equals("Jdbc"))
        .flatMap(line -> Arrays.stream(line).skip(1))
        // An older form of the class before it.
        .filter(name -> !name.equals("org.sqlite.jdbc4.JDBC4Connection"));
  }

  @ParameterizedTest
  @MethodSource("classes")
  void aDriversClassIsWovenAndValid(String name) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (java.nio.file.Path jar : Libraries.NEWEST.jars()) {
      urls.add(jar.toUri().toURL());
    }
    try (Woven loader = new Woven(urls.toArray(URL[]::new), name)) {
      assertThat(Class.forName(name, true, loader).getClassLoader()).isSameAs(loader);
      assertThat(loader.changed).isTrue();
    }
  }

  /** Has one class woven and leaves the others as they are. */
  private static final class Woven extends URLClassLoader {
    private final String name;
    private boolean changed;

    Woven(URL[] urls, String name) {
      super(urls, ClassLoader.getPlatformClassLoader());
      this.name = name;
    }

    @Override
    protected Class<?> findClass(String wanted) throws ClassNotFoundException {
      if (wanted.equals("dev.thaw.agent.client.Jdbc")) {
        return Jdbc.class;
      }
      // Without the jars' signatures and seals, which a class that was changed by hand would break.
      try (InputStream in = getResourceAsStream(wanted.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(wanted);
        }
        byte[] bytes = in.readAllBytes();
        if (wanted.equals(name)) {
          byte[] woven = Weaving.weave(bytes, new Clients().hooks(wanted), this);
          changed = woven.length > bytes.length;
          bytes = woven;
        }
        return defineClass(wanted, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(wanted, e);
      }
    }
  }
}
