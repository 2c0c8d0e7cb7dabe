package dev.thaw.collector.analysis;

import static dev.thaw.collector.Spans.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContrastTest {

  private static Contrast.Case of(Span invocation, Span... others) {
    List<Span> trace = new ArrayList<>(Arrays.asList(others));
    trace.add(invocation);
    return new Contrast.Case(invocation, trace);
  }

  private static Span invocation(int number, long ms) {
    return Spans.invocation("checkout", number).lasting(ms * MS).build();
  }

  private static Span call(Span invocation, int number, String target, long afterMs, long ms) {
    return Spans.call(invocation, number)
        .with("faas.invoked_name", target)
        .startingAt(invocation.startEpochNs() + afterMs * MS)
        .lasting(ms * MS)
        .build();
  }

  @Test
  void theCallThatTakesLongerComesFirstAndTheRestIsOwnCode() {
    Span slow = invocation(1, 500);
    Span quick = invocation(2, 120);
    List<Contrast.Part> parts =
        Contrast.parts(
            List.of(of(slow, call(slow, 1, "pricing", 10, 400), call(slow, 2, "stock", 420, 30))),
            List.of(of(quick, call(quick, 3, "pricing", 10, 40), call(quick, 4, "stock", 60, 30))));
    assertThat(parts)
        .extracting(Contrast.Part::name)
        .containsExactly("GET pricing", "own code", "GET stock");
    assertThat(parts.get(0).ns0()).isEqualTo(400.0 * MS);
    assertThat(parts.get(0).ns1()).isEqualTo(40.0 * MS);
    assertThat(parts.get(0).longest()).isEqualTo(slow);
    assertThat(parts.get(1).ns0()).isEqualTo(70.0 * MS);
    assertThat(parts.get(1).ns1()).isEqualTo(50.0 * MS);
  }

  @Test
  void callsAtTheSameTimeLeaveMoreToOwnCodeThanTheirSum() {
    Span one = invocation(1, 100);
    Span other = invocation(2, 100);
    List<Contrast.Part> parts =
        Contrast.parts(
            List.of(of(one, call(one, 1, "a", 10, 50), call(one, 2, "b", 20, 60))),
            List.of(of(other)));
    Contrast.Part own =
        parts.stream().filter(p -> p.name().equals(Contrast.OWN_CODE)).findFirst().orElseThrow();
    assertThat(own.ns0()).isEqualTo(30.0 * MS);
    assertThat(own.ns1()).isEqualTo(100.0 * MS);
  }

  @Test
  void whatOneSideHasMoreOftenIsSaidOnceAndIdsAreNot() {
    List<Contrast.Case> slow = new ArrayList<>();
    List<Contrast.Case> rest = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      slow.add(
          of(
              Spans.invocation("f", i)
                  .version(i < 9 ? "2" : "1")
                  .with("shop", "berlin")
                  .with("thaw.gc.count", 30L)
                  .build()));
      rest.add(of(Spans.invocation("f", 100 + i).version("1").with("shop", "berlin").build()));
    }
    List<Contrast.Trait> traits = Contrast.traits(slow, rest);
    assertThat(traits).extracting(Contrast.Trait::key).containsExactly("faas.version");
    assertThat(traits.get(0).value()).isEqualTo("2");
    assertThat(traits.get(0).share0()).isEqualTo(0.9, within(1e-9));
    assertThat(traits.get(0).share1()).isZero();
  }
}
