package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.LambdaForTests;
import dev.thaw.agent.OtlpSink;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AWS Lambda's runtime interface client. */
class AwsLambdaIT extends PlatformContract {

  @TempDir static Path work;

  private static OtlpSink sink;
  private static LambdaForTests observed;
  private static LambdaForTests plain;
  private static LambdaForTests alone;

  @BeforeAll
  static void start() throws IOException {
    sink = new OtlpSink();
    observed =
        new LambdaForTests(
            Files.createDirectory(work.resolve("observed")),
            true,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url(), "THAW_EXPORT_BUDGET", "5s"));
    plain = new LambdaForTests(Files.createDirectory(work.resolve("plain")), false, Map.of());
    alone =
        new LambdaForTests(
            Files.createDirectory(work.resolve("alone")),
            true,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));
  }

  @AfterAll
  static void stop() throws IOException {
    observed.close();
    plain.close();
    alone.close();
    sink.close();
  }

  @Override
  protected OtlpSink sink() {
    return sink;
  }

  @Override
  protected Called invoke(String function, String payload) throws Exception {
    return answer(observed.invoke(function, payload));
  }

  @Override
  protected Called invokeWithoutAgent(String function, String payload) throws Exception {
    return answer(plain.invoke(function, payload));
  }

  @Override
  protected Called invokeWithoutCollector(String function, String payload) throws Exception {
    return answer(alone.invoke(function, payload));
  }

  @Override
  protected void awaitRest(String function) {
    await().until(() -> observed.platform().hasCapacity(function));
  }

  private static Called answer(HttpResponse<String> response) {
    return new Called(
        response.headers().firstValue("x-amzn-requestid").orElseThrow(),
        new Answer(
            response.body().replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
            response.headers().firstValue("x-amz-function-error").isPresent()));
  }

  @Test
  void theSpanNamesWhatWasInvoked() throws Exception {
    invoke("plain", "\"x\"");
    OtlpSink.Received span = sink.invocations("plain").get(0);
    assertThat(span.attribute("aws.lambda.invoked_arn")).endsWith(":function:plain");
  }

  @Test
  void nothingIsPrintedIntoTheFunctionsLogThatTheUserNeedNotKnow() throws Exception {
    invoke("typed", "{}");
    try (Stream<Path> logs = Files.list(observed.platform().logs())) {
      for (Path log :
          logs.filter(file -> file.getFileName().toString().startsWith("typed")).toList()) {
        assertThat(Files.readString(log)).doesNotContain("[thaw]", "Sharing is only supported");
      }
    }
  }

  @Test
  void withTheProfileOffNothingOfItIsLoaded() throws Exception {
    Path folder = Files.createDirectory(work.resolve("off"));
    Path classes = folder.resolve("classes.log");
    Map<String, String> settings =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            sink.url(),
            "THAW_INIT_PROFILE",
            "off",
            "JDK_JAVA_OPTIONS",
            "-Xlog:class+load:file=" + classes);
    try (LambdaForTests lambda = new LambdaForTests(folder, true, settings)) {
      lambda.invoke("plain", "\"Ada\"");
      await()
          .until(() -> Files.readString(classes).contains("dev.thaw.agent.export.Outlet$Result"));
    }
    assertThat(Files.readString(classes))
        .contains("dev.thaw.agent.platform.AwsLambda ")
        .doesNotContain("dev.thaw.agent.coldstart");
  }

  @Test
  void nothingOfTheExporterIsLoadedBeforeTheFirstResponseIsOut() throws Exception {
    Path folder = Files.createDirectory(work.resolve("loading"));
    Path classes = folder.resolve("classes.log");
    // The decorator tm is the wall clock, which the platform's ledger uses too.
    Map<String, String> settings =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            sink.url(),
            "THAW_EXPORT_BUDGET",
            "5s",
            "JDK_JAVA_OPTIONS",
            "-Xlog:class+load:file=" + classes + ":tm");
    long responseMs;
    try (LambdaForTests lambda = new LambdaForTests(folder, true, settings)) {
      lambda.invoke("plain", "\"Ada\"");
      // Once: a second environment would write over the file.
      await()
          .until(() -> Files.readString(classes).contains("dev.thaw.agent.export.Outlet$Result"));
      responseMs = lambda.platform().ledger().entries().get(0).endEpochNs() / 1_000_000;
    }
    List<String> loaded;
    try (Stream<String> lines = Files.lines(classes)) {
      // Who says when to send must be there.
      loaded =
          lines
              .filter(line -> line.contains("dev.thaw.agent.export."))
              .filter(line -> !line.contains("dev.thaw.agent.export.Sending"))
              .toList();
    }
    assertThat(loaded).isNotEmpty();
    assertThat(loaded)
        .allSatisfy(
            line ->
                assertThat(Long.parseLong(line.substring(1, line.indexOf("ms]"))))
                    .isGreaterThanOrEqualTo(responseMs));
  }
}
