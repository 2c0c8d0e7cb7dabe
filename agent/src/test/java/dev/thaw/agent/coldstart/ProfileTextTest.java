package dev.thaw.agent.coldstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class ProfileTextTest {

  private static final long MS = 1_000_000;

  /** Outermost first, as people write stacks. */
  private static StackTraceElement[] stack(String... frames) {
    StackTraceElement[] stack = new StackTraceElement[frames.length];
    for (int i = 0; i < frames.length; i++) {
      int dot = frames[i].lastIndexOf('.');
      stack[frames.length - 1 - i] =
          new StackTraceElement(frames[i].substring(0, dot), frames[i].substring(dot + 1), "X", 12);
    }
    return stack;
  }

  @Test
  void stacksShareWhatTheyHaveInCommonAndNameTheirJars() {
    StackTree tree = new StackTree();
    String test = ProfileTextTest.class.getName();
    tree.add("clinit", "main", stack(test + ".<clinit>", "java.lang.String.length"), 10 * MS);
    tree.add("clinit", "main", stack(test + ".<clinit>"), 5 * MS);
    tree.addToLatest(MS);
    tree.add("handler", "main", stack(test + "$$Lambda$14/0x0000.run"), 2 * MS);

    String text =
        ProfileText.plain(tree, 10 * MS, new Class<?>[] {String.class, ProfileTextTest.class});
    assertThat(text.split("\n"))
        .containsExactly(
            "thaw-init-profile 1",
            "period_us 10000",
            "samples 3",
            "jar jdk\t",
            "jar test-classes/\t",
            "0 0 0 handler",
            "1 0 0 main",
            "2 2000 2 " + test + "$$Lambda.run",
            "0 0 0 clinit",
            "1 0 0 main",
            "2 6000 2 " + test + ".<clinit>:12",
            "3 10000 1 java.lang.String.length");
  }

  @Test
  void aHeavyProfileStaysSmallAndKeepsItsTime() throws IOException {
    StackTree tree = new StackTree();
    Random random = new Random(1);
    for (int i = 0; i < 4000; i++) {
      String[] frames = new String[80];
      for (int j = 0; j < frames.length; j++) {
        frames[j] =
            "com.example.part"
                + random.nextInt(3)
                + ".Type"
                + Long.toHexString(random.nextLong())
                + ".method";
      }
      tree.add("clinit", "main", stack(frames), MS);
    }

    String encoded = ProfileText.encoded(tree, 10 * MS, new Class<?>[0]);
    assertThat(encoded.length()).isLessThanOrEqualTo(48 * 1024);
    String text;
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(encoded)))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    long us =
        text.lines()
            .filter(line -> Character.isDigit(line.charAt(0)))
            .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
            .sum();
    assertThat(us).isEqualTo(4_000_000);
  }
}
