package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The tables of rollups: what functions did in minutes, and in hours. Each append adds rows with
 * what it changes, so that nothing needs to be read first; the rows of one function, version and
 * time add up, and become one now and then. Its changes are the writer's alone.
 */
final class Rollups {

  private static final int MOST_ROWS_APART = 5_000;

  /** After a kill, rows of this time before the newest may be apart. */
  private static final int MINUTES_BEFORE_KILL = 120;

  private static final String COLUMNS = "function, version, minute, data, environment";

  private final DuckDBConnection writing;
  private final Set<Long> minutesApart;
  private int rowsApart;

  /**
   * @param minutesApart of which rows are known to be apart
   */
  Rollups(DuckDBConnection writing, Set<Long> minutesApart) {
    this.writing = writing;
    this.minutesApart = new HashSet<>(minutesApart);
    rowsApart = minutesApart.size();
  }

  Set<Long> minutesApart() {
    return minutesApart;
  }

  private record Key(String function, String version, String environment, long minute) {

    Key in(Grain grain) {
      return new Key(function, version, environment, grain.of(minute));
    }
  }

  /** What one append changes. */
  static final class Changes {
    private final Map<Key, Bucket> changed = new HashMap<>();

    /** Of the minute in which it ended, as far as is known. */
    Bucket bucket(Invocation of) {
      return bucket(of.function(), of.version(), of.environment(), of.endEpochNs());
    }

    /** For what no version is known of. */
    Bucket bucket(String function, String environment, long epochNs) {
      return bucket(function, "", environment, epochNs);
    }

    private Bucket bucket(String function, String version, String environment, long epochNs) {
      return changed.computeIfAbsent(
          new Key(function, version, environment, Bucket.minuteOf(epochNs)),
          absent -> new Bucket());
    }
  }

  static String table(Grain grain) {
    return grain == Grain.MINUTE ? "rollup" : "rollup_hour";
  }

  void save(Changes changes) throws SQLException {
    append(Grain.MINUTE, changes.changed);
    append(Grain.HOUR, sums(changes.changed, Grain.HOUR));
    changes.changed.keySet().forEach(key -> minutesApart.add(key.minute()));
    rowsApart += changes.changed.size();
  }

  /** Whether so many rows are apart that reading them takes its time. */
  boolean isJoinDue() {
    return rowsApart > MOST_ROWS_APART;
  }

  /**
   * Makes one row of those that belong together. To be called in a transaction of its own: the
   * engine loses track of rows that are deleted in the transaction that has added them.
   */
  void join() throws SQLException {
    for (Grain grain : Grain.values()) {
      join(
          grain,
          minutesApart.stream()
              .map(grain::of)
              .distinct()
              .map(minute -> Long.toString(minute))
              .collect(Collectors.joining(",", "minute IN (", ")")));
    }
    minutesApart.clear();
    rowsApart = 0;
  }

  private static Map<Key, Bucket> sums(Map<Key, Bucket> rows, Grain grain) {
    Map<Key, Bucket> sums = new HashMap<>();
    rows.forEach(
        (key, bucket) -> sums.computeIfAbsent(key.in(grain), absent -> new Bucket()).add(bucket));
    return sums;
  }

