package dev.thaw.agent.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to weave do the same, and the JVM's verifier accepts what they make. */
public class PatchTest {

  private static final String SELF = "dev/thaw/agent/weave/PatchTest";
  private static final List<Object> SEEN = new ArrayList<>();

  /** One way to weave. */
  interface Way {
    byte[] weave(byte[] type, List<Hook> hooks) throws Exception;
  }

  static Stream<Way> ways() {
    return Stream.of(
        Patch::apply,
        (type, hooks) -> new AsmWeaver(hooks).weave(type, PatchTest.class.getClassLoader()));
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  // The callbacks.

  public static void entered() {
    SEEN.add("entered");
  }

  public static void entered(Object argument) {
    SEEN.add(argument);
  }

  public static Object doubled(Object text) {
    return text + "" + text;
  }

  public static void leaves(int result) {
    SEEN.add(result);
  }

  public static void left(String text, long number) {
    SEEN.add(text + number);
  }

  public static void unreadable(Object failure) {
    SEEN.add(failure.getClass().getSimpleName());
  }

  /** What a method gives. */
  public static final class Answer {
    public String text() {
      return "answer";
    }

    public long number() {
      return 1L << 40;
    }
  }

  /** What the other inherits. */
  public static class Base {
    protected String look(String name, boolean resolve) {
      return name + resolve;
    }
  }

  /** What is woven; loops, switches, handlers and wide arguments are where places move. */
  public static class Subject extends Base {
    public final String made;

    public Subject(String made) {
      this.made = made.isEmpty() ? "nothing" : made;
    }

    public static Answer straight(String argument) {
      return new Answer();
    }

    public static String branching(long wide, String text, int times) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < times; i++) {
        switch (i) {
          case 0:
            all.append(text);
            break;
          case 1:
            all.append(wide);
            break;
          default:
            try {
              all.append(new StringBuilder(i > 2 ? text.substring(i) : "-"));
            } catch (StringIndexOutOfBoundsException e) {
              all.append('!');
            }
        }
      }
      return all.toString();
    }

    public static void nothing() {}

