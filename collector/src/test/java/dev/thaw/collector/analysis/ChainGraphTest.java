package dev.thaw.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainGraphTest {

  private static final Span CHECKOUT =
      Spans.invocation("checkout", 1).lasting(100 * Spans.MS).build();

  private static ChainGraph.Edge edge(ChainGraph graph, String from, String to) {
    return graph.edges().stream()
        .filter(edge -> edge.from().equals(from) && edge.to().equals(to))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no edge from " + from + " to " + to));
  }

  @Test
  void anInvokedFunctionIsOneEdgeAndNoService() {
    Span call =
        Spans.call(CHECKOUT, 1)
            .with("server.address", "10.0.0.1")
            .with("faas.invoked_name", "pricing")
            .build();
    Span pricing =
        Spans.invocation("pricing", 2)
            .childOf(call)
            .startingAt(call.startEpochNs() + Spans.MS)
            .build();
    ChainGraph graph = ChainGraph.of(List.of(CHECKOUT, call, pricing));
    assertThat(edge(graph, "function:checkout", "function:pricing").calls()).isEqualTo(1);
    assertThat(edge(graph, "function:checkout", "function:pricing").waits().getMaxValue())
        .isPositive();
    assertThat(graph.nodes())
        .extracting(ChainGraph.Node::id)
        .containsExactlyInAnyOrder("function:checkout", "function:pricing", "outside");
  }

  @Test
  void aBatchOfSeveralMessagesCountsEachMessageSentAndOneInvocation() {
    Span first = message(1);
    Span second = message(2);
    Span fulfilment =
        Spans.invocation("fulfilment", 9)
            .kind(Span.Kind.CONSUMER)
            .with("messaging.destination.name", "orders")
            .with("thaw.queue.wait", 0.5)
            .linkedTo(first)
            .linkedTo(second)
            .build();
    ChainGraph graph = ChainGraph.of(List.of(CHECKOUT, first, second, fulfilment));
    assertThat(edge(graph, "function:checkout", "queue:orders").calls()).isEqualTo(2);
    assertThat(edge(graph, "queue:orders", "function:fulfilment").calls()).isEqualTo(1);
    assertThat(edge(graph, "queue:orders", "function:fulfilment").waits().getMaxValue())
        .isBetween(499_000L, 501_000L);
  }

  private static Span message(int number) {
    return Spans.call(CHECKOUT, number)
        .kind(Span.Kind.PRODUCER)
        .with("messaging.destination.name", "orders")
        .build();
  }

  @Test
  void aCallThatWasRefusedLeadsToTheFunctionThatRefused() {
    Span refused =
        Spans.call(CHECKOUT, 1)
            .with("faas.invoked_name", "pricing")
            .throttledBy("pricing", 3)
            .build();
    ChainGraph graph = ChainGraph.of(List.of(CHECKOUT, refused));
    assertThat(edge(graph, "function:checkout", "function:pricing").throttles()).isEqualTo(3);
  }

  @Test
  void refusalsBeforeASuccessAreOnTheSameEdge() {
    Span call =
        Spans.call(CHECKOUT, 1)
            .with("faas.invoked_name", "pricing")
            .throttledBy("pricing", 2)
            .build();
    Span pricing = Spans.invocation("pricing", 2).childOf(call).build();
    ChainGraph.Edge edge =
        edge(
            ChainGraph.of(List.of(CHECKOUT, call, pricing)),
            "function:checkout",
            "function:pricing");
    assertThat(edge.calls()).isEqualTo(1);
    assertThat(edge.throttles()).isEqualTo(2);
  }

  @Test
  void whatReportsNoInvocationsIsAService() {
    Span call =
        Spans.call(CHECKOUT, 1)
            .with("server.address", "pay.example")
            .with("server.port", 443L)
            .build();
    assertThat(
            edge(ChainGraph.of(List.of(CHECKOUT, call)), "function:checkout", "service:pay.example")
                .calls())
        .isEqualTo(1);
  }

  @Test
  void failuresAreOnTheFunctionAndOnTheEdge() {
    ChainGraph graph =
        ChainGraph.of(List.of(Spans.invocation("flaky", 1).outcome("error").build()));
    assertThat(edge(graph, "outside", "function:flaky").errors()).isEqualTo(1);
  }
}
