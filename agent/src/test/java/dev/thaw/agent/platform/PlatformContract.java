package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.OtlpSink;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every platform MUST show, on its real runtime with the packaged agent attached. A platform
 * extends this, and states a deviation as a reason.
 */
abstract class PlatformContract {

  /** As much as the platform takes, nearly. */
  private static final String LARGE = "\"" + "x".repeat(5_900_000) + "\"";

  /** What the caller got, without anything that differs from run to run. */
  protected record Answer(String payload, boolean failed) {}

  /** An answer and the request id that the platform gave it. */
  protected record Called(String requestId, Answer answer) {}

  /** Invokes one of the test functions by its simple name, in lower case. */
  protected abstract Called invoke(String function, String payload) throws Exception;

  /** Invokes as {@link #invoke} does, on a platform without the agent. */
  protected abstract Called invokeWithoutAgent(String function, String payload) throws Exception;

  /** Invokes as {@link #invoke} does, with an agent whose collector is not there. */
  protected abstract Called invokeWithoutCollector(String function, String payload)
      throws Exception;

  /** Waits until what served the function could take another invocation. */
  protected abstract void awaitRest(String function);

  protected abstract OtlpSink sink();

  /** The one final or timed-out record of a request. */
  private OtlpSink.Received invocation(String function, Called called) {
    await().until(() -> !records(function, called).isEmpty());
    assertThat(records(function, called)).hasSize(1);
    return records(function, called).get(0);
  }

  private List<OtlpSink.Received> records(String function, Called called) {
    return sink().invocations(function).stream()
        .filter(span -> span.attribute("faas.invocation_id").equals(called.requestId()))
        .toList();
  }

  @Test
  void aColdInvocationCarriesItsInitAndAWarmOneDoesNot() throws Exception {
    OtlpSink.Received cold = invocation("jdkhttprefused", invoke("jdkhttprefused", "{}"));
    // Its record is here before the runtime has asked for the next invocation.
    awaitRest("jdkhttprefused");
    OtlpSink.Received warm = invocation("jdkhttprefused", invoke("jdkhttprefused", "{}"));

    assertThat(cold.attribute("faas.coldstart")).isEqualTo("true");
    assertThat(Double.parseDouble(cold.attribute("thaw.init.duration"))).isPositive();
    assertThat(warm.attribute("faas.coldstart")).isEqualTo("false");
    assertThat(sink().named("jdkhttprefused", "init"))
        .filteredOn(init -> init.parentId().equals(cold.id()))
        .hasSize(1);
    assertThat(sink().named("jdkhttprefused", "init"))
        .noneMatch(init -> init.parentId().equals(warm.id()));
  }

  @Test
  void anInvocationSaysWhatItUsed() throws Exception {
    invocation("streams", invoke("streams", "{}"));
    OtlpSink.Received warm = invocation("streams", invoke("streams", "{}"));

    assertThat(Double.parseDouble(warm.attribute("thaw.cpu.handler"))).isBetween(1e-6, 1.0);
    assertThat(Double.parseDouble(warm.attribute("thaw.cpu.time"))).isBetween(0.0, 2.0);
    assertThat(Long.parseLong(warm.attribute("thaw.memory.heap"))).isPositive();
    assertThat(Long.parseLong(warm.attribute("thaw.memory.used"))).isPositive();
    assertThat(Long.parseLong(warm.attribute("thaw.gc.count"))).isNotNegative();
    assertThat(Double.parseDouble(warm.attribute("thaw.gc.time"))).isNotNegative();
    assertThat(Double.parseDouble(warm.attribute("thaw.remaining_time"))).isPositive();
  }

  @Test
  void aColdStartCarriesAProfileOfItsStacks() throws Exception {
    invocation("throws", invoke("throws", "{}"));
    String encoded = sink().named("throws", "init").get(0).attribute("thaw.init.profile");

    assertThat(encoded.length()).isBetween(100, 48 * 1024);
    String text = inflated(encoded);
    assertThat(text).startsWith("thaw-init-profile 1\n");
    assertThat(text).contains("\n0 0 0 ", "AWSLambda.main\n");
  }

