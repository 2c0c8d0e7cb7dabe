package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database can do to the machine that it is on. */
class DatabaseFileTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '%s/stolen.csv'",
        "ATTACH '%s/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
      })
  void itReachesNothingButItsOwnFile(String sql) throws Exception {
    try (DuckDBConnection connection = new DatabaseFile(folder).open(own -> own);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql.formatted(folder)))
          .isInstanceOf(SQLException.class);
      assertThat(folder.resolve("stolen.csv")).doesNotExist();
    }
  }
}
