package dev.thaw.bench.crash;

import dev.thaw.collector.rollup.Bucket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/**
 * Looks into a stopped collector's database, in a process of its own. Prints four numbers: spans
 * that were acknowledged and are missing, spans that are there twice, rows that nobody sent, and
 * rows that the engine says it can't read (then the others are 0).
 */
public final class CrashCheck {

  private static final int ID_BYTES = 24;

  private CrashCheck() {}

  private record Id(UUID trace, long span) {}

  /**
   * @param args the database's file; a file of acknowledged ids; a file of all ids that were sent,
   *     empty when nobody has kept them
   */
  public static void main(String[] args) throws Exception {
    Set<Id> acknowledged = read(Path.of(args[1]));
    Set<Id> sent = read(Path.of(args[2]));
    Properties readOnly = new Properties();
    readOnly.setProperty("duckdb.read_only", "true");
    long twice = 0;
    long unknown = 0;
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + Path.of(args[0]), readOnly);
        Statement statement = connection.createStatement()) {
      Set<Id> seen = new HashSet<>();
      for (String table : tables(statement)) {
        try (ResultSet row =
            statement.executeQuery(
                "SELECT trace_id, span_id, name, function, s::VARCHAR FROM " + table + " s")) {
          while (row.next()) {
            Id id = new Id((UUID) row.getObject(1), row.getLong(2));
            if (!seen.add(id)) {
              twice++;
            }
            boolean isOurs =
                (sent.isEmpty() || sent.contains(id))
                    && "charge".equals(row.getString(3))
                    && row.getString(4).startsWith("function-")
                    && row.getString(5).contains("postgresql");
            if (!isOurs) {
              unknown++;
            }
          }
        }
      }
      unknown += miscounted(statement);
      acknowledged.removeAll(seen);
      System.out.println(acknowledged.size() + " " + twice + " " + unknown + " 0");
    } catch (SQLException e) {
      System.err.println(e.getMessage());
      System.out.println("0 0 0 1");
    }
  }

  /** By how many invocations the rollups differ from the invocations themselves. */
  private static long miscounted(Statement statement) throws SQLException {
    long invocations;
    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM invocation")) {
      row.next();
      invocations = row.getLong(1);
    }
    long off = 0;
    for (String table : List.of("rollup", "rollup_hour")) {
      long counted = 0;
      try (ResultSet row = statement.executeQuery("SELECT data FROM " + table)) {
        while (row.next()) {
          counted += Bucket.decode(row.getBytes(1)).invocations();
        }
      }
      off += Math.abs(counted - invocations);
    }
    return off;
  }

  /** Of spans, one for each part. */
  private static List<String> tables(Statement statement) throws SQLException {
    List<String> found = new ArrayList<>();
    try (ResultSet row = statement.executeQuery("SELECT 'span_' || id FROM part")) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  private static Set<Id> read(Path file) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    Set<Id> ids = new HashSet<>(bytes.remaining() / ID_BYTES * 2);
    while (bytes.remaining() >= ID_BYTES) {
      ids.add(new Id(new UUID(bytes.getLong(), bytes.getLong()), bytes.getLong()));
    }
    return ids;
  }
}
