package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class PagerDutyTest extends HttpChannelContract {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  protected Channel open(String url, boolean allowsLocal) {
    return Channels.open(
        options(
            "pagerduty",
            values("key", "k".repeat(32), "url", url, "allow-local", "" + allowsLocal)));
  }

  @Test
  void whatWasTriggeredIsResolvedByTheSameKey() throws Exception {
    Channel channel = open();
    channel.deliver(firing("checkout"));
    channel.deliver(message("resolved", item("checkout", 1L, "")));
    JsonNode trigger = JSON.readTree(taken().get(0));
    JsonNode resolve = JSON.readTree(taken().get(1));
    assertThat(trigger.path("event_action").asText()).isEqualTo("trigger");
    assertThat(resolve.path("event_action").asText()).isEqualTo("resolve");
    assertThat(trigger.path("dedup_key")).isEqualTo(resolve.path("dedup_key"));
    assertThat(trigger.path("payload").path("severity").asText()).isEqualTo("critical");
    assertThat(trigger.path("payload").path("source").asText()).isEqualTo("checkout");
    assertThat(trigger.path("routing_key").asText()).hasSize(32);
  }
}
