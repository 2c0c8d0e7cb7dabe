package dev.thaw.collector.store.duckdb;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, and how those of an older version become them.
 *
 * <p>No table has a key or an index: they would cost more than everything else, and a table with
 * one gives no room back when rows are deleted. What must be there once is looked for before it is
 * appended.
 */
final class Schema {

  static final int VERSION = 10;

  /** The oldest one that can be brought up to date. */
  private static final int OLDEST = 3;

  private static final String[] TABLES = {
    "CREATE TABLE IF NOT EXISTS journal (position BIGINT)",
    """
    CREATE TABLE IF NOT EXISTS part (
      id INTEGER, opened_ns BIGINT, closed_ns BIGINT, first_ns BIGINT, last_ns BIGINT, spans BIGINT, thinned BOOLEAN)
    """,
    "CREATE TABLE IF NOT EXISTS attribute (id INTEGER, key VARCHAR, type TINYINT)",
    """
    CREATE TABLE IF NOT EXISTS invocation (
      part INTEGER, trace_id UUID, span_id BIGINT, parent_span_id BIGINT, certainty TINYINT, function VARCHAR,
      request_id VARCHAR, start_ns BIGINT, end_ns BIGINT, outcome TINYINT, cold BOOLEAN, init_ns BIGINT,
      trigger_kind VARCHAR, instance VARCHAR, version VARCHAR, timeout_ns BIGINT, memory_used BIGINT, memory_limit BIGINT,
      queue_wait_ns BIGINT, error_type VARCHAR, error_message VARCHAR, dead_letters INTEGER, place VARCHAR, environment VARCHAR)
    """,
    """
    CREATE TABLE IF NOT EXISTS throttle (
      part INTEGER, trace_id UUID, span_id BIGINT, caller VARCHAR, target VARCHAR, reason VARCHAR, refused INTEGER,
      start_ns BIGINT, environment VARCHAR)
    """,
    """
    CREATE TABLE IF NOT EXISTS relation (
      part INTEGER, key_trace UUID, key_span BIGINT, role TINYINT, trace_id UUID, span_id BIGINT, start_ns BIGINT)
    """,
    "CREATE TABLE IF NOT EXISTS trace_index (part INTEGER, piece INTEGER, bits BLOB)",
    "CREATE TABLE IF NOT EXISTS rest_key (part INTEGER, key VARCHAR)",
    "CREATE TABLE IF NOT EXISTS rollup (function VARCHAR, version VARCHAR, minute BIGINT, data BLOB, environment VARCHAR)",
    "CREATE TABLE IF NOT EXISTS rollup_hour (function VARCHAR, version VARCHAR, minute BIGINT, data BLOB, environment VARCHAR)"
  };

  private Schema() {}

  /**
   * @throws IllegalArgumentException when the tables are of a version that is not known
   */
  static void prepare(Statement statement, Path file, long nowNs) throws SQLException {
    statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)");
    int version;
    try (ResultSet found = statement.executeQuery("SELECT max(version) FROM schema_version")) {
      found.next();
      version = found.getInt(1);
    }
    if (version != 0 && (version < OLDEST || version > VERSION)) {
      throw new IllegalArgumentException(
          file
              + " has schema version "
              + version
              + ", this collector needs "
              + VERSION
              + ". Use another data folder, or the collector that made it.");
    }
    statement.execute("BEGIN");
    if (version == 3) {
      // The fourth keeps resources apart, and knows how far it has come in the journal.
      statement.execute("ALTER TABLE span ADD COLUMN resource_id BIGINT");
      statement.execute("CREATE TABLE resource (id BIGINT, body VARCHAR)");
      statement.execute("CREATE TABLE journal (position BIGINT)");
      statement.execute("INSERT INTO journal VALUES (0)");
    }
    if (version == 3 || version == 4) {
      toParts(statement, nowNs);
    }
    if (version == 5) {
      // The sixth tells versions apart; the store makes the hours.
      statement.execute(
          "CREATE TABLE with_version AS SELECT function, '' AS version, minute, data FROM rollup");
      statement.execute("DROP TABLE rollup");
      statement.execute("ALTER TABLE with_version RENAME TO rollup");
    }
    if (version != 0 && version < 7) {
      // The seventh counts dead letters, and adds up in the minute in which something ended.
      statement.execute(
          "ALTER TABLE invocation ADD COLUMN IF NOT EXISTS dead_letters INTEGER DEFAULT 0");
    }
    if (version != 0 && version < 8) {
      // The eighth knows where failed invocations stood.
      statement.execute("ALTER TABLE invocation ADD COLUMN IF NOT EXISTS place VARCHAR DEFAULT ''");
    }
    if (version != 0 && version < 9) {
      // The ninth tells environments apart, and knows which parts can't have a trace.
      for (String table : List.of("invocation", "throttle", "rollup", "rollup_hour")) {
        statement.execute(
            "ALTER TABLE IF EXISTS "
                + table
                + " ADD COLUMN IF NOT EXISTS environment VARCHAR DEFAULT ''");
      }
    }
    // The tenth writes rows of rollups in another form; those that are there can be read.
    for (String table : TABLES) {
      statement.execute(table);
    }
    if (version == 0) {
      statement.execute("INSERT INTO journal VALUES (0)");
    }
    if (version != VERSION) {
      statement.execute("DELETE FROM schema_version");
      statement.execute("INSERT INTO schema_version VALUES (" + VERSION + ")");
    }
    statement.execute("COMMIT");
  }

  /** The fifth has spans and their resources in parts; what there was becomes the first. */
  private static void toParts(Statement statement, long nowNs) throws SQLException {
    statement.execute(
        "CREATE TABLE span_1 AS SELECT trace_id, span_id, parent_span_id, certainty, kind, name, function, start_ns,"
            + " end_ns - start_ns AS duration_ns, status, resource_id, body AS rest FROM span");
    statement.execute("CREATE TABLE resource_1 AS SELECT id, body FROM resource");
    statement.execute("DROP TABLE span");
    statement.execute("DROP TABLE resource");
    statement.execute(TABLES[1]);
    statement.execute(
        "INSERT INTO part VALUES (1, %d, 0, %d, %d, 0, false)"
            .formatted(nowNs, Long.MAX_VALUE, -Long.MAX_VALUE));
    for (String table : Parts.BY_PART) {
      statement.execute("CREATE TABLE with_part AS SELECT 1 AS part, * FROM " + table);
      statement.execute("DROP TABLE " + table);
      statement.execute("ALTER TABLE with_part RENAME TO " + table);
    }
    // Made again from the invocations.
    statement.execute("DROP TABLE rollup");
  }
}
