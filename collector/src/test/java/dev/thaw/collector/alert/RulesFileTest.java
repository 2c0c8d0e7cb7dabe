package dev.thaw.collector.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesFileTest {

  @TempDir Path folder;

  private RulesFile read(String yaml) throws Exception {
    return RulesFile.read(Files.writeString(folder.resolve("alerts.yaml"), yaml));
  }

  @Test
  void aRuleIsRead() throws Exception {
    RulesFile file =
        read(
            "webhooks: [http://chat]\nrules: [{ name: late, kind: timeouts, function: pay*, count: 3, window: 2m }]");
    assertThat(file.rules())
        .containsExactly(
            new Rule(
                "late",
                Rule.Kind.TIMEOUTS,
                "pay*",
                3,
                Duration.ofMinutes(2),
                Duration.ofSeconds(1)));
    assertThat(file.webhooks()).hasSize(1);
  }

  @Test
  void aPatternMatchesWholeNames() {
    Rule rule = new Rule("r", Rule.Kind.ERRORS, "pay*v2", 1, Duration.ofMinutes(1), Duration.ZERO);
    assertThat(rule.matches("payment-v2")).isTrue();
    assertThat(rule.matches("payment-v22")).isFalse();
    assertThat(
            new Rule("r", Rule.Kind.ERRORS, "a.c", 1, Duration.ZERO, Duration.ZERO).matches("abc"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rules: [{ kind: timeouts }] | name is missing",
        "rules: [{ name: a, kind: lateness }] | use timeouts, errors, throttles or slow-cold-starts",
        "rules: [{ name: a, kind: errors, count: 0 }] | at least 1",
        "rules: [{ name: a, kind: errors, window: soon }] | write it as 30s, 5m or 1h",
        "rules: [{ name: a, kind: errors, window: 25h }] | between 1s and 24h",
        "rules: [{ name: a, kind: errors }, { name: a, kind: errors }] | two rules have this name",
        "rules: [{ name: a, kind: errors, colour: red }] | colour",
        "webhooks: [chat] | http:// or https://",
        "rules: [ | alerts.yaml:",
      })
  void aMistakeIsNamedWithWhatToDo(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alerts.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> RulesFile.read(folder.resolve("none.yaml")))
        .hasMessageContaining("does not exist");
  }
}
