package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.LambdaForTests;
import dev.thaw.agent.OtlpSink;
import dev.thaw.local.LedgerEntry;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The invocations that did not end well, on the real Lambda runtime. */
class NothingIsLostIT {

  @TempDir static Path work;

  private static OtlpSink sink;
  private static LambdaForTests lambda;

  /** Accepts, and never answers. */
  private static ServerSocket silent;

  @BeforeAll
  static void start() throws IOException {
    sink = new OtlpSink();
    silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    lambda =
        new LambdaForTests(
            Files.createDirectory(work.resolve("lambda")),
            true,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url(), "THAW_EXPORT_BUDGET", "5s"));
  }

  @AfterAll
  static void stop() throws IOException {
    lambda.close();
    silent.close();
    sink.close();
  }

  private static String invoke(String function, String payload) throws Exception {
    HttpResponse<String> response = lambda.invoke(function, payload);
    return response.headers().firstValue("x-amzn-requestid").orElseThrow();
  }

  /** The last record of a request. */
  private static OtlpSink.Received last(String function, String requestId) {
    await().until(() -> !records(function, requestId).isEmpty());
    List<OtlpSink.Received> all = records(function, requestId);
    return all.get(all.size() - 1);
  }

  private static List<OtlpSink.Received> records(String function, String requestId) {
    return sink.invocations(function).stream()
        .filter(span -> span.attribute("faas.invocation_id").equals(requestId))
        .toList();
  }

  private static List<OtlpSink.Received> withOutcome(String function, String outcome) {
    return sink.spans().stream()
        .filter(span -> span.function().equals(function))
        .filter(span -> span.attribute("thaw.outcome").equals(outcome))
        .toList();
  }

  private static List<String> stacks(OtlpSink.Received span) {
    return span.span().getEventsList().stream()
        .filter(event -> event.getName().equals("thaw.stack"))
        .map(event -> event.getAttributesList().toString())
        .toList();
  }

  // Each function is invoked once: the start that follows a timeout is inside the next invocation,
  // and on a slow machine it takes all its time, so that no process ever knows of it.
  @ParameterizedTest
  @CsvSource({
    "hangsinlock, HangsInLock.handle, HangsInLock.hold",
    "hangs, Thread.sleep,",
    "hangsinjoin, CompletableFuture.join, HangsInJoin.slowly",
    "hangsinloop, HangsInLoop.handle,"
  })
  void aTimeoutShowsWhereItHungAndTheThreadThatItWaitsFor(
      String function, String frame, @Nullable String frameOfOther) throws Exception {
    OtlpSink.Received late = last(function, invoke(function, "{}"));
    assertThat(late.attribute("thaw.outcome")).isEqualTo("timeout");
    assertThat(stacks(late).get(0)).contains(frame);
    if (frameOfOther != null) {
      assertThat(stacks(late)).hasSizeGreaterThan(1);
      assertThat(stacks(late).subList(1, stacks(late).size()).toString()).contains(frameOfOther);
    }
  }

  @Test
  void aTimeoutShowsTheOpenCallAndWhereItHung() throws Exception {
    String url = "http://127.0.0.1:" + silent.getLocalPort() + "/charges";
    OtlpSink.Received late =
        last("hangsinsocket", invoke("hangsinsocket", "{\"url\":\"" + url + "\"}"));
    assertThat(late.attribute("thaw.outcome")).isEqualTo("timeout");
    assertThat(stacks(late).get(0)).contains("HangsInSocket.handle");
    assertThat(sink.spans())
        .filteredOn(span -> span.parentId().equals(late.id()))
        .filteredOn(span -> span.attribute("url.full").equals(url))
        .isNotEmpty()
        .allSatisfy(call -> assertThat(call.attribute("thaw.unfinished")).isEqualTo("true"));
  }

  @Test
  void aStartThatFailedHasARecordThatSaysWhy() throws Exception {
    invoke("failstoinit", "{}");
    await().until(() -> !withOutcome("failstoinit", "init_error").isEmpty());
    OtlpSink.Received failed = withOutcome("failstoinit", "init_error").get(0);
    assertThat(failed.attribute("error.type")).contains("ExceptionInInitializerError");
    assertThat(failed.event("exception", "exception.stacktrace"))
        .contains("Caused by: java.lang.IllegalStateException: no configuration");
    assertThat(failed.attribute("faas.invocation_id")).isEmpty();
    assertThat(sink.named("failstoinit", "init")).isNotEmpty();
    assertThat(sink.named("failstoinit", "clinit")).isNotEmpty();
    assertThat(sink.named("failstoinit", "handler")).isEmpty();
  }

  @Test
  void aProcessThatExitsWhileItStartsHasARecord() throws Exception {
    invoke("exitsininit", "{}");
    await().until(() -> !withOutcome("exitsininit", "init_error").isEmpty());
    OtlpSink.Received failed = withOutcome("exitsininit", "init_error").get(0);
    assertThat(failed.attribute("error.type")).isEqualTo("Runtime.ExitError");
    assertThat(stacks(failed).get(0)).contains("ExitsInInit.<init>");
  }

  @Test
  void aStartThatNeverEndsHasARecordThatSaysWhereItStood() throws Exception {
    invoke("hangsininit", "{}");
    // Ten seconds for the first start, and the function's timeout for the one inside the
    // invocation.
    await().until(() -> withOutcome("hangsininit", "init_timeout").size() >= 2);
    assertThat(withOutcome("hangsininit", "init_timeout"))
        .allSatisfy(span -> assertThat(stacks(span).get(0)).contains("HangsInInit.<init>"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1500})
  void anOutOfMemoryErrorIsNamedBeforeItsAnnouncementAndAfterIt(int after) throws Exception {
    OtlpSink.Received failed =
        last("runsoutofmemory", invoke("runsoutofmemory", "{\"after\":" + after + "}"));
    assertThat(failed.attribute("error.type")).isEqualTo("java.lang.OutOfMemoryError");
  }

  @Test
  void aProcessThatIsGoneWithoutAWordLeavesItsAnnouncementAndTheNextOneNamesIt() throws Exception {
    String killed = invoke("halts", "{\"halt\": 1500}");
    assertThat(records("halts", killed)).isEmpty();
    assertThat(withOutcome("halts", "running"))
        .anySatisfy(span -> assertThat(span.attribute("faas.invocation_id")).isEqualTo(killed));

    OtlpSink.Received next = last("halts", invoke("halts", "{}"));
    assertThat(next.attribute("thaw.init.after")).isEqualTo(killed);
    assertThat(next.attribute("thaw.init.after.outcome")).isEqualTo("running");
  }

  @Test
  void aProcessThatIsGoneBeforeItsAnnouncementIsRecordedByTheNextOne() throws Exception {
    try (LambdaForTests own =
        new LambdaForTests(
            Files.createDirectory(work.resolve("soon")),
            true,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url()))) {
      inItsTurn(own, "{}");
      inItsTurn(own, "{\"halt\": 0}");
      inItsTurn(own, "{}");
      String killed =
          own.platform().ledger().entries().stream()
              .filter(entry -> entry.outcome() == dev.thaw.local.Outcome.CRASH)
              .findFirst()
              .orElseThrow()
              .requestId();
      OtlpSink.Received record = last("halts", killed);
      assertThat(record.attribute("thaw.outcome")).isEqualTo("crash");
      assertThat(record.attribute("error.type")).isEqualTo("killed");
    }
  }

  @Test
  void aHandlerThatLeavesItsThreadInterruptedIsRecorded() throws Exception {
    assertThat(last("interrupts", invoke("interrupts", "{}")).attribute("thaw.outcome"))
        .isEqualTo("ok");
    assertThat(last("interrupts", invoke("interrupts", "{}")).attribute("thaw.outcome"))
        .isEqualTo("ok");
  }

  @Test
  void aRestoredProcessSaysHowLongItsRestoreTook() throws Exception {
    OtlpSink.Received cold = last("restored", invoke("restored", "{}"));
    assertThat(cold.attribute("thaw.init.type")).isEqualTo("snap-start");
    assertThat(sink.named("restored", "restore")).hasSize(1);
    assertThat(sink.named("restored", "jvm")).isEmpty();
    // Less than the image lay: what was before the restore nobody waited for.
    assertThat(Double.parseDouble(cold.attribute("thaw.init.duration"))).isBetween(0.0, 0.29);
  }

  /** A platform and a collector of its own, which refuses until told otherwise. */
  private static LambdaForTests refused(OtlpSink own, String name) throws IOException {
    own.refuse(true);
    return new LambdaForTests(
        Files.createDirectory(work.resolve(name)),
        true,
        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", own.url(), "THAW_EXTENSION", "on"));
  }

  /** Once the one environment is free again. */
  private static void inItsTurn(LambdaForTests refused, String payload) {
    await().until(() -> refused.invoke("halts", payload).statusCode() != 429);
  }

  @Test
  void whatWaitsIsSentWhenTheEnvironmentIsShutDown() throws Exception {
    try (OtlpSink own = new OtlpSink()) {
      try (LambdaForTests refused = refused(own, "shutdown")) {
        for (int i = 0; i < 5; i++) {
          inItsTurn(refused, "{}");
        }
        // A process has half a second from the notice; it must not spend it on its own start.
        await().until(() -> refused.platform().hasCapacity("halts"));
        own.refuse(false);
      }
      assertThat(own.invocations("halts")).hasSize(5);
    }
  }

  @Test
  void whatWaitedInAProcessThatWasKilledIsSentByTheNextOne() throws Exception {
    try (OtlpSink own = new OtlpSink();
        LambdaForTests refused = refused(own, "killed")) {
      inItsTurn(refused, "{}");
      inItsTurn(refused, "{}");
      inItsTurn(refused, "{\"halt\": 0}");
      assertThat(own.spans()).isEmpty();
      own.refuse(false);
      inItsTurn(refused, "{}");
      // The killed one is among them: the next process found in the spool that it had begun.
      await().until(() -> own.invocations("halts").size() == 4);
      assertThat(own.invocations("halts"))
          .extracting(span -> span.attribute("thaw.outcome"))
          .containsExactlyInAnyOrder("ok", "ok", "crash", "ok");
    }
  }

  @Test
  void aConnectionThatDiedInAFreezeIsOpenedAgainAndNothingOnItIsLost() throws Exception {
    try (OtlpSink first = new OtlpSink()) {
      try (LambdaForTests frozen =
          new LambdaForTests(
              Files.createDirectory(work.resolve("frozen")),
              true,
              Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", first.url()))) {
        frozen.invoke("streams", "{}");
        frozen.invoke("streams", "{}");
        await().until(() -> first.invocations("streams").size() == 2);
        // The process stands still now; its connection goes away under it.
        first.restart();
        // What was on it goes with a later invocation of the same environment.
        await().until(() -> after(frozen, first));
      }
    }
  }

  /** Invokes once more; whether everything so far but this has arrived. */
  private static boolean after(LambdaForTests frozen, OtlpSink sink) throws Exception {
    List<LedgerEntry> before = frozen.platform().ledger().entries();
    frozen.invoke("streams", "{}");
    return before.size() > 4
        && before.stream()
            .allMatch(
                entry ->
                    sink.invocations("streams").stream()
                        .anyMatch(
                            span ->
                                span.attribute("faas.invocation_id").equals(entry.requestId())));
  }

  @Test
  void anEnvironmentThatMayOnlyLogWritesItsBatchesAsLines() throws Exception {
    try (LambdaForTests logging =
        new LambdaForTests(
            Files.createDirectory(work.resolve("stdout")), true, Map.of("THAW_EXPORT", "stdout"))) {
      logging.invoke("plain", "\"Ada\"");
      logging.invoke("throws", "{}");
      await().until(() -> batches(logging).size() == 2);
      assertThat(batches(logging))
          .allSatisfy(
              batch ->
                  assertThat(batch.getResourceSpans(0).getScopeSpans(0).getSpansList())
                      .isNotEmpty());
    }
  }

  private static List<ExportTraceServiceRequest> batches(LambdaForTests logging) throws Exception {
    List<ExportTraceServiceRequest> batches = new ArrayList<>();
    try (Stream<Path> logs = Files.list(logging.platform().logs())) {
      for (Path log : logs.toList()) {
        for (String line : Files.readAllLines(log)) {
          if (line.startsWith("thaw-otlp 1 ")) {
            byte[] packed = Base64.getDecoder().decode(line.substring("thaw-otlp 1 ".length()));
            batches.add(
                ExportTraceServiceRequest.parseFrom(
                    new InflaterInputStream(new ByteArrayInputStream(packed))));
          }
        }
      }
    }
    return batches;
  }
}
