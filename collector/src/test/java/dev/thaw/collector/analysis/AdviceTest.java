package dev.thaw.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AdviceTest {

  private static final String HEAD =
      """
      thaw-init-profile 1
      period_us 10000
      samples 90
      jar jdk\t
      jar runtime.jar\t2.9.0
      jar function.jar\t
      jar sdk-core-2.48.3.jar\t
      jar jackson-databind-2.22.4.jar\t2.22.4
      0 0 0 clinit
      1 0 0 main
      2 0 2 com.amazonaws.services.lambda.runtime.api.client.AWSLambda.main
      3 0 1 java.lang.Class.forName0
      """;

  private static List<Advice> advice(String lines) {
    return Advice.of(InitProfile.parse(HEAD + lines));
  }

  @Test
  void whatBeginsWithALibraryAndTheCallersThatDoLittleElseAreOneCause() {
    List<Advice> found =
        advice(
            """
            4 0 3 com.example.Handler.<clinit>:12
            5 20000 1 java.lang.ClassLoader.loadClass
            5 280000 4 software.amazon.awssdk.services.sqs.SqsClient.create
            4 30000 3 com.example.Handler.<clinit>:13
            """);

    assertThat(found)
        .extracting(Advice::rule, Advice::us)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("sdk-client-in-init", 300_000L),
            org.assertj.core.groups.Tuple.tuple("work-in-static-initialiser", 30_000L));
    assertThat(found.get(0).places())
        .extracting(Advice.Place::frame)
        .containsExactly(
            "com.example.Handler.<clinit>:12 → software.amazon.awssdk.services.sqs.SqsClient.create");
  }

  @Test
  void noTimeIsCountedTwice() {
    List<Advice> found =
        advice(
            """
            4 0 3 com.example.Handler.<clinit>:12
            5 100000 4 software.amazon.awssdk.core.Some.build
            6 50000 5 com.fasterxml.jackson.databind.ObjectMapper.<init>
            6 40000 1 java.net.InetAddress.getByName
            """);

    assertThat(found)
        .extracting(Advice::rule, Advice::us)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("sdk-client-in-init", 150_000L),
            org.assertj.core.groups.Tuple.tuple("network-in-init", 40_000L));
  }

  @Test
  void aMethodThatReadsLinesIsTheDataFile() {
    List<Advice> found =
        advice(
            """
            4 0 3 com.example.Handler.<clinit>:12
            5 30000 3 com.example.Handler.readRates
            6 30000 1 java.io.BufferedReader.readLine
            6 20000 1 java.time.LocalDate.parse
            """);

    assertThat(found).hasSize(1);
    assertThat(found.get(0).rule()).isEqualTo("data-file-in-init");
    assertThat(found.get(0).us()).isEqualTo(80_000);
    assertThat(found.get(0).places().get(0).frame())
        .isEqualTo("com.example.Handler.<clinit>:12 → com.example.Handler.readRates");
  }

  @Test
  void aJarThatOnlyLoadsClassesIsNamed() {
    List<Advice> found =
        advice(
            """
            4 0 3 com.example.Handler.<clinit>:12
            5 1000 5 org.example.Big.start
            6 90000 1 java.lang.ClassLoader.defineClass1
            4 9000 3 com.example.Handler.<clinit>:13
            """);

    assertThat(found).hasSize(1);
    assertThat(found.get(0).rule()).isEqualTo("class-loading");
    assertThat(found.get(0).us()).isEqualTo(91_000);
  }

  @Test
  void theRuntimesOwnWorkIsNobodysAdvice() {
    assertThat(advice("4 500000 2 com.amazonaws.services.lambda.runtime.X.<clinit>:1\n")).isEmpty();
  }

  @Test
  void aDamagedProfileSaysWhatIsWrong() {
    assertThatThrownBy(() -> InitProfile.parse("thaw-init-profile 1\n5 0 0 a.b\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a frame without its caller");
    assertThatThrownBy(() -> InitProfile.decode("not base64!"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> InitProfile.parse("thaw-init-profile 1\njar no-tab\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void blameSplitsTheSameTimeThreeWays() {
    Blame blame =
        Blame.of(
            InitProfile.parse(
                HEAD
                    + """
                    4 10000 3 com.example.Handler.<clinit>:12
                    5 70000 1 java.lang.ClassLoader.defineClass1
                    5 20000 5 com.fasterxml.jackson.databind.ObjectMapper.<clinit>:3
                    """));

    assertThat(blame.totalUs()).isEqualTo(100_000);
    assertThat(blame.kinds())
        .containsExactly(
            new Blame.OfWork(Work.CLASS_LOADING, 70_000),
            new Blame.OfWork(Work.BINDING, 20_000),
            new Blame.OfWork(Work.CODE, 10_000));
    assertThat(blame.jars())
        .extracting(of -> of.jar().name() + " " + of.us() + " " + of.loadingUs())
        .containsExactly("function.jar 80000 70000", "jackson-databind-2.22.4.jar 20000 0");
    assertThat(blame.initialisers())
        .extracting(of -> of.type() + " " + of.ownUs() + " " + of.us())
        .containsExactly(
            "com.example.Handler 80000 100000",
            "com.fasterxml.jackson.databind.ObjectMapper 20000 20000");
  }
}
