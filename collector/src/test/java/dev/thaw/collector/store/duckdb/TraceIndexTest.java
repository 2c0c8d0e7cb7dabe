package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a busy hour: it may have as many traces as the collector can take in one. */
class TraceIndexTest {

  private static final long HOUR_NS = 3_600_000_000_000L;

  @TempDir Path folder;

  @Test
  void millionsOfTracesAreIndexedInLittleMemory() throws Exception {
    try (DuckDbStore store = DuckDbStore.open(folder, () -> Spans.NOW_NS)) {
      store.append(List.of(Spans.invocation("f", 1).build()));
    }
    // Three million, which would take a hundred megabytes at once.
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("thaw.duckdb"));
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO span_1 SELECT span_1.* REPLACE (uuid() AS trace_id) FROM span_1, range(3000000)");
    }
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).contains("spans found: 1");
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("thaw.duckdb"));
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), sum(octet_length(bits)) FROM trace_index WHERE part = 1")) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(256);
      assertThat(row.getLong(2)).isBetween(3_400_000L, 4_600_000L);
    }
  }

  /** What the test does in little memory: the next hour begins. */
  public static final class Program {

    private Program() {}

    public static void main(String[] args) {
      try (DuckDbStore store =
          DuckDbStore.open(Path.of(args[0]), () -> Spans.NOW_NS + 2 * HOUR_NS)) {
        store.append(List.of(Spans.invocation("f", 2).build()));
        String first = Spans.invocation("f", 1).build().traceId();
        System.out.println("spans found: " + store.trace(first).size());
      }
    }
  }
}
