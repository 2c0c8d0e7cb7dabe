package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.TimeRange;
import dev.thaw.collector.rollup.FunctionMinute;
import dev.thaw.collector.rollup.Minute;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The table of rollups: what functions did in minutes. Each append adds rows with what it changes,
 * so that nothing needs to be read first; the rows of one function and minute add up, and become
 * one now and then. Its changes are the writer's alone.
 */
final class Rollups {

  private static final int MOST_ROWS_APART = 20_000;

  /** After a kill, rows of this time before the newest may be apart. */
  private static final int MINUTES_BEFORE_KILL = 120;

  private final DuckDBConnection writing;
  private final Set<Long> minutesApart = new HashSet<>();
  private int rowsApart;

  Rollups(DuckDBConnection writing) {
    this.writing = writing;
  }

  private record Key(String function, long minute) {}

  /** What one append changes. */
  static final class Changes {
    private final Map<Key, Minute> changed = new HashMap<>();

    Minute minute(String function, long epochNs) {
      return changed.computeIfAbsent(new Key(function, Minute.of(epochNs)), absent -> new Minute());
    }
  }

  void save(Changes changes) throws SQLException {
    append(changes.changed);
    changes.changed.keySet().forEach(key -> minutesApart.add(key.minute()));
    rowsApart += changes.changed.size();
    if (rowsApart > MOST_ROWS_APART) {
      join(
          minutesApart.stream()
              .map(minute -> Long.toString(minute))
              .collect(Collectors.joining(",", "minute IN (", ")")));
    }
  }

  private void append(Map<Key, Minute> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (DuckDBAppender appender =
        writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "rollup")) {
      for (Map.Entry<Key, Minute> row : rows.entrySet()) {
        appender.beginRow();
        appender.append(row.getKey().function());
        appender.append(row.getKey().minute());
        appender.append(row.getValue().encode());
        appender.endRow();
      }
      appender.flush();
    }
  }

  /** To be called at the start. */
  void joinNewest() throws SQLException {
    join("minute >= (SELECT max(minute) FROM rollup) - " + MINUTES_BEFORE_KILL);
  }

  /** Makes one row out of those of one function and minute. */
  private void join(String condition) throws SQLException {
    Map<Key, Minute> sums = new HashMap<>();
    Map<Key, List<Long>> rows = new HashMap<>();
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT function, minute, data, rowid FROM rollup WHERE " + condition)) {
      while (row.next()) {
        Key key = new Key(row.getString(1), row.getLong(2));
        Minute minute = Minute.decode(row.getBytes(3));
        sums.merge(
            key,
            minute,
            (sum, more) -> {
              sum.add(more);
              return sum;
            });
        rows.computeIfAbsent(key, absent -> new ArrayList<>()).add(row.getLong(4));
      }
    }
    sums.keySet().removeIf(key -> rows.getOrDefault(key, List.of()).size() == 1);
    delete(sums.keySet().stream().flatMap(key -> rows.getOrDefault(key, List.of()).stream()));
    append(sums);
    minutesApart.clear();
    rowsApart = 0;
  }

  private void delete(Stream<Long> rowIds) throws SQLException {
    Object[] ids = rowIds.toArray();
    if (ids.length == 0) {
      return;
    }
    try (PreparedStatement delete =
        writing.prepareStatement("DELETE FROM rollup WHERE rowid IN (SELECT unnest(?))")) {
      delete.setObject(1, writing.createArrayOf("BIGINT", ids));
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
        changes.minute(invocation.function(), invocation.startEpochNs()).add(invocation);
      }
    }
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT caller, target, refused, start_ns FROM throttle")) {
      while (row.next()) {
        changes.minute(row.getString(2), row.getLong(4)).addThrottled(row.getInt(3));
        changes.minute(row.getString(1), row.getLong(4)).addThrottlesMet(row.getInt(3));
      }
    }
    append(changes.changed);
  }

  static List<FunctionMinute> find(DuckDBConnection own, TimeRange range, @Nullable String function)
      throws SQLException {
    try (PreparedStatement query =
        own.prepareStatement(
            "SELECT function, minute, data FROM rollup WHERE minute BETWEEN ? AND ?"
                + (function == null ? "" : " AND function = ?")
                + " ORDER BY minute, function")) {
      query.setLong(1, Minute.of(range.fromEpochNs()));
      query.setLong(2, Minute.of(range.toEpochNs() - 1));
      if (function != null) {
        query.setString(3, function);
      }
      List<FunctionMinute> found = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String name = row.getString(1);
          long minute = row.getLong(2);
          Minute data = Minute.decode(row.getBytes(3));
          FunctionMinute last = found.isEmpty() ? null : found.get(found.size() - 1);
          if (last != null && last.epochMinute() == minute && last.function().equals(name)) {
            last.minute().add(data);
          } else {
            found.add(new FunctionMinute(name, minute, data));
          }
        }
      }
      return found;
    }
  }
}
