package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the hook of an AWS SDK MUST show besides: the context in every way that a service hands it
 * on, throttles that the SDK's own retries hide, and the ids by which the other side names what was
 * sent.
 */
abstract class AwsClientContract extends ClientContract {

  protected OtherSide other;

  @Override
  protected void startOtherSide() throws Exception {
    other = new OtherSide();
  }

  @Override
  protected void stopOtherSide() {
    other.close();
  }

  /** One call to the test's own server. */
  protected String call(String name) throws Exception {
    return function.invoke(event(name));
  }

  private Map<String, Object> event(String name) {
    Map<String, Object> event = new HashMap<>();
    event.put("call", name);
    event.put("endpoint", other.url());
    return event;
  }

  @Override
  protected String call() throws Exception {
    other.reset();
    return call("Lambda/Invoke");
  }

  @Override
  protected String callThatFails() throws Exception {
    other.reset();
    other.answerWith(404);
    return call("Lambda/Invoke");
  }

  @Override
  protected String spanName() {
    return "Lambda/Invoke";
  }

  @Override
  protected String expectedAnswer() {
    return "\"ok\"";
  }

  @Override
  protected Map.Entry<String, String> expectedAttribute() {
    return Map.entry("faas.invoked_name", "target");
  }

  @Test
  void theHeaderOfXRayCarriesTheCall() throws Exception {
    call();
    OtlpSink.Received call = calls("Lambda/Invoke", 1).get(0);
    assertThat(other.header("X-Amzn-Trace-Id"))
        .contains("Parent=" + call.id(), call.traceId().substring(8));
    assertThat(call.attribute("http.response.status_code")).isEqualTo("200");
    supported.shown("context");
  }

  @Test
  void anInvokeCarriesTheContextToTheOtherFunction() throws Exception {
    call();
    String context =
        new String(java.util.Base64.getDecoder().decode(other.header("X-Amz-Client-Context")));
    assertThat(context).contains(calls("Lambda/Invoke", 1).get(0).id());
  }

  @Test
  void refusalsThatTheSdkRepeatedAreThrottlesWithTheirReasonAndWait() throws Exception {
    other.reset();
    other.refuse(
        2,
        new OtherSide.Refusal(
            429,
            Map.of("x-amzn-ErrorType", "TooManyRequestsException"),
            "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\",\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}"));
    assertThat(call("Lambda/Invoke")).isEqualTo("\"ok\"");
    OtlpSink.Received call = calls("Lambda/Invoke", 1).get(0);
    assertThat(throttles(call)).isEqualTo(2);
    assertThat(call.event("thaw.throttle", "thaw.throttle.target")).isEqualTo("target");
    assertThat(call.event("thaw.throttle", "thaw.throttle.reason"))
        .isEqualTo("ReservedFunctionConcurrentInvocationLimitExceeded");
    assertThat(call.event("thaw.throttle", "thaw.throttle.wait")).isNotEmpty();
    assertThat(call.attribute("http.request.resend_count")).isEqualTo("2");
    assertThat(invocation().attribute("thaw.throttles")).isEqualTo("2");
    supported.shown("throttle");
    supported.shown("retries");
  }

