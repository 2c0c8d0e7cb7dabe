package dev.thaw.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.ColdStart;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.invocation.Phase;
import dev.thaw.agent.invocation.Trigger;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The contract with the collector: docs/reference/examples/timeout.textproto is what the agent
 * sends for a cold invocation that timed out in an open call after a throttle. The collector's test
 * reads the same file. Run with -Dthaw.write.docs=true to write it anew.
 */
class GoldenExampleTest {

  private static final Path EXAMPLE = Path.of("../docs/reference/examples/timeout.textproto");

  private static ExportTraceServiceRequest request() throws Exception {
    Invocation invocation =
        new Invocation(
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            "arn:aws:lambda:us-east-1:123456789012:function:stuck",
            System.currentTimeMillis() + 5000,
            coldStart(System.nanoTime()),
            () -> {
              Trigger trigger = new Trigger("http");
              trigger.attributes.put("http.request.method", "POST");
              return trigger;
            });
    Call call = invocation.call("POST", false);
    call.attribute("url.full", "http://pay.example:80/charges");
    call.throttled("pay.example/charges", "HTTP 429", 429, 2_000_000_000L);
    SpanMapping mapping =
        new SpanMapping(
            Settings.read(Map.of()),
            new FunctionIdentity(
                "stuck", Map.of("faas.name", "stuck", "faas.max_memory", 268435456L)),
            "6f1bd7b1-9c7e-4a62-9b0c-5d1a7c0f3e21",
            "timeout");
    return ExportTraceServiceRequest.parseFrom(
        mapping.encode(invocation.provisionalRecord(Outcome.TIMEOUT), 0, 0));
  }

  private static ColdStart coldStart(long now) {
    long ms = 1_000_000;
    return new ColdStart(
        "on-demand",
        false,
        now - 400 * ms,
        now - ms,
        List.of(
            new Phase("runtime", now - 400 * ms, now - 300 * ms),
            new Phase("load", now - 300 * ms, now - 280 * ms),
            new Phase("clinit", now - 280 * ms, now - 30 * ms),
            new Phase("handler", now - 30 * ms, now - ms)),
        20 * ms,
        new ColdStart.Profile() {
          @Override
          public String encoded() {
            return "eJwDAAAAAAE=";
          }

          @Override
          public String encodedBefore() {
            return encoded();
          }
        });
  }

  /** Names, kinds and keys: what a reader relies on, without what differs from run to run. */
  private static List<String> shape(ExportTraceServiceRequest request) {
    return request.getResourceSpans(0).getScopeSpans(0).getSpansList().stream()
        .map(GoldenExampleTest::shape)
        .toList();
  }

  private static String shape(Span span) {
    return span.getKind()
        + " "
        + span.getName()
        + " "
        + keys(span.getAttributesList())
        + span.getEventsList().stream()
            .map(event -> event.getName() + keys(event.getAttributesList()))
            .collect(Collectors.toList());
  }

  private static TreeSet<String> keys(List<KeyValue> attributes) {
    return attributes.stream().map(KeyValue::getKey).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatTheAgentSendsHasTheShapeOfTheExample() throws Exception {
    ExportTraceServiceRequest request = request();
    if (Boolean.getBoolean("thaw.write.docs")) {
      Files.writeString(EXAMPLE, TextFormat.printer().printToString(request));
    }
    ExportTraceServiceRequest.Builder example = ExportTraceServiceRequest.newBuilder();
    TextFormat.merge(Files.readString(EXAMPLE), example);
    assertThat(shape(request)).isEqualTo(shape(example.build()));
    assertThat(keys(request.getResourceSpans(0).getResource().getAttributesList()))
        .isEqualTo(keys(example.getResourceSpans(0).getResource().getAttributesList()));
  }
}
