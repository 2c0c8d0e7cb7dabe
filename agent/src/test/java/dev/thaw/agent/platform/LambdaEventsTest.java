package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.invocation.Trigger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LambdaEventsTest {

  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String OTHER = "00-11112222333344445555666677778888-aaaabbbbccccdddd-01";

  private static Trigger read(String event) {
    return LambdaEvents.read(event.getBytes(StandardCharsets.UTF_8), null, null);
  }

  private static String message(String id, String traceparent) {
    return "{\"messageId\":\"%s\",\"body\":\"{\\\"big\\\":1}\",\"attributes\":{\"SentTimestamp\":\"1\",\"ApproximateReceiveCount\":\"2\"},\"messageAttributes\":{\"traceparent\":{\"stringValue\":\"%s\",\"dataType\":\"String\"}},\"eventSource\":\"aws:sqs\",\"eventSourceARN\":\"arn:aws:sqs:us-east-1:1:orders\"}"
        .formatted(id, traceparent);
  }

  @Test
  void aRequestFromAnHttpApiTellsMethodPathAndParent() {
    Trigger trigger =
        read(
            "{\"version\":\"2.0\",\"rawPath\":\"/a\",\"headers\":{\"TraceParent\":\"%s\",\"host\":\"h\"},\"requestContext\":{\"http\":{\"method\":\"POST\"}}}"
                .formatted(PARENT));
    assertThat(trigger.kind).isEqualTo("http");
    assertThat(trigger.attributes)
        .containsEntry("http.request.method", "POST")
        .containsEntry("url.path", "/a")
        .containsEntry("server.address", "h");
    assertThat(trigger.parent).isNotNull();
    assertThat(trigger.parent.spanId).isEqualTo("00f067aa0ba902b7");
  }

  @Test
  void aRequestFromARestApiHasItsMethodAtTheTop() {
    Trigger trigger =
        read(
            "{\"resource\":\"/a/{id}\",\"path\":\"/a/1\",\"httpMethod\":\"GET\",\"headers\":null,\"requestContext\":{\"stage\":\"prod\"}}");
    assertThat(trigger.attributes)
        .containsEntry("http.request.method", "GET")
        .containsEntry("http.route", "/a/{id}");
  }

  @Test
  void oneMessageOfAQueueIsTheParent() {
    Trigger trigger = read("{\"Records\":[" + message("m1", PARENT) + "]}");
    assertThat(trigger.kind).isEqualTo("pubsub");
    assertThat(trigger.parent).isNotNull();
    assertThat(trigger.links).isEmpty();
    assertThat(trigger.attributes)
        .containsEntry("messaging.destination.name", "orders")
        .containsEntry("messaging.message.id", "m1")
        .containsEntry("thaw.queue.receive_count", 2L);
  }

  @Test
  void severalMessagesAreLinks() {
    Trigger trigger =
        read("{\"Records\":[" + message("m1", PARENT) + "," + message("m2", OTHER) + "]}");
    assertThat(trigger.parent).isNull();
    assertThat(trigger.links)
        .extracting(link -> link.spanId)
        .containsExactly("00f067aa0ba902b7", "aaaabbbbccccdddd");
    assertThat(trigger.attributes).containsEntry("messaging.batch.message_count", 2L);
  }

  @Test
  void theClientContextWinsOverLambdasOwnHeader() {
    String context =
        Base64.getEncoder()
            .encodeToString(
                "{\"custom\":{\"traceparent\":\"%s\"}}"
                    .formatted(PARENT)
                    .getBytes(StandardCharsets.UTF_8));
    Trigger trigger =
        LambdaEvents.read(
            "{}".getBytes(StandardCharsets.UTF_8),
            context,
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    assertThat(trigger.parent).isNotNull();
    assertThat(trigger.parent.spanId).isEqualTo("00f067aa0ba902b7");
  }

  @Test
  void anAsynchronousInvokeHasItsParentInTheXRayHeader() {
    Trigger trigger =
        LambdaEvents.read(
            "{\"any\":1}".getBytes(StandardCharsets.UTF_8),
            null,
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    assertThat(trigger.kind).isEqualTo("other");
    assertThat(trigger.parent).isNotNull();
    assertThat(trigger.parent.traceId).isEqualTo("5759e988bd862e3fe1be46a994272793");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"Records\":[{\"eventSource\":\"aws:s3\"}]} | datasource",
        "{\"Records\":[{\"eventSource\":\"aws:dynamodb\"}]} | datasource",
        "{\"Records\":[{\"eventSource\":\"aws:kinesis\"}]} | pubsub",
        "{\"Records\":[{\"EventSource\":\"aws:sns\"}]} | pubsub",
        "{\"detail-type\":\"Scheduled Event\",\"source\":\"aws.events\"} | timer",
        "{\"detail-type\":\"OrderPlaced\",\"source\":\"shop\"} | pubsub",
        "{\"Records\":[]} | other",
        "{\"Records\":[1]} | other",
        "not json | other",
      })
  void eachSourceHasItsTrigger(String event, String kind) {
    assertThat(read(event).kind).isEqualTo(kind);
  }
}