  protected static long throttles(OtlpSink.Received call) {
    return call.span().getEventsList().stream()
        .filter(event -> event.getName().equals("thaw.throttle"))
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "DynamoDb/PutItem, 400, com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException, orders",
    "DynamoDb/PutItem, 400, com.amazon.coral.availability#ThrottlingException, orders",
    "S3/PutObject, 503, SlowDown, pictures",
    "Sns/Publish, 400, Throttling, news",
  })
  void eachServiceSaysInItsOwnWayThatItIsAtItsLimit(
      String name, int status, String code, String target) throws Exception {
    other.reset();
    String body =
        code.contains("#")
            ? "{\"__type\":\"" + code + "\",\"message\":\"slower\"}"
            : name.startsWith("S3")
                ? "<Error><Code>" + code + "</Code><Message>slower</Message></Error>"
                : "<ErrorResponse><Error><Type>Sender</Type><Code>"
                    + code
                    + "</Code><Message>slower</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    other.refuse(1, new OtherSide.Refusal(status, Map.of(), body));
    answerFor(name);
    call(name);
    OtlpSink.Received call = calls(name, 1).get(0);
    assertThat(throttles(call)).isEqualTo(1);
    assertThat(call.event("thaw.throttle", "thaw.throttle.reason"))
        .isEqualTo(code.substring(code.indexOf('#') + 1));
    assertThat(call.event("thaw.throttle", "thaw.throttle.target")).isEqualTo(target);
  }

  /** Lets the other side answer what the service would. */
  protected void answerFor(String name) {
    if (name.startsWith("Sns")) {
      other.answerWith(
          "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>message-1</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>");
    } else if (name.startsWith("S3")) {
      other.answerWith("");
    }
  }

  @Test
  void aMessageToAQueueCarriesTheContextInAnAttribute() throws Exception {
    other.reset();
    Map<String, Object> event = event("Sqs/SendMessage");
    event.put("queue", function.platform().queueUrl("work"));
    event.put("endpoint", queueEndpoint());
    assertThat(function.invoke(event)).isEqualTo("\"ok\"");
    OtlpSink.Received send = calls("Sqs/SendMessage", 1).get(0);
    assertThat(send.attribute("messaging.destination.name")).isEqualTo("work");
    Queue.Received message = new Queue(function.platform().queueUrl("work")).receive();
    assertThat(message.attribute("traceparent")).contains(send.traceId(), send.id());
    assertThat(send.attribute("messaging.message.id")).isEqualTo(message.id());
  }

  @Test
  void everyMessageOfABatchCarriesTheContext() throws Exception {
    other.reset();
    Map<String, Object> event = event("Sqs/SendMessageBatch");
    event.put("queue", function.platform().queueUrl("work"));
    event.put("endpoint", queueEndpoint());
    assertThat(function.invoke(event)).isEqualTo("\"ok\"");
    OtlpSink.Received send = calls("Sqs/SendMessageBatch", 1).get(0);
    Queue queue = new Queue(function.platform().queueUrl("work"));
    for (int i = 0; i < 2; i++) {
      Queue.Received message = queue.receive();
      assertThat(message.attribute("traceparent")).contains(send.id());
      assertThat(send.attribute("thaw.message.ids")).contains(message.id());
    }
  }

  /** More would be refused by SQS. */
  @Test
  void aMessageWithTenAttributesIsSentAsItIs() throws Exception {
    other.reset();
    Map<String, Object> event = event("Sqs/SendMessage");
    event.put("queue", function.platform().queueUrl("work"));
    event.put("endpoint", queueEndpoint());
    event.put("attributes", 10);
    assertThat(function.invoke(event)).isEqualTo("\"ok\"");
    calls("Sqs/SendMessage", 1);
    Queue.Received message = new Queue(function.platform().queueUrl("work")).receive();
    assertThat(message.attribute("traceparent")).isEmpty();
    assertThat(message.attribute("a9")).isEqualTo("v");
  }

  private String queueEndpoint() {
    return java.net.URI.create(function.platform().queueUrl("work")).resolve("/").toString();
  }

  @Test
  void aMessageToATopicCarriesTheContextInAnAttribute() throws Exception {
    other.reset();
    answerFor("Sns/Publish");
    assertThat(call("Sns/Publish")).isEqualTo("\"ok\"");
    OtlpSink.Received send = calls("Sns/Publish", 1).get(0);
    assertThat(send.attribute("messaging.destination.name")).isEqualTo("news");
    assertThat(send.attribute("messaging.message.id")).isEqualTo("message-1");
    assertThat(other.body()).contains("traceparent").contains(send.id());
  }

  @Test
  void aWriteToATableNamesItAndWhatWasWritten() throws Exception {
    other.reset();
    assertThat(call("DynamoDb/PutItem")).isEqualTo("\"ok\"");
    OtlpSink.Received put = calls("DynamoDb/PutItem", 1).get(0);
    assertThat(put.attribute("db.system.name")).isEqualTo("aws.dynamodb");
    assertThat(put.attribute("db.collection.name")).isEqualTo("orders");
    assertThat(put.attribute("thaw.message.ids")).startsWith("item:");
  }

  @Test
  void anObjectIsNamedWithItsBucket() throws Exception {
    other.reset();
    answerFor("S3/PutObject");
    assertThat(call("S3/PutObject")).isEqualTo("\"ok\"");
    OtlpSink.Received put = calls("S3/PutObject", 1).get(0);
    assertThat(put.attribute("aws.s3.bucket")).isEqualTo("pictures");
    assertThat(put.attribute("aws.s3.key")).isEqualTo("cat.png");
    assertThat(put.attribute("thaw.message.ids")).isEqualTo("request-1");
  }
}
