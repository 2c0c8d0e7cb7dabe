package dev.thaw.collector.alert.channel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;

/** Sends events to PagerDuty (Events API v2): one incident for each group of alerts. */
final class PagerDuty extends HttpChannel {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_SUMMARY = 1024;
  private static final int LONGEST_KEY = 255;

  private final String key;

  PagerDuty(Options options) {
    super(options, options.address("url", "https://events.pagerduty.com/v2/enqueue"));
    key = options.required("key", "the integration key of an Events API v2 integration");
  }

  @Override
  public void deliver(Message message) throws NotDelivered {
    ObjectNode event = JSON.createObjectNode();
    event.put("routing_key", key);
    event.put("event_action", message.isFiring() ? "trigger" : "resolve");
    event.put("dedup_key", cut("thaw " + message.group(), LONGEST_KEY));
    event.put("client", "Thaw");
    event.put("client_url", message.url());
    ObjectNode payload = event.putObject("payload");
    payload.put("severity", message.severity());
    if (!message.items().isEmpty()) {
      Message.Item first = message.items().get(0);
      payload.put("summary", cut(message.title() + ": " + first.finding(), LONGEST_SUMMARY));
      payload.put("source", first.function());
      payload.put("timestamp", Instant.ofEpochMilli(first.sinceMs()).toString());
      payload.put("class", first.kind());
    }
    ObjectNode details = payload.putObject("custom_details");
    details.put("firing", message.firing()).put("resolved", message.resolved());
    for (Message.Item item : message.items()) {
      details.put(
          item.rule() + ": " + item.function(),
          item.finding() + ". " + String.join(". ", item.reasons()));
      Message.Example example = item.example();
      event.withArray("links").addObject().put("href", item.url()).put("text", item.function());
      if (example != null) {
        event
            .withArray("links")
            .addObject()
            .put("href", example.url())
            .put("text", "Trace of " + item.function());
      }
    }
    post(event.toString(), Map.of());
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
