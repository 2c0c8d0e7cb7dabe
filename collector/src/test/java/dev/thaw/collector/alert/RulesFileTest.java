package dev.thaw.collector.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.alert.channel.Channel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesFileTest {

  private static RulesFile read(String yaml) {
    return RulesFile.read(yaml, "rules.yaml", name -> name.equals("SECRET") ? "s3cret" : null);
  }

  @Test
  void aRuleThatSaysLittleHasSaneDefaults() {
    Rule rule = read("rules:\n  - name: late\n    kind: timeouts\n").rules().get(0);
    assertThat(rule.selector()).isEqualTo(Selector.ALL);
    assertThat(rule.threshold()).isEqualTo(1);
    assertThat(rule.window()).isEqualTo(Duration.ofMinutes(5));
    assertThat(rule.pendingFor()).isZero();
    assertThat(rule.keepFiring()).isEqualTo(Duration.ofMinutes(2));
    assertThat(rule.sentence()).isEqualTo("1 or more timeouts within 5m");
  }

  @Test
  void everythingThatARuleCanSayIsRead() {
    Rule rule =
        RulesFile.rules(
                """
                rules:
                  - name: payments are slow
                    kind: duration
                    function: pay-*
                    percentile: p95
                    threshold: 800ms
                    resolve: 600ms
                    window: 10m
                    for: 5m
                    keep-firing: 10m
                    minimum: 50
                    severity: critical
                    notify: [oncall]
                    runbook: https://wiki.example/slow
                """)
            .get(0);
    assertThat(rule.percentile()).isEqualTo(95);
    assertThat(rule.threshold()).isEqualTo(800);
    assertThat(rule.resolve()).isEqualTo(600);
    assertThat(rule.sentence()).isEqualTo("p95 of durations of 800ms or more within 10m, for 5m");
    assertThat(rule.channels()).containsExactly("oncall");
  }

  @Test
  void whatIsWrittenIsReadAsTheSame() {
    List<Rule> rules =
        RulesFile.rules(
            """
                rules:
                  - {name: 'a "b" : #c', kind: silence, function: "*x*", window: 2h}
                  - {name: "yes", kind: memory, percentile: p99.5, threshold: 85.5%, resolve: 70%}
                  - {name: d, kind: errors, tag: "team=a b", compared-with: last-week, threshold: +50%}
                  - {name: e, kind: silence, chain: checkout, compared-with: yesterday, threshold: -80%}
                  - {name: f, kind: cost, threshold: $0.005, window: 1d, severity: info, keep-firing: 0s}
                  - {name: g, kind: slow-cold-starts, slower-than: 1500ms, threshold: 2, window: 30s, for: 90s}
                  - {name: "ünï😀", kind: duration, percentile: max, threshold: 1234.5ms, minimum: 0, notify: [a, "b: c"]}
                """);
    assertThat(rules).hasSize(7);
    assertThat(RulesFile.rules(RuleWriter.yaml(rules))).isEqualTo(rules);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: timeout | 3:5: kind is 'timeout'; use one of timeouts, near-timeouts",
        "kind: memory\\n    threshold: 90 | 4:5: threshold is '90'; write a share such as 5%",
        "kind: duration\\n    threshold: fast | 4:5: threshold is 'fast'; write a time such as 800ms",
        "kind: duration\\n    window: 30s | 4:5: window is '30s'; for duration it must be a minute or more",
        "kind: timeouts\\n    window: 8d | 4:5: window is '8d'; it must lie between 1s and 7d",
        "kind: timeouts\\n    window: 90s | 4:5: window is '90s'; from a minute on use whole minutes",
        "kind: timeouts\\n    treshold: 3 | 4:5: 'treshold' is not known here; use name, kind,",
        "kind: timeouts\\n    threshold: +50% | 4:5: threshold is '+50%', a change; say compared-with",
        "kind: errors\\n    compared-with: yesterday | 2:5: a rule that compares needs a threshold such as +50%",
        "kind: errors\\n    function: a\\n    tag: b=c | 2:5: a rule is about a function, a tag or a chain",
        "kind: errors\\n    tag: payments | 4:5: tag is 'payments'; write key=value",
        "kind: memory\\n    resolve: 95% | 4:5: resolve is '95%', beyond the threshold",
        "kind: duration\\n    percentile: 101 | 4:5: percentile is '101'; write p50 to p100, or max",
        "kind: errors\\n    severity: bad | 4:5: severity is 'bad'; use critical, error, warning, info",
        "kind: errors\\n    runbook: javascript:x | 4:5: runbook is 'javascript:x'; write an address",
        "kind: errors\\n    for: [1m] | 4:5: for is one value",
        "kind: errors\\n    threshold: 0 | 4:5: threshold is '0'; it must be more than zero",
        "kind: errors\\n    kind: timeouts | 4:5: 'kind' is there twice",
      })
  void aMistakeIsSaidWithItsLineAndWhatToWrite(String fields, String message) {
    String yaml = "rules:\n  - name: r\n    " + fields.replace("\\n", "\n") + "\n";
    String place = message.substring(0, message.indexOf(':'));
    String text = message.substring(message.indexOf(": ") + 2);
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(RulesException.class)
        .hasMessageContaining("rules.yaml:" + place + ":")
        .hasMessageContaining(text);
  }

  @Test
  void allMistakesAreSaidAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    rules:
                      - name: a
                        kind: timeout
                      - name: b
                        kind: errors
                        window: 1x
                    channels:
                      - type: pigeon
                    """))
        .isInstanceOfSatisfying(
            RulesException.class,
            e -> assertThat(e.problems()).extracting(Problem::line).containsExactly(3, 6, 8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rules: [",
        "a: b: c",
        "\tx: 1",
        "rules: &a [*a]",
        "rules: !!java.net.URL [x]",
        "[]",
        "x"
      })
  void whatIsNoYamlOrNoRulesIsRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(RulesException.class);
  }

  @Test
  void manyAliasesOfAliasesAreRefusedAndNotExpanded() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      yaml.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatThrownBy(() -> read(yaml.toString())).isInstanceOf(RulesException.class);
  }

  @Test
  void anEmptyFileHasNoRules() {
    assertThat(read("").rules()).isEmpty();
    assertThat(read("rules:\n").rules()).isEmpty();
  }

  @Test
  void aSecretComesFromTheEnvironment() {
    List<Channel> channels =
        read("channels:\n  - {type: webhook, url: 'https://hooks.example/${SECRET}'}\n").channels();
    assertThat(channels).extracting(Channel::target).containsExactly("https://hooks.example");
    assertThatThrownBy(
            () -> read("channels:\n  - {type: webhook, url: 'https://hooks.example/${OTHER}'}\n"))
        .hasMessageContaining("rules.yaml:2:5: channel 'webhook': url names the variable OTHER");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: slack} | url is missing",
        "{type: slack, url: chat.example} | url is no address",
        "{type: slack, url: 'https://a.example', colour: red} | 'colour' is not known here; use allow-local, url",
        "{type: pagerduty} | key is missing",
        "{type: email, server: a.example} | from is missing",
        "{type: email, server: a.example, from: a@b.example} | to is missing",
        "{type: email, server: a.example, from: nobody, to: a@b.example} | from is 'nobody', which is no mail address",
        "{type: email, server: 'a.example:x', from: a@b.example, to: a@b.example} | write name:port",
        "{type: email, server: a.example, tls: maybe, from: a@b.example, to: a@b.example} | use starttls, tls or none",
        "{type: command} | run is missing",
        "{type: command, run: [date]} | name one with its whole path",
        "{type: pigeon} | type is 'pigeon'; use webhook, slack, email",
      })
  void aChannelThatCannotBeUsedIsSaid(String channel, String message) {
    assertThatThrownBy(() -> read("channels:\n  - " + channel + "\n"))
        .hasMessageContaining("rules.yaml:2:5: channel")
        .hasMessageContaining(message);
  }

  @Test
  void aRuleMustNotNameAChannelThatIsNotThere() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    rules: [{name: r, kind: errors, notify: [oncal]}]
                    channels: [{type: webhook, name: oncall, url: 'https://a.example'}]
                    """))
        .hasMessageContaining("there is no channel 'oncal'");
    assertThatThrownBy(() -> read("rules: [{name: r, kind: errors, notify: [oncal]}]"))
        .hasMessageContaining("there is no channel 'oncal'");
  }
}