  private static String inflated(String encoded) throws Exception {
    try (java.util.zip.InflaterInputStream in =
        new java.util.zip.InflaterInputStream(
            new java.io.ByteArrayInputStream(java.util.Base64.getDecoder().decode(encoded)))) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void thePhasesOfAStartFillItsInitWithoutAGap() throws Exception {
    invocation("plain", invoke("plain", "\"Ada\""));
    OtlpSink.Received init = sink().named("plain", "init").get(0);
    List<Span> phases = new ArrayList<>();
    for (String phase : List.of("jvm", "runtime", "load", "clinit", "handler")) {
      sink().named("plain", phase).stream()
          .filter(span -> span.parentId().equals(init.id()))
          .map(OtlpSink.Received::span)
          .forEach(phases::add);
    }

    assertThat(phases).hasSize(5);
    assertThat(phases).extracting(Span::getSpanId).doesNotHaveDuplicates();
    long from = init.span().getStartTimeUnixNano();
    for (Span phase : phases) {
      assertThat(phase.getStartTimeUnixNano()).isEqualTo(from);
      from = phase.getEndTimeUnixNano();
    }
    assertThat(from).isEqualTo(init.span().getEndTimeUnixNano());
    assertThat(Double.parseDouble(init.attribute("thaw.agent.start"))).isPositive();
  }

  @Test
  void everyKindOfHandlerIsOneInvocation() throws Exception {
    for (String[] call :
        new String[][] {{"streams", "{\"a\":1}"}, {"typed", "{}"}, {"plain", "\"Ada\""}}) {
      assertThat(invocation(call[0], invoke(call[0], call[1])).attribute("thaw.outcome"))
          .isEqualTo("ok");
    }
  }

  @Test
  void anErrorHasItsTypeAndItsWholeStack() throws Exception {
    OtlpSink.Received failed = invocation("throws", invoke("throws", "{}"));
    assertThat(failed.attribute("thaw.outcome")).isEqualTo("error");
    assertThat(failed.attribute("error.type")).isEqualTo("java.lang.IllegalStateException");
    assertThat(failed.event("exception", "exception.stacktrace"))
        .contains(
            "IllegalStateException: outer", "Caused by: java.lang.IllegalArgumentException: inner");
  }

  @Test
  void anErrorThatEndsTheRuntimeIsSeen() throws Exception {
    OtlpSink.Received failed = invocation("overflows", invoke("overflows", "{}"));
    assertThat(failed.attribute("error.type")).isEqualTo("java.lang.StackOverflowError");
  }

  @Test
  void handlersThatAreInheritedGenericOrInAnInterfaceAreSeenOnce() throws Exception {
    for (String name : new String[] {"Inherits", "FillsGeneric", "FromInterface"}) {
      String function = name.toLowerCase(java.util.Locale.ROOT);
      Called called = invoke(function, "{}");
      assertThat(called.answer().payload()).isEqualTo('"' + name + '"');
      assertThat(invocation(function, called).attribute("thaw.outcome")).isEqualTo("ok");
      assertThat(sink().invocations(function)).hasSize(1);
    }
  }

  /** The runtime reports errors over HTTP; that is none of the function's calls. */
  @Test
  void theRuntimesOwnCallsAreNotTheFunctions() throws Exception {
    OtlpSink.Received failed = invocation("throws", invoke("throws", "{}"));
    assertThat(sink().spans())
        .filteredOn(span -> span.traceId().equals(failed.traceId()))
        .filteredOn(span -> span.span().getKindValue() == Span.SpanKind.SPAN_KIND_CLIENT_VALUE)
        .isEmpty();
  }

  @Test
  void aTimeoutIsSentBeforeTheKillWithTheStack() throws Exception {
    Called called = invoke("hangs", "{}");
    assertThat(called.answer().failed()).isTrue();
    OtlpSink.Received late = invocation("hangs", called);
    assertThat(late.attribute("thaw.outcome")).isEqualTo("timeout");
    assertThat(late.event("thaw.stack", "code.stacktrace"))
        .contains("Thread.sleep", "AgentTestFunctions$Hangs.handle");
    assertThat(sink().named("hangs", "init").get(0).attribute("thaw.init.profile")).isNotEmpty();
  }

  @Test
  void aProcessThatExitsLeavesARecord() throws Exception {
    OtlpSink.Received ended = invocation("exits", invoke("exits", "{}"));
    assertThat(ended.attribute("thaw.outcome")).isEqualTo("crash");
    assertThat(ended.event("thaw.stack", "code.stacktrace")).contains("System.exit");
  }

  @Test
  void aSlowSuccessIsAnnouncedAndThenFinal() throws Exception {
    OtlpSink.Received last = invocation("slow", invoke("slow", "{}"));
    assertThat(last.attribute("thaw.outcome")).isEqualTo("ok");
    assertThat(last.attribute("thaw.provisional")).isEmpty();
    assertThat(sink().spans())
        .filteredOn(span -> span.id().equals(last.id()))
        .extracting(span -> span.attribute("thaw.outcome"))
        .containsExactly("running", "ok");
  }

  @Test
  void theSameFunctionsGiveTheSameAnswersWithTheAgentAndWithoutIt() throws Exception {
    for (String[] call :
        new String[][] {
          {"streams", "{\"a\":[1,2,3]}"},
          {"streams", "not json at all"},
          {"typed", "{\"a\":1}"},
          {"plain", "\"Ada\""},
          {"throws", "{}"},
          {"exits", "{}"},
          {"streams", LARGE},
          {"ignores", LARGE},
        }) {
      Answer plain = invokeWithoutAgent(call[0], call[1]).answer();
      assertThat(invoke(call[0], call[1]).answer())
          .as(call[0] + " with the agent")
          .isEqualTo(plain);
      assertThat(invokeWithoutCollector(call[0], call[1]).answer())
          .as(call[0] + " without a collector")
          .isEqualTo(plain);
    }
  }
}
