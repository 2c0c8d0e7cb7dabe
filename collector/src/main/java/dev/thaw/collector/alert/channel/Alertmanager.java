package dev.thaw.collector.alert.channel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Posts alerts to Prometheus' Alertmanager (API v2), which groups, silences and routes them itself.
 * It takes an alert for resolved when it is not told again, so it is told every minute.
 */
final class Alertmanager extends HttpChannel {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration REFRESH = Duration.ofMinutes(1);

  /** As long as Prometheus says: four times, so that three may be lost. */
  private static final long VALID_MS = 4 * REFRESH.toMillis();

  private final Map<String, String> headers = new LinkedHashMap<>();

  Alertmanager(Options options) {
    super(options, alerts(options.address("url", null)));
    String user = options.text("user", "");
    String password = options.text("password", "");
    String token = options.text("token", "");
    if (!token.isEmpty()) {
      headers.put("Authorization", "Bearer " + token);
    } else if (!user.isEmpty()) {
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
  }

  private static URI alerts(URI base) {
    return URI.create(base.toString().replaceAll("/+$", "") + "/api/v2/alerts");
  }

  @Override
  public Duration refresh() {
    return REFRESH;
  }

  @Override
  public void deliver(Message message) throws NotDelivered {
    ArrayNode alerts = JSON.createArrayNode();
    for (Message.Item item : message.items()) {
      ObjectNode alert = alerts.addObject();
      alert
          .putObject("labels")
          .put("alertname", item.rule())
          .put("function", item.function())
          .put("kind", item.kind())
          .put("severity", item.severity())
          .put("source", "thaw");
      ObjectNode annotations = alert.putObject("annotations");
      annotations.put("summary", item.function() + ": " + item.finding());
      annotations.put("description", String.join(". ", item.reasons()));
      if (!item.runbook().isEmpty()) {
        annotations.put("runbook_url", item.runbook());
      }
      Message.Example example = item.example();
      if (example != null) {
        annotations.put("trace", example.url());
      }
      alert.put("startsAt", Instant.ofEpochMilli(item.sinceMs()).toString());
      Long resolved = item.resolvedMs();
      alert.put(
          "endsAt",
          Instant.ofEpochMilli(resolved == null ? System.currentTimeMillis() + VALID_MS : resolved)
              .toString());
      alert.put("generatorURL", item.url());
    }
    if (!alerts.isEmpty()) {
      post(alerts.toString(), headers);
    }
  }
}