    public static int parsed(String text, int times) {
      int sum = 0;
      for (int i = 0; i < times; i++) {
        try {
          sum += Integer.parseInt(text);
        } catch (NumberFormatException e) {
          if (text.isEmpty()) {
            throw new IllegalStateException("empty", e);
          }
          sum--;
        }
      }
      return sum;
    }
  }

  private static Class<?> woven(Way way, Hook... hooks) throws Exception {
    byte[] bytes = way.weave(bytes(), List.of(hooks));
    ClassLoader loader =
        new ClassLoader(PatchTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(Subject.class.getName())
                ? defineClass(name, bytes, 0, bytes.length)
                : super.loadClass(name, resolve);
          }
        };
    return loader.loadClass(Subject.class.getName());
  }

  private static byte[] bytes() throws IOException {
    String path = "/" + Subject.class.getName().replace('.', '/') + ".class";
    try (InputStream in = PatchTest.class.getResourceAsStream(path)) {
      return in.readAllBytes();
    }
  }

  private static Hook on(String method, String descriptor) {
    return Hook.on(Subject.class.getName(), method, descriptor);
  }

  private static Object call(Class<?> type, String method, Object... arguments) throws Exception {
    for (Method candidate : type.getMethods()) {
      if (candidate.getName().equals(method)) {
        return candidate.invoke(null, arguments);
      }
    }
    throw new NoSuchMethodException(method);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anEntryIsCalledAndTheRestOfTheMethodStaysAsItWas(Way way) throws Exception {
    String descriptor = "(JLjava/lang/String;I)Ljava/lang/String;";
    Class<?> type =
        woven(
            way,
            on("branching", descriptor)
                .enter(SELF, "entered", "(Ljava/lang/Object;)V", Value.argument(1)));

    assertThat(call(type, "branching", 7L, "abcd", 6))
        .isEqualTo(Subject.branching(7, "abcd", 6))
        .isEqualTo("abcd7-d!");
    assertThat(SEEN).containsExactly("abcd");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anArgumentIsReplacedAlsoInAConstructor(Way way) throws Exception {
    Class<?> type =
        woven(
            way,
            on("<init>", "(Ljava/lang/String;)V")
                .replaceArgument(
                    0,
                    SELF,
                    "doubled",
                    "(Ljava/lang/Object;)Ljava/lang/Object;",
                    Value.argument(0)));

    Object made = type.getConstructor(String.class).newInstance("ab");
    assertThat(type.getField("made").get(made)).isEqualTo("abab");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void anExitSeesPartsOfTheResult(Way way) throws Exception {
    Class<?> type = woven(way, entryAndExit("text", "number"));

    assertThat(call(type, "straight", "any")).isInstanceOf(Answer.class);
    assertThat(SEEN).containsExactly("entered", "answer" + (1L << 40));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aMethodWithoutResultHasAnExitToo(Way way) throws Exception {
    Class<?> type = woven(way, on("nothing", "()V").exit(SELF, "entered", "()V"));

    call(type, "nothing");
    assertThat(SEEN).containsExactly("entered");
  }

  @Test
  void aGetterThatIsNotThereIsToldAndTheResultIsReturned() throws Exception {
    Class<?> type = woven(Patch::apply, entryAndExit("text", "renamed"));

    assertThat(call(type, "straight", "any")).isInstanceOf(Answer.class);
    assertThat(SEEN).containsExactly("entered", "NoSuchMethodError");
  }

  @Test
  void aMethodThatIsOnlyInheritedCallsBackAndDoesWhatItDid() throws Exception {
    Hook searches =
        Hook.on(Subject.class.getName(), "look", "(Ljava/lang/String;Z)Ljava/lang/String;")
            .inherited()
            .enter(SELF, "entered", "(Ljava/lang/Object;)V", Value.argument(0));
    Object made = woven(Patch::apply, searches).getConstructor(String.class).newInstance("");
    assertThat(((Base) made).look("a", true)).isEqualTo("atrue");
    assertThat(SEEN).containsExactly("a");
  }

  @Test
  void whatIsNotSimpleIsLeftToTheOtherWay() throws IOException {
    byte[] type = bytes();
    String descriptor = "(JLjava/lang/String;I)Ljava/lang/String;";

    assertThat(Patch.apply(type, List.of(on("branching", descriptor).exit(SELF, "entered", "()V"))))
        .isNull();
    assertThat(Patch.apply(type, List.of(on("absent", "()V").enter(SELF, "entered", "()V"))))
        .isNull();
  }

  private static Hook entryAndExit(String text, String number) {
    String answer = Answer.class.getName().replace('.', '/');
    return on("straight", "(Ljava/lang/String;)L" + answer + ";")
        .enter(SELF, "entered", "()V")
        .exit(
            SELF,
            "left",
            "(Ljava/lang/String;J)V",
            Value.result().call(answer, text, "()Ljava/lang/String;"),
            Value.result().call(answer, number, "()J"));
  }

  @Test
  void anExceptionIsSeenOnlyWhereItLeavesTheMethodAndGoesOnItsWay() throws Exception {
    Class<?> type =
        woven(
            (bytes, hooks) -> new AsmWeaver(hooks).weave(bytes, PatchTest.class.getClassLoader()),
            on("parsed", "(Ljava/lang/String;I)I")
                .enter(SELF, "entered", "()V")
                .exit(SELF, "leaves", "(I)V", Value.result())
                .thrown(SELF, "entered", "(Ljava/lang/Object;)V", Value.thrown()));
    assertThat(call(type, "parsed", "x", 3)).isEqualTo(-3);
    assertThat(call(type, "parsed", "7", 2)).isEqualTo(14);
    assertThatThrownBy(() -> call(type, "parsed", "", 1))
        .hasRootCauseInstanceOf(NumberFormatException.class);
    assertThat(SEEN).hasSize(6);
    assertThat(SEEN.subList(0, 5)).containsExactly("entered", -3, "entered", 14, "entered");
    assertThat(SEEN.get(5)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aMethodThatSomeVersionsDoNotHaveIsNoReasonToLeaveTheOthers() throws Exception {
    Class<?> type =
        woven(
            (bytes, hooks) -> new AsmWeaver(hooks).weave(bytes, PatchTest.class.getClassLoader()),
            on("nothing", "()V").enter(SELF, "entered", "()V"),
            on("newer", "()V").enter(SELF, "entered", "()V").ifPresent());
    call(type, "nothing");
    assertThat(SEEN).containsExactly("entered");
  }
}
