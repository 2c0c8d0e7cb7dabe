package dev.thaw.collector.store.duckdb;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBConnection;

/**
 * The parts that spans are kept in: a table of spans and one of their resources for each hour in
 * which they came, so that old ones go by dropping a table.
 *
 * <p>By arrival, not by the spans' own times: a function with a wrong clock can neither scatter its
 * spans over a thousand parts nor keep a part for ever. A part that is closed knows the first and
 * last start in it.
 */
final class Parts {

  /**
   * @param openedNs when it was begun, nanoseconds since the Unix epoch
   * @param closedNs when the next one was begun; 0 while it is written
   * @param firstNs when the first span in it began, once it is closed
   * @param lastNs when the last one began
   * @param thinned whether only what is kept longer is in it
   */
  record Part(
      int id,
      long openedNs,
      long closedNs,
      long firstNs,
      long lastNs,
      long spans,
      boolean thinned) {

    String spanTable() {
      return "span_" + id;
    }

    String resourceTable() {
      return "resource_" + id;
    }
  }

  /** Tables whose rows belong to a part. */
  static final List<String> BY_PART = List.of("invocation", "throttle", "relation");

  /** Go with their part, and not with its rows. */
  private static final List<String> OF_WHOLE = List.of("trace_index", "rest_key");

  private Parts() {}

  /** In the order of their time; the one that is written is the last. */
  static List<Part> all(Connection connection) throws SQLException {
    List<Part> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT id, opened_ns, closed_ns, first_ns, last_ns, spans, thinned FROM part"
                    + " ORDER BY closed_ns = 0, opened_ns, id")) {
      while (row.next()) {
        found.add(
            new Part(
                row.getInt(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getBoolean(7)));
      }
    }
    return found;
  }

  /** Makes an empty one, with the columns that all have. */
  static Part create(DuckDBConnection writing, long openedNs, long closedNs, boolean thinned)
      throws SQLException {
    try (Statement statement = writing.createStatement()) {
      int id;
      try (ResultSet row = statement.executeQuery("SELECT coalesce(max(id), 0) + 1 FROM part")) {
        row.next();
        id = row.getInt(1);
      }
      Part part = new Part(id, openedNs, closedNs, Long.MAX_VALUE, -Long.MAX_VALUE, 0, thinned);
      statement.execute(
          "CREATE TABLE "
              + part.spanTable()
              + " (trace_id UUID, span_id BIGINT, parent_span_id BIGINT, certainty TINYINT, kind TINYINT, name VARCHAR,"
              + " function VARCHAR, start_ns BIGINT, duration_ns BIGINT, status TINYINT, resource_id BIGINT, rest VARCHAR)");
      statement.execute("CREATE TABLE " + part.resourceTable() + " (id BIGINT, body VARCHAR)");
      statement.execute(
          "INSERT INTO part VALUES (%d, %d, %d, %d, %d, 0, %s)"
              .formatted(id, openedNs, closedNs, part.firstNs(), part.lastNs(), thinned));
      return part;
    }
  }

  /** Notes that spans were added. */
  static void grow(DuckDBConnection writing, int id, long firstNs, long lastNs, long spans)
      throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute(
          "UPDATE part SET first_ns = least(first_ns, %d), last_ns = greatest(last_ns, %d), spans = spans + %d WHERE id = %d"
              .formatted(firstNs, lastNs, spans, id));
    }
  }

  static void close(DuckDBConnection writing, int id, long nowNs) throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute("UPDATE part SET closed_ns = %d WHERE id = %d".formatted(nowNs, id));
    }
  }

  /** With everything that belongs to it. */
  static void drop(DuckDBConnection writing, Part part) throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute("DROP TABLE " + part.spanTable());
      statement.execute("DROP TABLE " + part.resourceTable());
      for (String table : BY_PART) {
        statement.execute("DELETE FROM " + table + " WHERE part = " + part.id());
      }
      for (String table : OF_WHOLE) {
        statement.execute("DELETE FROM " + table + " WHERE part = " + part.id());
      }
      statement.execute("DELETE FROM part WHERE id = " + part.id());
    }
  }
}