  private void append(Grain grain, Map<Key, Bucket> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (DuckDBAppender appender =
        writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, table(grain))) {
      for (Map.Entry<Key, Bucket> row : rows.entrySet()) {
        appender.beginRow();
        appender.append(row.getKey().function());
        appender.append(row.getKey().version());
        appender.append(row.getKey().minute());
        appender.append(row.getValue().encode());
        appender.append(row.getKey().environment());
        appender.endRow();
      }
      appender.flush();
    }
  }

  /** To be called at the start. */
  void joinNewest() throws SQLException {
    for (Grain grain : Grain.values()) {
      join(
          grain,
          "minute >= (SELECT max(minute) FROM %s) - %d"
              .formatted(table(grain), MINUTES_BEFORE_KILL));
    }
  }

  /** Makes one row out of those of one function, version and time. */
  private void join(Grain grain, String condition) throws SQLException {
    Map<Key, Bucket> sums = new HashMap<>();
    List<Long> rows = new ArrayList<>();
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT %1$s, rowid FROM %2$s WHERE %3$s AND (function, version, minute, environment) IN
                  (SELECT (function, version, minute, environment) FROM %2$s WHERE %3$s GROUP BY ALL HAVING count(*) > 1)
                """
                    .formatted(COLUMNS, table(grain), condition))) {
      while (row.next()) {
        Key key = key(row);
        sums.computeIfAbsent(key, absent -> new Bucket()).add(Bucket.decode(row.getBytes(4)));
        rows.add(row.getLong(6));
      }
    }
    delete(grain, rows);
    append(grain, sums);
  }

  private static Key key(ResultSet row) throws SQLException {
    return new Key(row.getString(1), row.getString(2), row.getString(5), row.getLong(3));
  }

  private void delete(Grain grain, List<Long> rowIds) throws SQLException {
    if (rowIds.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        writing.prepareStatement(
            "DELETE FROM " + table(grain) + " WHERE rowid IN (SELECT unnest(?))")) {
      delete.setObject(1, writing.createArrayOf("BIGINT", rowIds.toArray()));
      delete.execute();
    }
  }

  /** Makes all of them from the invocations and throttles that are there. */
  void rebuild() throws SQLException {
    Changes changes = new Changes();
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT " + Invocations.COLUMNS + " FROM invocation")) {
      while (row.next()) {
        Invocation invocation = Rows.invocation(row);
        changes.bucket(invocation).add(invocation);
      }
    }
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT caller, target, refused, start_ns, environment FROM throttle")) {
      while (row.next()) {
        changes
            .bucket(row.getString(2), row.getString(5), row.getLong(4))
            .addThrottled(row.getInt(3));
        changes
            .bucket(row.getString(1), row.getString(5), row.getLong(4))
            .addThrottlesMet(row.getInt(3));
      }
    }
    append(Grain.MINUTE, changes.changed);
  }

  /** Makes the hours from the minutes. */
  void rebuildHours() throws SQLException {
    Map<Key, Bucket> hours = new HashMap<>();
    try (Statement statement = writing.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + COLUMNS + " FROM rollup")) {
      while (row.next()) {
        hours
            .computeIfAbsent(key(row).in(Grain.HOUR), absent -> new Bucket())
            .add(Bucket.decode(row.getBytes(4)));
      }
    }
    append(Grain.HOUR, hours);
  }

  /** Whole hours from the hours, what is left at either end from the minutes. */
  static List<FunctionBucket> find(
      Connection own, Scope scope, @Nullable String only, Grain coarsest) throws SQLException {
    long first = Bucket.minuteOf(scope.fromEpochNs());
    long end = Bucket.minuteOf(scope.toEpochNs() - 1) + 1;
    long firstHour = Grain.HOUR.of(first + Grain.HOUR.minutes() - 1);
    long endHour = Grain.HOUR.of(end);
    String wanted =
        (only == null ? "" : " AND function = " + FilterSql.literal(only)) + FilterSql.andIn(scope);
    List<String> selects = new ArrayList<>();
    if (coarsest == Grain.MINUTE || firstHour >= endHour) {
      selects.add(select(Grain.MINUTE, first, end, wanted));
    } else {
      selects.add(select(Grain.MINUTE, first, firstHour, wanted));
      selects.add(select(Grain.HOUR, firstHour, endHour, wanted));
      selects.add(select(Grain.MINUTE, endHour, end, wanted));
    }
    String sql = String.join(" UNION ALL ", selects) + " ORDER BY minute, function, version";
    List<FunctionBucket> found = new ArrayList<>();
    try (Statement query = own.createStatement();
        ResultSet row = query.executeQuery(sql)) {
      FunctionBucket last = null;
      while (row.next()) {
        String function = row.getString(1);
        String version = row.getString(2);
        long minute = row.getLong(3);
        Bucket data = Bucket.decode(row.getBytes(4));
        if (last != null
            && last.epochMinute() == minute
            && last.function().equals(function)
            && last.version().equals(version)) {
          // One may take out what another one holds: only together they are what was.
          last.bucket().add(data);
        } else {
          last = new FunctionBucket(function, version, minute, data);
          found.add(last);
        }
      }
    }
    return found;
  }

  static Set<String> environments(Connection own, Scope scope) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Statement query = own.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT DISTINCT environment FROM rollup_hour WHERE minute >= %d AND minute <= %d"
                    .formatted(
                        Grain.HOUR.of(Bucket.minuteOf(scope.fromEpochNs())),
                        Bucket.minuteOf(scope.toEpochNs())))) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  private static String select(Grain grain, long fromMinute, long toMinute, String wanted) {
    return "SELECT function, version, minute, data FROM %s WHERE minute >= %d AND minute < %d%s"
        .formatted(table(grain), fromMinute, toMinute, wanted);
  }
}
