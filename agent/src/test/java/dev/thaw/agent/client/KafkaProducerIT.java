package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka's producer with a real broker. */
@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class KafkaProducerIT extends ClientContract {

  private KafkaBroker broker;

  @Override
  protected void startOtherSide() throws Exception {
    broker = new KafkaBroker(work);
  }

  @Override
  protected void stopOtherSide() {
    broker.close();
  }

  @Override
  protected String type() {
    return "ClientFunctions$Kafka";
  }

  @Override
  protected String row() {
    return "Kafka producer";
  }

  @Override
  protected String artifact() {
    return "kafka-clients";
  }

  @Override
  protected String call() throws Exception {
    return function.invoke(
        Map.of("broker", broker.address(), "topic", "orders", "value", "order 17"));
  }

  @Override
  protected String expectedAnswer() {
    return "\"ok\"";
  }

  @Override
  protected String callThatFails() throws Exception {
    return function.invoke(
        Map.of("broker", broker.address(), "topic", "orders", "value", "x".repeat(5000)));
  }

  @Override
  protected String spanName() {
    return "send orders";
  }

  @Override
  protected Map.Entry<String, String> expectedAttribute() {
    return Map.entry("messaging.destination.name", "orders");
  }

  @Test
  void whatLambdaMakesOfTheRecordBeginsBelowTheCall() throws Exception {
    call();
    OtlpSink.Received send = calls(spanName(), 1).get(0);
    long offset = Long.parseLong(send.attribute("messaging.kafka.offset"));
    function.invoke(broker.lambdaEvent("orders", offset));
    OtlpSink.Received started = invocation();
    assertThat(started.traceId()).isEqualTo(send.traceId());
    assertThat(started.parentId()).isEqualTo(send.id());
    assertThat(started.attribute("thaw.trigger")).isEqualTo("kafka");
    assertThat(started.attribute("messaging.destination.name")).isEqualTo("orders");
  }

  @Test
  void theRecordCarriesTheCallInAHeader() throws Exception {
    call();
    OtlpSink.Received send = calls(spanName(), 1).get(0);
    long offset = Long.parseLong(send.attribute("messaging.kafka.offset"));
    assertThat(broker.header("orders", offset, "traceparent")).contains(send.traceId(), send.id());
    supported.shown("context");
  }
}
