package dev.thaw.agent.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.invocation.TraceContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XRayHeaderTest {

  @Test
  void whatIsWrittenIsReadAgain() {
    TraceContext context =
        new TraceContext("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", true, null);
    String header = XRayHeader.format(context);
    assertThat(header)
        .isEqualTo("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    TraceContext read = XRayHeader.parse(header);
    assertThat(read).isNotNull();
    assertThat(read.traceId).isEqualTo(context.traceId);
    assertThat(read.spanId).isEqualTo(context.spanId);
  }

  @Test
  void theFieldsMayStandInAnyOrderWithOthersBetween() {
    assertThat(
            XRayHeader.parse(
                "Self=1-a;Sampled=1;Parent=53995c3f42cd8ad8;Lineage=x;Root=1-5759e988-bd862e3fe1be46a994272793"))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Root=1-5759e988-bd862e3fe1be46a994272793",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=short;Sampled=1",
        "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
      })
  void whatNamesNoRecordedParentIsNone(String header) {
    assertThat(XRayHeader.parse(header)).isNull();
  }
}
