package dev.thaw.agent.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.invocation.TraceContext;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PropagationTest {

  private static final TraceContext CONTEXT =
      new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true, null);

  @AfterEach
  void useTheDefault() {
    Propagation.use(new String[] {"tracecontext"});
  }

  @ParameterizedTest
  @ValueSource(strings = {"tracecontext", "b3", "b3multi", "xray"})
  void whatIsWrittenIsRead(String format) {
    Propagation.use(new String[] {format});
    String[] headers = Propagation.headers(CONTEXT);
    TraceContext read =
        Propagation.read(
            name -> {
              for (int i = 0; i < headers.length; i += 2) {
                if (headers[i].equals(name)) {
                  return headers[i + 1];
                }
              }
              return null;
            });
    assertThat(read).isNotNull();
    assertThat(read.traceId).isEqualTo(CONTEXT.traceId);
    assertThat(read.spanId).isEqualTo(CONTEXT.spanId);
  }

  @Test
  void theFirstOfSeveralThatIsThereIsTaken() {
    Propagation.use(new String[] {"b3", "tracecontext"});
    Map<String, String> headers =
        Map.of(
            "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1");
    assertThat(Propagation.read(headers::get).spanId).isEqualTo("e457b5a2e4d86bd1");
  }

  @Test
  void aShortTraceIdOfZipkinsIsFilledUp() {
    Propagation.use(new String[] {"b3"});
    assertThat(Propagation.read(Map.of("b3", "64fe8b2a57d3eff7-e457b5a2e4d86bd1")::get).traceId)
        .isEqualTo("000000000000000064fe8b2a57d3eff7");
  }

  @Test
  void whatIsNoContextIsNone() {
    Propagation.use(new String[] {"b3"});
    assertThat(Propagation.read(Map.of("b3", "0")::get)).isNull();
    assertThat(Propagation.read(Map.of("b3", "zz-yy")::get)).isNull();
  }
}
