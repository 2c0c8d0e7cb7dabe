package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import dev.thaw.agent.invocation.Trigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One event of each kind, as AWS documents it and as AWS's own event classes read it; and the table
 * of triggers in docs/supported.md, which is made of them.
 */
class LambdaTriggersTest {

  private static final Path EVENTS = Path.of("src/test/resources/events");
  private static final Path PAGE = Path.of("../docs/supported.md");
  private static final String BEGIN = "<!-- triggers: written by LambdaTriggersTest -->\n";
  private static final String END = "<!-- end of triggers -->";
  private static final String X_RAY =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

  private static Trigger read(String name) throws IOException {
    return LambdaEvents.read(Files.readAllBytes(EVENTS.resolve(name + ".json")), null, null);
  }

  @ParameterizedTest
  @CsvSource({
    "api-gateway-rest, http, api_gateway",
    "api-gateway-http, http, api_gateway_v2",
    "function-url, http, function_url",
    "load-balancer, http, load_balancer",
    "sqs, pubsub, sqs",
    "sns-in-sqs, pubsub, sqs",
    "sns, pubsub, sns",
    "eventbridge, pubsub, eventbridge",
    "schedule, timer, schedule",
    "kinesis, pubsub, kinesis",
    "kafka, pubsub, kafka",
    "kafka-batch, pubsub, kafka",
    "dynamodb, datasource, dynamodb",
    "s3, datasource, s3",
    "step-functions, other, step_functions",
    "cognito, other, cognito",
    "destination, other, destination",
    "invoke, other, ",
  })
  void eachEventHasItsKind(String name, String kind, String trigger) throws IOException {
    assertThat(read(name).kind).isEqualTo(kind);
    assertThat(read(name).attributes.get("thaw.trigger")).isEqualTo(trigger);
  }

