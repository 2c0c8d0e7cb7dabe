package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.OtlpSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * What every client library's hook MUST show: one span for a call, below its invocation; the
 * context carried; an error; and the library's own answer to the application. With the real library
 * in a function on the real runtime, once for each set of libraries.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientContract {

  @Parameter protected Libraries libraries;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path work;

  protected OtlpSink sink;
  protected FunctionWithLibraries function;
  protected Supported supported;

  @BeforeParameterizedClassInvocation
  void start() throws Exception {
    sink = new OtlpSink();
    startOtherSide();
    Map<String, String> settings = new HashMap<>();
    settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url());
    settings.put("THAW_EXPORT_BUDGET", "5s");
    settings.putAll(settings());
    function =
        new FunctionWithLibraries(
            Files.createTempDirectory(work, "function"), type(), libraries, settings);
    supported = new Supported(row(), libraries.version(artifact()));
  }

  @AfterParameterizedClassInvocation
  void stop() throws Exception {
    function.close();
    stopOtherSide();
    sink.close();
    supported.write();
  }

  @BeforeEach
  void forget() {
    sink.clear();
  }

  /** The function's class, without the package. */
  protected abstract String type();

  /** The library's name in docs/supported.md. */
  protected abstract String row();

  /** The artifact whose version stands in docs/supported.md. */
  protected abstract String artifact();

  /** Variables besides those that send to the sink. */
  protected Map<String, String> settings() {
    return Map.of();
  }

  protected void startOtherSide() throws Exception {}

  protected void stopOtherSide() throws Exception {}

  /** Lets the function make one call that succeeds; returns what the function answered. */
  protected abstract String call() throws Exception;

  /** Lets the function make one call that fails. */
  protected abstract String callThatFails() throws Exception;

  /** The name that the call's span has. */
  protected abstract String spanName();

  /** Of the call that failed. */
  protected String failedSpanName() {
    return spanName();
  }

  /** The answer of a function whose call has succeeded. */
  protected String expectedAnswer() {
    return "\"200\"";
  }

  /** An attribute that the call's span has, and its value. */
  protected abstract Map.Entry<String, String> expectedAttribute();

  /** Of the last invocation: what an earlier one sends may arrive in the middle of a test. */
  protected List<OtlpSink.Received> calls(String name, int atLeast) {
    String trace = invocation().traceId();
    return await()
        .until(
            () ->
                sink.named(function.name(), name).stream()
                    .filter(span -> span.traceId().equals(trace))
                    .toList(),
            calls -> calls.size() >= atLeast);
  }

  /** The last one. */
  protected OtlpSink.Received invocation() {
    return await()
        .until(
            () ->
                sink.invocations(function.name()).stream()
                    .filter(
                        span -> span.attribute("faas.invocation_id").equals(function.requestId()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** Everything that is below the invocation, but for the parts of a start. */
  protected List<OtlpSink.Received> below(OtlpSink.Received invocation) {
    return sink.spans().stream()
        .filter(span -> span.parentId().equals(invocation.id()))
        .filter(span -> span.attribute("thaw.phase").isEmpty())
        .toList();
  }

  @Test
  void aCallIsTheOneChildOfItsInvocation() throws Exception {
    assertThat(call()).isEqualTo(expectedAnswer());
    OtlpSink.Received call = calls(spanName(), 1).get(0);
    assertThat(call.parentId()).isEqualTo(invocation().id());
    assertThat(below(invocation())).hasSize(1);
    assertThat(call.attribute(expectedAttribute().getKey()))
        .isEqualTo(expectedAttribute().getValue());
    supported.shown("span");
  }

  @Test
  void anErrorOfTheOtherSideIsOnTheSpan() throws Exception {
    callThatFails();
    assertThat(calls(failedSpanName(), 1).get(0).attribute("error.type")).isNotEmpty();
    supported.shown("error");
  }
}
