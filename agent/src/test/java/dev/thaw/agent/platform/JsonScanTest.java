package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScanTest {

  private static Map<String, Object> scan(String json, String... fields) {
    return JsonScan.topLevel(json.getBytes(StandardCharsets.UTF_8), fields);
  }

  @Test
  void onlyTheFieldsAskedForAreRead() {
    assertThat(scan("{\"a\":1,\"b\":{\"c\":[true,null,\"x\"]},\"d\":\"e\"}", "b"))
        .isEqualTo(Map.of("b", Map.of("c", List.of(true, "x"))));
  }

  @Test
  void escapesAreUndone() {
    assertThat(scan("{\"a\":\"\\u00e4\\n\\\"\\\\\"}", "a")).containsEntry("a", "ä\n\"\\");
  }

  @Test
  void whatIsPassedOverMayBeNestedAsDeepAsItLikes() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThat(scan("{\"x\":" + deep + ",\"a\":\"b\"}", "a")).containsEntry("a", "b");
  }

  @Test
  void whatIsReadIsNotNestedDeeperThanItsLimit() {
    String deep = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
    assertThat(scan(deep, "a")).containsKey("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"text\"",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":\"b",
        "{\"a\":tru}",
        "{\"a\":\"\\u12",
        "{\"a\" 1}",
        "{,}"
      })
  void whatIsNoObjectIsEmptyAndNeverAnException(String json) {
    assertThat(scan(json, "a")).isEmpty();
  }
}
