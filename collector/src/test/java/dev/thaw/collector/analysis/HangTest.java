package dev.thaw.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Stack;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HangTest {

  private static final String STACK =
      "\tat java.base@17/jdk.internal.misc.Unsafe.park(Native Method)\n"
          + "\tat platform/java.net.http@17/jdk.internal.net.http.HttpClientImpl.send(HttpClientImpl.java:554)\n"
          + "\tat shop.Payment.charge(Payment.java:31)\n"
          + "\tat app//com.amazonaws.services.lambda.runtime.api.client.AWSLambda.main(AWSLambda.java:224)\n";

  private static final Span TIMED_OUT =
      Spans.invocation("stuck", 1)
          .outcome("timeout")
          .event("thaw.stack", Map.of("code.stacktrace", STACK))
          .build();

  @Test
  void theOpenCallAndTheFunctionsOwnFrameAreNamed() {
    Span open =
        Spans.call(TIMED_OUT, 1)
            .name("POST")
            .with("url.full", "http://pay/charges")
            .with("thaw.unfinished", true)
            .build();
    Hang hang =
        Hang.of(TIMED_OUT, List.of(TIMED_OUT, Spans.call(TIMED_OUT, 2).build(), open))
            .orElseThrow();
    assertThat(hang.openCall()).isEqualTo("POST http://pay/charges");
    assertThat(hang.openCallSpanId()).isEqualTo(open.spanId());
    assertThat(hang.topFrame()).isEqualTo("shop.Payment.charge(Payment.java:31)");
    assertThat(hang.stack()).isEqualTo(STACK);
  }

  @Test
  void ofSeveralOpenCallsTheLatestIsNamed() {
    Span first = Spans.call(TIMED_OUT, 1).name("first").with("thaw.unfinished", true).build();
    Span second =
        Spans.call(TIMED_OUT, 2)
            .name("second")
            .with("thaw.unfinished", true)
            .startingAt(first.startEpochNs() + Spans.MS)
            .build();
    assertThat(Hang.of(TIMED_OUT, List.of(second, first)).orElseThrow().openCall())
        .isEqualTo("second");
  }

  @Test
  void whereNoneOfItsOwnCodeStandsTheInnermostFrameIsNamed() {
    assertThat(Stack.ownFrame("\tat java.base@17/java.lang.Thread.sleep(Native Method)\n"))
        .isEqualTo("java.lang.Thread.sleep(Native Method)");
  }

  @Test
  void anInvocationThatEndedByItselfDidNotHang() {
    assertThat(Hang.of(Spans.invocation("f", 1).build(), List.of())).isEmpty();
    assertThat(Hang.of(Spans.invocation("f", 1).outcome("error").build(), List.of())).isEmpty();
  }

  @Test
  void aFrameThatTheJvmMadeForALambdaIsPassedOver() {
    assertThat(
            Stack.ownFrame(
                "\tat java.lang.Object.wait(Native Method)\n"
                    + "\tat java.base@17/java.lang.invoke.LambdaForm$DMH/0x00007f9335115000.invokeStatic(LambdaForm$DMH)\n"
                    + "\tat shop.Stock$$Lambda$71/0x00007f1094008c18.run(Unknown Source)\n"
                    + "\tat shop.Stock.reserve(Stock.java:9)\n"))
        .isEqualTo("shop.Stock.reserve(Stock.java:9)");
  }

  @Test
  void theThreadsThatItMayHaveWaitedForStandBesideItsOwn() {
    Span timedOut =
        Spans.invocation("orders", 9)
            .outcome("timeout")
            .event("thaw.stack", Map.of("thread.name", "main", "code.stacktrace", STACK))
            .event(
                "thaw.stack",
                Map.of(
                    "thread.name",
                    "pool-1",
                    "code.stacktrace",
                    "\tat shop.Stock.reserve(Stock.java:9)\n"))
            .build();
    Hang hang = Hang.of(timedOut, List.of(timedOut)).orElseThrow();
    assertThat(hang.stack()).isEqualTo(STACK);
    assertThat(hang.others())
        .containsExactly(
            new Hang.Other(
                "pool-1",
                "shop.Stock.reserve(Stock.java:9)",
                "\tat shop.Stock.reserve(Stock.java:9)\n"));
  }
}
