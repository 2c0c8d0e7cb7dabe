package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.store.Keep;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is too old. A part that is older than ordinary traces are kept is thinned: what is
 * kept longer moves to a part that holds such of a whole day, and the part is dropped.
 *
 * <p>Each part goes in a transaction of its own, so that a stop in between leaves whole parts.
 */
final class Forgetting {

  private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);
  private static final long DAY_NS = 86_400_000_000_000L;

  /** A trace may begin in one part and end in the next. */
  private static final long LONGEST_TRACE_NS = 3_600_000_000_000L;

  private final DuckDBConnection writing;
  private final DatabaseFile file;
  private final Keep keep;
  private final long nowNs;

  Forgetting(DuckDBConnection writing, DatabaseFile file, Keep keep, long nowNs) {
    this.writing = writing;
    this.file = file;
    this.keep = keep;
    this.nowNs = nowNs;
  }

  /**
   * @return how many spans were removed
   */
  long run() throws SQLException {
    long removed = 0;
    for (Parts.Part part : Parts.all(writing)) {
      if (part.closedNs() != 0 && part.closedNs() < nowNs - keep.notable().toNanos()) {
        removed += drop(part);
      } else if (isThick(part) && part.closedNs() < nowNs - keep.ordinary().toNanos()) {
        removed += thin(part);
      }
    }
    for (Grain grain : Grain.values()) {
      execute(
          "DELETE FROM %s WHERE minute < %d"
              .formatted(
                  Rollups.table(grain),
                  grain.of(Bucket.minuteOf(nowNs - keep.rollups().toNanos()))));
    }
    execute("DELETE FROM journal WHERE position < (SELECT max(position) FROM journal)");
    writing.commit();
    return removed + shrink();
  }

  private static boolean isThick(Parts.Part part) {
    return part.closedNs() != 0 && !part.thinned();
  }

  /** The oldest goes first: thinned, as long as there is something to thin, and dropped then. */
  private long shrink() throws SQLException {
    long removed = 0;
    while (isGivenBack() && usedBytes() > keep.bytes()) {
      List<Parts.Part> parts = Parts.all(writing).stream().filter(p -> p.closedNs() != 0).toList();
      if (parts.isEmpty()) {
        break;
      }
      Parts.Part oldest = parts.stream().filter(Forgetting::isThick).findFirst().orElse(null);
      LOG.info("The store is larger than it may be; the oldest spans go");
      removed += oldest == null ? drop(parts.get(0)) : thin(oldest);
    }
    return removed;
  }

  /** Room of what was removed is given back by a checkpoint; others may keep it from being made. */
  private boolean isGivenBack() throws SQLException {
    if (!file.hasRoomForCheckpoint()) {
      return false;
    }
    try (Statement statement = writing.createStatement()) {
      file.checkpoint(statement);
      writing.commit();
      return true;
    } catch (SQLException e) {
      LOG.debug("No checkpoint now; the rest goes the next time", e);
      writing.rollback();
      return false;
    }
  }

  private long usedBytes() throws SQLException {
    return number(DatabaseFile.usedBytes());
  }

  private long drop(Parts.Part part) throws SQLException {
    Parts.drop(writing, part);
    writing.commit();
    return part.spans();
  }

  /** What can't be read can't be thinned. */
  private long thin(Parts.Part part) throws SQLException {
    try {
      return thinned(part);
    } catch (SQLException e) {
      if (!DatabaseFile.isDamaged(e)) {
        throw e;
      }
      file.isUnreadable(e);
      writing.rollback();
      return drop(part);
    }
  }

  private long thinned(Parts.Part part) throws SQLException {
    noteKept(part);
    Parts.Part into = partOfTheDay(part);
    Set<String> missing = columns(part.spanTable());
    missing.removeAll(columns(into.spanTable()));
    for (String column : missing) {
      execute("ALTER TABLE " + into.spanTable() + " ADD COLUMN " + column);
    }
    String isKept = " WHERE trace_id IN (FROM kept_trace)";
    long kept = number("SELECT count(*) FROM " + part.spanTable() + isKept);
    execute(
        "INSERT INTO " + into.spanTable() + " BY NAME SELECT * FROM " + part.spanTable() + isKept);
    execute(
        "INSERT INTO %s SELECT * FROM %s WHERE id IN (SELECT resource_id FROM %s) AND id NOT IN (SELECT id FROM %s)"
            .formatted(
                into.resourceTable(),
                part.resourceTable(),
                into.spanTable(),
                into.resourceTable()));
    for (String table : Parts.BY_PART) {
      execute(
          "UPDATE %s SET part = %d WHERE part = %d AND trace_id IN (FROM kept_trace)"
              .formatted(table, into.id(), part.id()));
    }
    Parts.grow(
        writing,
        into.id(),
        number("SELECT first_ns FROM part WHERE id = " + part.id()),
        number("SELECT last_ns FROM part WHERE id = " + part.id()),
        kept);
    Parts.drop(writing, part);
    execute("DROP TABLE kept_trace");
    writing.commit();
    return part.spans() - kept;
  }

  /** By trace, not by span: what is kept is whole. */
  private void noteKept(Parts.Part part) throws SQLException {
    StringBuilder sql =
        new StringBuilder(
            "CREATE TEMP TABLE kept_trace AS"
                + " SELECT trace_id FROM invocation WHERE cold OR outcome <> 0"
                + " UNION SELECT trace_id FROM throttle");
    // Whatever the tracer, a trace with a failed span is notable, on both sides of the hour.
    for (Parts.Part near : Parts.all(writing)) {
      if (near.closedNs() == 0
          || near.closedNs() > part.openedNs() - LONGEST_TRACE_NS
              && near.openedNs() < part.closedNs() + LONGEST_TRACE_NS) {
        sql.append(" UNION SELECT trace_id FROM ")
            .append(near.spanTable())
            .append(" WHERE status = 2");
      }
    }
    // The last digits of a trace id are random (W3C Trace Context level 2, «random trace id»).
    sql.append(" UNION SELECT trace_id FROM ")
        .append(part.spanTable())
        .append(
            String.format(
                Locale.ROOT,
                " WHERE ('0x' || right(trace_id::VARCHAR, 4))::INTEGER < %f",
                keep.share() * 65536));
    execute("DROP TABLE IF EXISTS kept_trace");
    execute(sql.toString());
  }

  private Parts.Part partOfTheDay(Parts.Part part) throws SQLException {
    long day = Math.floorDiv(part.openedNs(), DAY_NS);
    for (Parts.Part known : Parts.all(writing)) {
      if (known.thinned() && Math.floorDiv(known.openedNs(), DAY_NS) == day) {
        execute(
            "UPDATE part SET closed_ns = greatest(closed_ns, %d) WHERE id = %d"
                .formatted(part.closedNs(), known.id()));
        return known;
      }
    }
    return Parts.create(writing, part.openedNs(), part.closedNs(), true);
  }

  /** Names and types, as SQL. */
  private Set<String> columns(String table) throws SQLException {
    Set<String> found = new HashSet<>();
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT column_name || ' ' || data_type FROM duckdb_columns() WHERE table_name = '"
                    + table
                    + "'")) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = writing.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute(sql);
    }
  }
}
