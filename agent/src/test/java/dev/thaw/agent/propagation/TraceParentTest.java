package dev.thaw.agent.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.invocation.TraceContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context level 2, section 3.2. */
class TraceParentTest {

  private static final String VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void aValidHeaderIsReadAndWrittenAgain() {
    TraceContext context = TraceParent.parse(VALID, "a=1");
    assertThat(context).isNotNull();
    assertThat(context.traceId).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(context.spanId).isEqualTo("00f067aa0ba902b7");
    assertThat(context.sampled).isTrue();
    assertThat(context.traceState).isEqualTo("a=1");
    assertThat(TraceParent.format(context)).isEqualTo(VALID);
  }

  @Test
  void aLaterVersionMayBeLonger() {
    assertThat(TraceParent.parse("cc" + VALID.substring(2) + "-more", null)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      })
  void anInvalidHeaderIsNone(String header) {
    assertThat(TraceParent.parse(header, null)).isNull();
  }
}
