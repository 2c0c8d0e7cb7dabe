package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import org.junit.jupiter.api.Test;

/** What is known of more services with the SDK 2, whether it waits for answers or not. */
abstract class AwsSdkV2Contract extends AwsClientContract {

  @Test
  void anEventCarriesTheHeaderThatEventBridgeHandsOn() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        libraries == Libraries.NEWEST, "The oldest version has no field for it");
    other.reset();
    other.answerWith("{\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"event-1\"}]}");
    assertThat(call("EventBridge/PutEvents")).isEqualTo("\"ok\"");
    OtlpSink.Received put = calls("EventBridge/PutEvents", 1).get(0);
    assertThat(put.attribute("messaging.destination.name")).isEqualTo("orders");
    assertThat(put.attribute("messaging.message.id")).isEqualTo("event-1");
    assertThat(other.body()).contains("TraceHeader").contains(put.id());
  }

  @Test
  void aRecordOfAStreamIsNamedByItsSequenceNumber() throws Exception {
    other.reset();
    other.answerWith("{\"ShardId\":\"s\",\"SequenceNumber\":\"4711\"}");
    assertThat(call("Kinesis/PutRecord")).isEqualTo("\"ok\"");
    OtlpSink.Received put = calls("Kinesis/PutRecord", 1).get(0);
    assertThat(put.attribute("aws.kinesis.stream_name")).isEqualTo("clicks");
    assertThat(put.attribute("messaging.message.id")).isEqualTo("4711");
  }

  @Test
  void aRecordThatAStreamRefusedInABatchIsAThrottleThoughTheCallSucceeded() throws Exception {
    other.reset();
    other.answerWith(
        "{\"FailedRecordCount\":1,\"Records\":[{\"SequenceNumber\":\"1\",\"ShardId\":\"s\"},{\"ErrorCode\":\"ProvisionedThroughputExceededException\",\"ErrorMessage\":\"slower\"}]}");
    assertThat(call("Kinesis/PutRecords")).isEqualTo("\"ok\"");
    OtlpSink.Received put = calls("Kinesis/PutRecords", 1).get(0);
    assertThat(throttles(put)).isEqualTo(1);
    assertThat(put.event("thaw.throttle", "thaw.throttle.target")).isEqualTo("clicks");
  }

  @Test
  void anExecutionThatIsStartedNamesItsStateMachine() throws Exception {
    other.reset();
    other.answerWith("{\"executionArn\":\"arn:x\",\"startDate\":1}");
    assertThat(call("Sfn/StartExecution")).isEqualTo("\"ok\"");
    OtlpSink.Received start = calls("Sfn/StartExecution", 1).get(0);
    assertThat(start.attribute("aws.step_functions.state_machine.arn")).endsWith(":flow");
    assertThat(other.body()).contains(start.id());
  }
}
