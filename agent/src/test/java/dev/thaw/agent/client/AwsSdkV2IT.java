package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The AWS SDK for Java 2: Lambda invokes against the test's own server, and SQS against ElasticMQ.
 */
class AwsSdkV2IT extends ClientContract {

  @Override
  protected String function() {
    return "awssdk";
  }

  @Override
  protected void call() throws Exception {
    lambda.invoke("awssdk", "{\"function\":\"target\",\"endpoint\":\"" + other.url() + "\"}");
  }

  @Override
  protected String spanName() {
    return "Lambda/Invoke";
  }

  @Override
  protected String carried(Map<String, List<String>> headers) {
    return headers.get("X-amzn-trace-id").get(0).replace("Root=1-", "").replaceFirst("-", "");
  }

  @Test
  void theCallNamesTheFunctionThatItInvokes() throws Exception {
    call();
    assertThat(calls(1).get(0).attribute("faas.invoked_name")).isEqualTo("target");
  }

  @Test
  void anAttemptThatTheSdkRepeatedIsCounted() throws Exception {
    other.refuse(2);
    call();
    OtlpSink.Received call = calls(1).get(0);
    assertThat(call.attribute("http.request.resend_count")).isEqualTo("2");
    assertThat(
            call.span().getEventsList().stream()
                .filter(event -> event.getName().equals("thaw.throttle")))
        .hasSize(2);
  }

  @Test
  void aMessageCarriesTheContextInAnAttribute() throws Exception {
    lambda.invoke(
        "awssdk",
        "{\"function\":\"target\",\"endpoint\":\"%s\",\"queue\":\"%s\"}"
            .formatted(other.url(), lambda.platform().queueUrl("work")));
    calls(1);
    OtlpSink.Received send = sink.named("awssdk", "Sqs/SendMessage").get(0);
    assertThat(send.attribute("messaging.destination.name")).isEqualTo("work");
    assertThat(lambda.messageAttribute("work", "traceparent")).contains(send.traceId(), send.id());
  }
}
