package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * docs/supported.md says what the tests have shown, and nothing else. Runs after them (
 * junit-platform.properties); {@code -Dthaw.write.docs=true} writes the table.
 */
@Order(Integer.MAX_VALUE)
class SupportedIT {

  private static final Path PAGE = Path.of("../docs/supported.md");
  private static final String BEGIN = "<!-- clients: written by SupportedIT -->\n";
  private static final String END = "<!-- end of clients -->";

  /** One library: its versions, and what was shown with all of them. */
  private static final class Row {
    final List<String> versions = new ArrayList<>();
    final List<String> shown = new ArrayList<>();
  }

  @Test
  void theTableOfClientsIsWhatTheTestsHaveShown() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END);
    if (Boolean.getBoolean("thaw.write.docs")) {
      page = page.substring(0, from) + table() + page.substring(to);
      Files.writeString(PAGE, page);
      to = page.indexOf(END);
    }
    assertThat(page.substring(from, to)).isEqualTo(table());
  }

  private static String table() throws IOException {
    Map<String, Row> rows = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    try (Stream<Path> files = Files.list(Supported.FOLDER)) {
      for (Path file : files.sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        Row row = rows.computeIfAbsent(lines.get(0), absent -> new Row());
        List<String> shown = List.of(lines.get(2).split(" "));
        if (row.versions.isEmpty()) {
          row.shown.addAll(shown);
        }
        row.shown.retainAll(shown);
        // What holds for each JDK is tested on the one that runs this.
        row.versions.add(lines.get(1).startsWith("JDK") ? "JDK" : lines.get(1));
      }
    }
    StringBuilder table = new StringBuilder();
    table.append(
        "| client | tested with | span and error | context carried out | throttle seen |\n");
    table.append("| --- | --- | --- | --- | --- |\n");
    rows.forEach(
        (name, row) -> {
          row.versions.sort(SupportedIT::compareVersions);
          table.append(
              "| %s | %s | %s | %s | %s |\n"
                  .formatted(
                      name,
                      String.join(", ", row.versions),
                      mark(row, "span") + mark(row, "error"),
                      name.startsWith("JDBC") ? "not possible" : mark(row, "context"),
                      name.startsWith("JDBC") || name.startsWith("Kafka")
                          ? "it has none"
                          : mark(row, "throttle")));
        });
    return table.toString().replace("yesyes", "yes");
  }

  private static String mark(Row row, String what) {
    return row.shown.contains(what) ? "yes" : "NO";
  }

  private static int compareVersions(String one, String other) {
    String[] first = one.split("[^0-9]+");
    String[] second = other.split("[^0-9]+");
    for (int i = 0; i < Math.min(first.length, second.length); i++) {
      if (!first[i].isEmpty() && !second[i].isEmpty() && !first[i].equals(second[i])) {
        return Integer.compare(Integer.parseInt(first[i]), Integer.parseInt(second[i]));
      }
    }
    return one.compareTo(other);
  }
}
