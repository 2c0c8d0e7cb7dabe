package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code thaw alerts test}, on a running collector. */
class AlertsCommandTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Collector collector;
  private int port;
  private Path rules;

  @BeforeEach
  void start() {
    collector = CollectorForTests.in(folder.resolve("data"));
    port = collector.port();
    rules = folder.resolve("rules.yaml");
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private int test(String yaml, String since) throws Exception {
    Files.writeString(rules, yaml);
    String url = "http://127.0.0.1:" + port + "/";
    String[] arguments = {"test", "--rule", rules.toString(), "--url", url, "--since", since};
    return new CommandLine(new AlertsCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void itSaysWhenEachRuleWouldHaveFired() throws Exception {
    int code =
        test(
            """
            rules:
              - {name: quiet, kind: timeouts}
              - {name: night, kind: silence, function: nightly}
            channels: [{type: slack, url: '${NOT_SET_HERE}'}]
            """,
            "2d");
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("quiet: 1 or more timeouts within 5m")
        .contains("would not have fired")
        .contains("night: no invocations within 15m")
        .contains("would have fired 1 times")
        .contains("nightly: no invocations within 15m");
  }

  @Test
  void aWrongFileIsExplainedWithItsPlaces() throws Exception {
    assertThat(test("rules:\n  - name: r\n    kind: timeout\n", "24h")).isEqualTo(2);
    assertThat(err.toString()).startsWith(rules + ":3:11: kind is 'timeout'; use one of timeouts");
    assertThat(test("rules: [", "24h")).isEqualTo(2);
  }

  @Test
  void aWrongTimeIsExplained() throws Exception {
    assertThat(test("rules: []", "1 week")).isEqualTo(2);
    assertThat(err.toString()).contains("--since is '1 week'; write 1h to 7d");
  }

  @Test
  void noCollectorThereIsSaid() throws Exception {
    collector.close();
    assertThat(test("rules: []", "1h")).isEqualTo(1);
    assertThat(err.toString()).contains("no collector answers at");
    collector = CollectorForTests.in(folder.resolve("data"));
  }
}
