package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.thaw.collector.model.Span;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtlpWriterTest {

  @Test
  void whatIsWrittenIsReadAsItWas() throws Exception {
    Map<String, Object> resource = Map.of("faas.name", "pay", "process.pid", 7L);
    Span span =
        new Span(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            "00f067aa0ba902b7",
            Span.Kind.CLIENT,
            "GET",
            "pay",
            1_780_000_020_000_000_000L,
            1_780_000_020_010_000_000L,
            Span.Status.ERROR,
            "refused",
            Map.of(
                "text",
                "t",
                "number",
                7L,
                "decimal",
                0.5,
                "truth",
                true,
                "list",
                List.of("a", 1L),
                "map",
                Map.of("k", List.of(true))),
            List.of(new Span.Event(1_780_000_020_000_000_001L, "e", Map.of("a", "b"))),
            List.of(new Span.Link("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b8")),
            resource);
    assertThat(OtlpTraces.decode(OtlpWriter.write(List.of(span, span))).spans())
        .containsExactly(span, span);
  }

  @Test
  void theAgentsExampleIsReadAsItWas() throws Exception {
    ExportTraceServiceRequest.Builder example = ExportTraceServiceRequest.newBuilder();
    TextFormat.merge(
        Files.readString(Path.of("../docs/reference/examples/timeout.textproto")), example);
    List<Span> spans = OtlpTraces.decode(example.build().toByteArray()).spans();
    assertThat(OtlpTraces.decode(OtlpWriter.write(spans)).spans())
        .isNotEmpty()
        .containsExactlyElementsOf(spans);
  }
}
