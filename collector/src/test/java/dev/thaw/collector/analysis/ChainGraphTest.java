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
  void aScheduleStartsItsFunction() {
    Span nightly =
        Spans.invocation("report", 1)
            .with("thaw.trigger", "schedule")
            .with("thaw.schedule", "nightly")
            .with("thaw.queue.wait", 0.25)
            .build();
    ChainGraph graph = ChainGraph.of(List.of(nightly));
    assertThat(edge(graph, "schedule:nightly", "function:report").calls()).isEqualTo(1);
    assertThat(graph.nodes())
        .extracting(ChainGraph.Node::kind)
        .containsExactlyInAnyOrder(ChainGraph.NodeKind.SCHEDULE, ChainGraph.NodeKind.FUNCTION);
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

  @Test
  void eachKindOfDestinationIsANodeOfItsKind() {
    Span topic =
        Spans.call(CHECKOUT, 1)
            .kind(Span.Kind.PRODUCER)
            .with("messaging.system", "aws_sns")
            .with("messaging.destination.name", "news")
            .build();
    Span table =
        Spans.call(CHECKOUT, 2)
            .with("db.system.name", "aws.dynamodb")
            .with("db.collection.name", "orders")
            .build();
    Span bucket = Spans.call(CHECKOUT, 3).with("aws.s3.bucket", "pictures").build();
    Span bus =
        Spans.call(CHECKOUT, 4)
            .kind(Span.Kind.PRODUCER)
            .with("messaging.system", "aws_eventbridge")
            .with("messaging.destination.name", "shop")
            .build();
    ChainGraph graph = ChainGraph.of(List.of(CHECKOUT, topic, table, bucket, bus));
    assertThat(graph.nodes())
        .extracting(ChainGraph.Node::id)
        .contains("topic:news", "table:orders", "bucket:pictures", "bus:shop");
  }

  @Test
  void whatAStoreStartsIsItsReceiver() {
    Span projection =
        Spans.invocation("projection", 5)
            .with("faas.document.collection", "orders")
            .with("thaw.trigger", "dynamodb")
            .with("thaw.queue.wait", 0.2)
            .build();
    Span thumbnail =
        Spans.invocation("thumbnail", 6)
            .with("faas.document.collection", "pictures")
            .with("thaw.trigger", "s3")
            .build();
    ChainGraph graph = ChainGraph.of(List.of(projection, thumbnail));
    assertThat(edge(graph, "table:orders", "function:projection").waits().getMaxValue())
        .isPositive();
    assertThat(edge(graph, "bucket:pictures", "function:thumbnail").calls()).isEqualTo(1);
  }

  @Test
  void aTopicBehindAQueueAndABusBehindAnEventAreShown() {
    Span throughQueue =
        Spans.invocation("fulfilment", 7)
            .with("messaging.system", "aws_sqs")
            .with("messaging.destination.name", "orders")
            .with("aws.sns.topic.arn", "arn:aws:sns:eu-west-1:1:news")
            .build();
    Span put =
        Spans.call(CHECKOUT, 8)
            .kind(Span.Kind.PRODUCER)
            .with("messaging.system", "aws_eventbridge")
            .with("messaging.destination.name", "shop")
            .build();
    Span onEvent =
        Spans.invocation("mailer", 9).childOf(put).with("thaw.trigger", "eventbridge").build();
    ChainGraph graph = ChainGraph.of(List.of(CHECKOUT, throughQueue, put, onEvent));
    assertThat(edge(graph, "topic:news", "queue:orders").calls()).isEqualTo(1);
    assertThat(edge(graph, "bus:shop", "function:mailer").calls()).isEqualTo(1);
    assertThat(edge(graph, "function:checkout", "bus:shop").calls()).isEqualTo(1);
  }
}
