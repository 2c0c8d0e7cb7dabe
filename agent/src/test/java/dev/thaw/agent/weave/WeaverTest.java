package dev.thaw.agent.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks in classes of this JVM: all of them, or none. */
public class WeaverTest {

  private static final String SELF = "dev/thaw/agent/weave/WeaverTest";
  private static final List<String> SEEN = new ArrayList<>();
  private static Instrumentation instrumentation;

  public static final class First implements Callable<String> {
    @Override
    public String call() {
      return "first";
    }
  }

  public static final class Second implements Callable<String> {
    @Override
    public String call() {
      return "second";
    }
  }

  /** Called by woven code. */
  public static void called() {
    SEEN.add("called");
  }

  /** Where the two classes are loaded anew for each test. */
  private static final class Loader extends URLClassLoader {
    Loader() {
      super(
          new URL[] {WeaverTest.class.getProtectionDomain().getCodeSource().getLocation()},
          ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      return name.startsWith(WeaverTest.class.getName() + "$")
          ? super.findClass(name)
          : WeaverTest.class.getClassLoader().loadClass(name);
    }
  }

  private final Loader loader = new Loader();

  /** Loads an application, and inherits how. */
  public static final class AppLoader extends URLClassLoader {
    public AppLoader(ClassLoader parent) {
      super(new URL[0], parent);
    }
  }

  /** One that is hooked when it is looked for. */
  private static final class Library implements WhenLoaded.Source {
    @Override
    public List<Hook> hooks(String awaited) {
      return List.of(call("$Second"));
    }

    @Override
    public void loaded(String awaited, ClassLoader loader) {}
  }

  private static final String APP_LOADER = AppLoader.class.getName();
  private static final String NO_LOADER = "there.is.none";

  @BeforeAll
  static void instrument() {
    instrumentation = ByteBuddyAgent.install();
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  private static Hook call(String type) {
    return Hook.on(WeaverTest.class.getName() + type, "call", "()Ljava/lang/String;")
        .enter(SELF, "called", "()V");
  }

  private String called(String type) throws Exception {
    return (String)
        ((Callable<?>)
                loader
                    .loadClass(WeaverTest.class.getName() + type)
                    .getDeclaredConstructor()
                    .newInstance())
            .call();
  }

  private void weave(boolean isThere, boolean lasting) throws Exception {
    if (isThere) {
      called("$First");
    }
    Weaver weaver = new Weaver(instrumentation, lasting);
    assertThat(weaver.apply(List.of(call("$First"), call("$Second")), loader, NO_LOADER)).isTrue();
  }

  @ParameterizedTest(name = "loaded before: {0}")
  @ValueSource(booleans = {false, true})
  void hooksAreWovenIntoClassesThatComeAndThatAreThere(boolean isThere) throws Exception {
    weave(isThere, false);
    assertThat(called("$First") + called("$Second")).isEqualTo("firstsecond");
    assertThat(SEEN).hasSize(2);
  }

  @ParameterizedTest(name = "loaded before: {0}, made for it: {1}")
  @CsvSource({"false, false", "false, true", "true, true"})
  void hooksOutliveWhatAnotherAgentDoesToTheClassLater(boolean isThere, boolean lasting)
      throws Exception {
    weave(isThere, lasting);
    instrumentation.retransformClasses(loader.loadClass(WeaverTest.class.getName() + "$First"));
    assertThat(called("$First")).isEqualTo("first");
    assertThat(SEEN).hasSize(1);
  }

  @ParameterizedTest(name = "loaded before: {0}, the other: {1}")
  @CsvSource({
    "false, $Unknown, call",
    "true, $Unknown, call",
    "false, $Second, unknown",
    "true, $Second, unknown"
  })
  void whereOneIsNotAsItShouldBeNoneIsWoven(boolean isThere, String type, String method)
      throws Exception {
    if (isThere) {
      called("$First");
    }
    Hook other =
        Hook.on(WeaverTest.class.getName() + type, method, "()Ljava/lang/String;")
            .enter(SELF, "called", "()V");
    assertThat(
            new Weaver(instrumentation, false)
                .apply(List.of(call("$First"), other), loader, NO_LOADER))
        .isFalse();
    assertThat(called("$First")).isEqualTo("first");
    assertThat(SEEN).isEmpty();
  }

  @ParameterizedTest(name = "the platform''s loader was there before: {0}")
  @ValueSource(booleans = {false, true})
  void aLibraryIsHookedWhenThePlatformsLoaderLooksForIt(boolean isThere) throws Exception {
    if (isThere) {
      loader.loadClass(APP_LOADER);
    }
    Weaver weaver = new Weaver(instrumentation, false);
    weaver.applyWhenLoaded(new String[] {call("$Second").type()}, new Library());
    assertThat(weaver.apply(List.of(call("$First")), loader, APP_LOADER)).isTrue();
    ClassLoader app =
        (ClassLoader)
            loader.loadClass(APP_LOADER).getConstructor(ClassLoader.class).newInstance(loader);
    Object made = app.loadClass(call("$Second").type()).getDeclaredConstructor().newInstance();
    assertThat(((Callable<?>) made).call()).isEqualTo("second");
    // A class that is there gets no method more; what needs none is hooked all the same.
    assertThat(SEEN).hasSize(isThere ? 0 : 1);
    assertThat(called("$First")).isEqualTo("first");
    assertThat(SEEN).hasSize(isThere ? 1 : 2);
  }
}
