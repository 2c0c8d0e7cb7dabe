package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The collector's half of docs/reference/configuration.md is what Settings declares. Run with
 * -Dthaw.write.docs=true to write it.
 */
class ConfigurationDocTest {

  private static final Path PAGE = Path.of("../docs/reference/configuration.md");
  private static final String BEGIN = "<!-- collector: begin -->\n";
  private static final String END = "<!-- collector: end -->";

  @Test
  void thePageShowsEveryOption() throws Exception {
    StringBuilder table =
        new StringBuilder("| variable | default | meaning |\n| --- | --- | --- |\n");
    for (Settings.Option option : Settings.OPTIONS) {
      table.append(
          "| `%s` | %s | %s |\n"
              .formatted(
                  option.name(),
                  option.defaultValue().isEmpty() ? "" : "`" + option.defaultValue() + "`",
                  option.description()));
    }
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    if (Boolean.getBoolean("thaw.write.docs")) {
      Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(end));
      return;
    }
    assertThat(page.substring(begin, end)).isEqualTo(table.toString());
  }
}