  @ParameterizedTest
  @CsvSource({
    "sqs, messaging.destination.name, orders",
    "sqs, messaging.batch.message_count, 2",
    "sqs, thaw.queue.receive_count, 2",
    "sqs, thaw.message.ids, 'm1,m2'",
    "sns, messaging.destination.name, news",
    "sns, messaging.message.id, n1",
    "sns-in-sqs, aws.sns.topic.arn, arn:aws:sns:eu-west-1:123456789012:news",
    "eventbridge, thaw.event.type, OrderPlaced",
    "eventbridge, messaging.message.id, e1",
    "schedule, thaw.schedule, nightly",
    "kinesis, messaging.destination.name, clicks",
    "kinesis, messaging.message.id, 4711",
    "kafka, messaging.destination.name, clicks",
    "kafka, messaging.destination.partition.id, 0",
    "kafka, messaging.kafka.offset, 15",
    "kafka-batch, messaging.batch.message_count, 3",
    "kafka-batch, messaging.kafka.offset, null",
    "dynamodb, faas.document.collection, orders",
    "dynamodb, faas.document.operation, insert",
    "s3, faas.document.collection, pictures",
    "s3, faas.document.name, cat.png",
    "s3, thaw.message.ids, C3D13FE58DE4C810",
    "load-balancer, server.address, lb.example",
    "function-url, url.path, /orders",
    "destination, thaw.dead_letter.request_id, r1",
    "destination, thaw.dead_letter.reason, RetriesExhausted",
    "dead-letter-of-queue, thaw.dead_letter, true",
    "dead-letter-of-queue, thaw.dead_letter.source, orders",
    "dead-letter-of-function, thaw.dead_letter.request_id, 7d1c3f44-0d3c-4b6c-9d2a-3f5f1f0e6a11",
    "dead-letter-of-function, thaw.dead_letter.reason, the card was refused",
    "sqs, thaw.dead_letter, null",
    "step-functions, aws.step_functions.state_machine.arn, arn:aws:states:eu-west-1:123456789012:stateMachine:flow",
  })
  void eachSourceIsNamed(String name, String attribute, String value) throws IOException {
    assertThat(String.valueOf(read(name).attributes.get(attribute))).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api-gateway-rest",
        "api-gateway-http",
        "function-url",
        "sns",
        "sns-in-sqs",
        "sns-in-sqs-raw",
        "kafka"
      })
  void oneContextIsTheParent(String name) throws IOException {
    Trigger trigger = read(name);
    assertThat(trigger.parent).isNotNull();
    assertThat(trigger.parent.spanId).isEqualTo("00f067aa0ba902b7");
    assertThat(trigger.links).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"load-balancer", "eventbridge-in-sqs"})
  void theHeaderOfXRayIsReadWhereNothingElseIs(String name) throws IOException {
    assertThat(read(name).parent.spanId).isEqualTo("53995c3f42cd8ad8");
  }

  @Test
  void aBatchOfPartitionsHasALinkForEachRecordWithAContext() throws IOException {
    Trigger trigger = read("kafka-batch");
    assertThat(trigger.parent).isNull();
    assertThat(trigger.links)
        .extracting(link -> link.spanId)
        .containsExactlyInAnyOrder("00f067aa0ba902b7", "00f067aa0ba902b8");
  }

  @Test
  void theWriteToATableAndItsRecordHaveOneName() throws IOException {
    assertThat((String) read("dynamodb").attributes.get("thaw.message.ids"))
        .contains(
            dev.thaw.agent.propagation.ItemId.ofItem(
                "orders", new java.util.TreeMap<>(Map.of("id", "o1", "total", "17"))));
  }

  @Test
  void whatWaitedSaysHowLong() throws IOException {
    for (String name :
        new String[] {
          "sqs", "sns", "eventbridge", "schedule", "kinesis", "kafka", "dynamodb", "s3"
        }) {
      assertThat(read(name).attributes).as(name).containsKey("thaw.queue.wait");
    }
  }

  /** AWS's own classes read the same files: they have the shape that Lambda sends. */
  @Test
  void awsReadsTheseEvents() {
    Function<String, String> file = name -> EVENTS.resolve(name + ".json").toString();
    assertThat(EventLoader.loadApiGatewayRestEvent(file.apply("api-gateway-rest")).getPath())
        .isEqualTo("/orders/17");
    assertThat(EventLoader.loadApiGatewayHttpEvent(file.apply("api-gateway-http")).getRawPath())
        .isEqualTo("/orders");
    assertThat(
            EventLoader.loadApplicationLoadBalancerRequestEvent(file.apply("load-balancer"))
                .getPath())
        .isEqualTo("/health");
    assertThat(EventLoader.loadSQSEvent(file.apply("sqs")).getRecords()).hasSize(2);
    assertThat(
            EventLoader.loadSNSEvent(file.apply("sns")).getRecords().get(0).getSNS().getMessageId())
        .isEqualTo("n1");
    assertThat(
            EventLoader.loadKinesisEvent(file.apply("kinesis"))
                .getRecords()
                .get(0)
                .getKinesis()
                .getSequenceNumber())
        .isEqualTo("4711");
    assertThat(
            EventLoader.loadDynamoDbEvent(file.apply("dynamodb"))
                .getRecords()
                .get(0)
                .getDynamodb()
                .getKeys())
        .containsKey("id");
    assertThat(
            EventLoader.loadS3Event(file.apply("s3"))
                .getRecords()
                .get(0)
                .getResponseElements()
                .getxAmzRequestId())
        .isEqualTo("C3D13FE58DE4C810");
    assertThat(
            EventLoader.loadKafkaEvent(file.apply("kafka"))
                .getRecords()
                .get("clicks-0")
                .get(0)
                .getHeaders()
                .get(0)
                .get("traceparent"))
        .hasSize(55);
    assertThat(EventLoader.loadScheduledEvent(file.apply("schedule")).getDetailType())
        .isEqualTo("Scheduled Event");
  }

  @Test
  void theTableInTheDocsIsWhatTheEventsShow() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("API Gateway, REST", "api-gateway-rest");
    rows.put("API Gateway, HTTP", "api-gateway-http");
    rows.put("Function URL", "function-url");
    rows.put("Load balancer", "load-balancer");
    rows.put("SQS", "sqs");
    rows.put("SNS", "sns");
    rows.put("SNS through SQS, in its envelope", "sns-in-sqs");
    rows.put("SNS through SQS, raw", "sns-in-sqs-raw");
    rows.put("EventBridge", "eventbridge");
    rows.put("EventBridge through SQS", "eventbridge-in-sqs");
    rows.put("Kinesis", "kinesis");
    rows.put("Kafka, Amazon's or any other", "kafka-batch");
    rows.put("DynamoDB stream", "dynamodb");
    rows.put("S3", "s3");
    rows.put("Schedule", "schedule");
    rows.put("Step Functions task with the context object", "step-functions");
    rows.put("Direct invoke", "invoke");
    rows.put("Lambda destination", "destination");
    rows.put("Cognito and others", "cognito");
    StringBuilder table = new StringBuilder();
    table.append("| trigger | `faas.trigger` | `thaw.trigger` | context comes in | its wait |\n");
    table.append("| --- | --- | --- | --- | --- |\n");
    for (Map.Entry<String, String> row : rows.entrySet()) {
      Trigger trigger = read(row.getValue());
      Object word = trigger.attributes.get("thaw.trigger");
      table.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(
                  row.getKey(),
                  trigger.kind,
                  word == null ? "" : word,
                  context(row.getValue(), trigger),
                  trigger.attributes.containsKey("thaw.queue.wait") ? "yes" : ""));
    }
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END);
    if (Boolean.getBoolean("thaw.write.docs")) {
      page = page.substring(0, from) + table + page.substring(to);
      Files.writeString(PAGE, page);
      to = page.indexOf(END);
    }
    assertThat(page.substring(from, to)).isEqualTo(table.toString());
  }

  private static String context(String name, Trigger trigger) throws IOException {
    if (!trigger.links.isEmpty()) {
      return "a parent; from a batch links";
    }
    if (trigger.parent != null) {
      return "a parent";
    }
    if (trigger.attributes.containsKey("thaw.message.ids") || name.equals("kinesis")) {
      return "by the id of what was written";
    }
    byte[] event = Files.readAllBytes(EVENTS.resolve(name + ".json"));
    String client =
        Base64.getEncoder()
            .encodeToString(
                "{\"custom\":{\"traceparent\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"}}"
                    .getBytes(StandardCharsets.UTF_8));
    if (name.equals("invoke") && LambdaEvents.read(event, client, null).parent != null) {
      return "a parent: client context, or Lambda's X-Ray header";
    }
    return LambdaEvents.read(event, null, X_RAY).parent == null
        ? "no"
        : "a parent: Lambda's X-Ray header";
  }
}
