package dev.thaw.collector.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import dev.thaw.collector.alert.Alerting;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Alerts, rules and silences under {@code /api/v1/alerts}, as openapi.yaml describes them. */
public final class AlertsApi {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long DAY_MS = 86_400_000;
  private static final String ALERTS = "/api/v1/alerts";

  /** What is posted only because it is too long for an address: it changes nothing. */
  static final String PREVIEW = ALERTS + "/preview";

  static final String TEST = ALERTS + "/test";

  private final Alerting alerting;
  private final JsonService json;

  public AlertsApi(Alerting alerting, JsonService json) {
    this.alerting = alerting;
    this.json = json;
  }

  public void addTo(ServerBuilder server) {
    server.service(ALERTS, json.get(p -> alerting.view()));
    server.service(
        "/api/v1/functions/{name}/rule-suggestions",
        json.get(p -> Map.of("suggestions", alerting.suggestions(p.path("name")))));
    server.service(
        ALERTS + "/rules.yaml",
        (context, request) ->
            HttpResponse.of(HttpStatus.OK, MediaType.parse("application/yaml"), alerting.export()));
    add(server, HttpMethod.POST, ALERTS + "/rules", json.change(this::save));
    add(server, HttpMethod.DELETE, ALERTS + "/rules", json.change((p, body) -> remove(p)));
    add(server, HttpMethod.POST, ALERTS + "/silences", json.change(this::silence));
    add(
        server,
        HttpMethod.DELETE,
        ALERTS + "/silences/{id}",
        json.change((p, body) -> done(alerting.endSilence(p.path("id")))));
    add(
        server,
        HttpMethod.POST,
        PREVIEW,
        json.change((p, body) -> alerting.preview(body, since(p))));
    add(
        server,
        HttpMethod.POST,
        TEST,
        json.change((p, body) -> Map.of("results", alerting.previewFile(body, since(p)))));
  }

  private static void add(
      ServerBuilder server, HttpMethod method, String path, HttpService service) {
    server.service(Route.builder().path(path).methods(method).build(), service);
  }

  private static long since(Parameters p) {
    return p.number("from", p.nowMs() - DAY_MS, 0, p.nowMs());
  }

  private Object save(Parameters p, String body) {
    String replaced = p.text("replaces");
    alerting.save(body, replaced == null ? "" : replaced);
    return Map.of("saved", true);
  }

  private @Nullable Object remove(Parameters p) {
    String name = p.text("name");
    return done(name != null && alerting.remove(name));
  }

  private static @Nullable Object done(boolean was) {
    return was ? Map.of("removed", true) : null;
  }

  private Object silence(Parameters p, String body) {
    JsonNode silence;
    try {
      silence = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A silence is {\"rule\": ..., \"function\": ..., \"untilMs\": ..., \"why\": ...}", e);
    }
    return alerting.silence(
        silence.path("rule").asText(""),
        silence.path("function").asText(""),
        silence.path("untilMs").asLong(),
        silence.path("why").asText(""),
        Access.who(p.context()));
  }
}
