package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and silences over HTTP, as the dashboard's editor uses them. */
class AlertsApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  private Collector collector;
  private String token = "";

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("rules.yaml"), "rules: [{name: of the file, kind: timeouts}]");
    restart();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private void restart(String... more) {
    if (collector != null) {
      collector.close();
    }
    String[] settings = new String[more.length + 2];
    settings[0] = "THAW_ALERTS";
    settings[1] = folder.resolve("rules.yaml").toString();
    System.arraycopy(more, 0, settings, 2, more.length);
    collector = CollectorForTests.in(folder.resolve("data"), settings);
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + collector.port() + "/api/v1/alerts" + path))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode view() throws Exception {
    return JSON.readTree(send("GET", "", "").body());
  }

  private String message(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body()).path("message").asText();
  }

  private String schemaOf(String name, String body) throws Exception {
    String document =
        HTTP.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + collector.port() + "/api/v1/openapi.yaml"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return OpenApi.schema(document, name).validate(JSON.readTree(body)).toString();
  }

  private static final String SLOW =
      "{\"name\": \"slow\", \"kind\": \"duration\", \"threshold\": \"800ms\", \"function\": \"pay-*\"}";

  @Test
  void aRuleIsSavedShownAndThereAfterARestart() throws Exception {
    assertThat(send("POST", "/rules", SLOW).statusCode()).isEqualTo(200);
    assertThat(schemaOf("AlertList", send("GET", "", "").body())).isEqualTo("[]");
    restart();
    JsonNode rule = view().path("rules").get(1);
    assertThat(rule.path("fields").path("name").asText()).isEqualTo("slow");
    assertThat(rule.path("sentence").asText())
        .isEqualTo("p99 of durations of 800ms or more within 5m");
    assertThat(rule.path("file").asText()).isEmpty();
  }

  @Test
  void aRuleTakesThePlaceOfTheOneThatWasEdited() throws Exception {
    send("POST", "/rules", SLOW);
    String renamed = SLOW.replace("\"slow\"", "\"slower\"").replace("800ms", "2s");
    assertThat(send("POST", "/rules?replaces=slow", renamed).statusCode()).isEqualTo(200);
    assertThat(view().path("rules").findValuesAsText("name"))
        .containsExactly("of the file", "slower");
  }

  @Test
  void whatWasExportedIsAFileThatCanBeUsed() throws Exception {
    send("POST", "/rules", SLOW);
    String yaml = send("GET", "/rules.yaml", "").body();
    assertThat(yaml).contains("name: of the file").contains("threshold: 800ms");
    assertThat(send("DELETE", "/rules?name=slow", "").statusCode()).isEqualTo(200);
    Files.writeString(folder.resolve("rules.yaml"), yaml);
    restart();
    assertThat(view().path("rules")).hasSize(2);
  }

  @Test
  void aWrongRuleIsRefusedWithTheFieldAndWhatToWrite() throws Exception {
    HttpResponse<String> answer =
        send("POST", "/rules", "{\"name\": \"x\", \"kind\": \"memory\", \"threshold\": \"5\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode problem = JSON.readTree(answer.body()).path("problems").get(0);
    assertThat(problem.path("message").asText())
        .isEqualTo("threshold is '5'; write a share such as 5%");
    assertThat(schemaOf("Message", answer.body())).isEqualTo("[]");
  }

  @Test
  void aRuleOfTheFileIsChangedInTheFile() throws Exception {
    String same = SLOW.replace("\"slow\"", "\"of the file\"");
    assertThat(message(send("POST", "/rules", same))).contains("stands in").contains("rules.yaml");
    assertThat(message(send("DELETE", "/rules?name=of%20the%20file", "")))
        .contains("remove it there");
    assertThat(send("DELETE", "/rules?name=nobody", "").statusCode()).isEqualTo(404);
  }

  @Test
  void twoRulesHaveTwoNames() throws Exception {
    send("POST", "/rules", SLOW);
    assertThat(message(send("POST", "/rules", SLOW))).contains("there is a rule 'slow' already");
  }

  @Test
  void aPreviewIsWhatTheDocumentSays() throws Exception {
    HttpResponse<String> preview = send("POST", "/preview", SLOW);
    assertThat(preview.statusCode()).isEqualTo(200);
    assertThat(schemaOf("Preview", preview.body())).isEqualTo("[]");
    HttpResponse<String> test =
        send("POST", "/test", "rules:\n  - {name: a, kind: silence, function: nobody}\n");
    assertThat(schemaOf("PreviewList", test.body())).isEqualTo("[]");
    assertThat(JSON.readTree(test.body()).path("results").get(0).path("firings").asInt())
        .isEqualTo(1);
  }

  @Test
  void aSilenceIsThereUntilItIsEnded() throws Exception {
    long until = System.currentTimeMillis() + 3_600_000;
    HttpResponse<String> made =
        send(
            "POST",
            "/silences",
            "{\"rule\":\"*\",\"function\":\"pay-*\",\"untilMs\":"
                + until
                + ",\"why\":\"we know\"}");
    assertThat(schemaOf("Silence", made.body())).isEqualTo("[]");
    restart();
    assertThat(view().path("silences")).hasSize(1);
    String id = JSON.readTree(made.body()).path("id").asText();
    assertThat(send("DELETE", "/silences/" + id, "").statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "/silences/" + id, "").statusCode()).isEqualTo(404);
    assertThat(view().path("silences")).isEmpty();
  }

  @Test
  void aSilenceThatCannotBeIsRefused() throws Exception {
    assertThat(
            message(send("POST", "/silences", "{\"rule\":\"x\",\"function\":\"*\",\"untilMs\":1}")))
        .contains("ends between now and 90 days");
    assertThat(message(send("POST", "/silences", "{\"untilMs\":9000000000000}")))
        .contains("needs a rule and a function");
    assertThat(message(send("POST", "/silences", "nonsense"))).contains("A silence is");
  }

  @Test
  void whoMayOnlyReadChangesNothing() throws Exception {
    Path tokens = folder.resolve("tokens");
    String reader = Tokens.add(tokens, Tokens.Kind.READ, "rita");
    String editor = Tokens.add(tokens, Tokens.Kind.EDIT, "ed");
    restart("THAW_TOKENS", tokens.toString());
    assertThat(send("GET", "", "").statusCode()).isEqualTo(401);
    token = reader;
    assertThat(send("GET", "", "").statusCode()).isEqualTo(200);
    assertThat(send("POST", "/preview", SLOW).statusCode()).isEqualTo(200);
    assertThat(send("POST", "/rules", SLOW).statusCode()).isEqualTo(403);
    assertThat(send("DELETE", "/rules?name=slow", "").statusCode()).isEqualTo(403);
    assertThat(message(send("POST", "/silences", "{}"))).contains("./thaw token edit");
    token = editor;
    assertThat(send("POST", "/rules", SLOW).statusCode()).isEqualTo(200);
    long until = System.currentTimeMillis() + 3_600_000;
    send("POST", "/silences", "{\"rule\":\"a\",\"function\":\"b\",\"untilMs\":" + until + "}");
    assertThat(view().path("silences").get(0).path("by").asText()).isEqualTo("ed");
  }
}
