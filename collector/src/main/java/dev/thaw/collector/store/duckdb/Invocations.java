package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.store.Cursor;
import dev.thaw.collector.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** The table of invocations: each once, with the most certain record of it. */
final class Invocations {

  static final String COLUMNS =
      "trace_id, span_id, parent_span_id, certainty, function, request_id, start_ns, end_ns, outcome, cold, init_ns,"
          + " trigger_kind, instance, version, timeout_ns, memory_used, memory_limit, queue_wait_ns, dead_letters, error_type, error_message, place,"
          + " environment";

  /** The column behind {@link #COLUMNS}. */
  private static final int ROWID = 24;

  /** How far the starts of two records of one invocation may lie apart. */
  static final long SLACK_NS = 60_000_000_000L;

  private Invocations() {}

  /**
   * @param batch null for spans that are none
   * @param recent knows of most that they can't be there yet; gets those of the batch
   * @param changes gets what the rollups of their minutes gain and lose
   */
  static void append(
      DuckDBConnection writing,
      int part,
      @Nullable Invocation[] batch,
      RecentInvocations recent,
      Rollups.Changes changes)
      throws SQLException {
    // Of several records of one span in one batch only the most certain counts.
    Map<String, Invocation> best = new HashMap<>();
    for (Invocation invocation : batch) {
      if (invocation != null) {
        best.merge(key(invocation), invocation, (a, b) -> b.certainty() > a.certainty() ? b : a);
      }
    }
    if (best.isEmpty()) {
      return;
    }
    Map<String, Known> known =
        known(writing, best.values().stream().filter(recent::mayHave).toList());
    best.values().forEach(recent::add);
    List<Invocation> rows = new ArrayList<>();
    List<Long> replaced = new ArrayList<>();
    for (Invocation invocation : best.values()) {
      Known before = known.get(key(invocation));
      if (before != null) {
        if (before.invocation().certainty() >= invocation.certainty()) {
          continue;
        }
        changes.bucket(before.invocation()).remove(before.invocation());
        replaced.add(before.rowId());
      }
      rows.add(invocation);
      changes.bucket(invocation).add(invocation);
    }
    delete(writing, replaced);
    try (DuckDBAppender appender =
        writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "invocation")) {
      for (Invocation invocation : rows) {
        Rows.append(appender, part, invocation);
      }
      appender.flush();
    }
  }

  private record Known(Invocation invocation, long rowId) {}

  private static String key(Invocation invocation) {
    return invocation.traceId() + invocation.spanId();
  }

  /** Those that are there already, by one look at the time that they are of. */
  private static Map<String, Known> known(DuckDBConnection writing, List<Invocation> wanted)
      throws SQLException {
    if (wanted.isEmpty()) {
      return Map.of();
    }
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    List<Object> traces = new ArrayList<>(wanted.size());
    for (Invocation invocation : wanted) {
      first = Math.min(first, invocation.startEpochNs());
      last = Math.max(last, invocation.startEpochNs());
      traces.add(Ids.trace(invocation.traceId()));
    }
    Map<String, Known> found = new HashMap<>();
    try (PreparedStatement find =
        writing.prepareStatement(
            "SELECT "
                + COLUMNS
                + ", rowid FROM invocation WHERE start_ns BETWEEN ? AND ? AND trace_id IN (SELECT unnest(?))")) {
      find.setLong(1, Math.max(0, first - SLACK_NS));
      find.setLong(2, last + Math.min(SLACK_NS, Long.MAX_VALUE - last));
      find.setObject(3, writing.createArrayOf("UUID", traces.toArray()));
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          Invocation invocation = Rows.invocation(row);
          found.put(key(invocation), new Known(invocation, row.getLong(ROWID)));
        }
      }
    }
    return found;
  }

  private static void delete(DuckDBConnection writing, List<Long> rowIds) throws SQLException {
    if (rowIds.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        writing.prepareStatement("DELETE FROM invocation WHERE rowid IN (SELECT unnest(?))")) {
      delete.setObject(1, writing.createArrayOf("BIGINT", rowIds.toArray()));
      delete.execute();
    }
  }

  static List<Invocation> find(Connection own, Store.InvocationQuery wanted) throws SQLException {
    StringBuilder sql =
        new StringBuilder(
            "SELECT " + COLUMNS + " FROM invocation WHERE start_ns >= ? AND start_ns < ?");
    sql.append(FilterSql.andIn(wanted.scope()));
    if (wanted.filter() != null) {
      sql.append(" AND (").append(FilterSql.ofInvocations(wanted.filter())).append(')');
    }
    if (wanted.function() != null) {
      sql.append(" AND function = ?");
    }
    if (!wanted.outcomes().isEmpty()) {
      sql.append(" AND outcome IN (")
          .append(
              wanted.outcomes().stream()
                  .map(outcome -> Integer.toString(outcome.ordinal()))
                  .collect(Collectors.joining(",")))
          .append(')');
    }
    if (wanted.coldOnly()) {
      sql.append(" AND cold");
    }
    if (wanted.minInitNs() > 0) {
      sql.append(" AND init_ns >= ").append(wanted.minInitNs());
    }
    String value =
        switch (wanted.order()) {
          case NEWEST -> "start_ns";
          case SLOWEST -> "end_ns - start_ns";
          case SLOWEST_INIT -> "init_ns";
        };
    sql.append(after(wanted.after(), value));
    sql.append(" ORDER BY ").append(value).append(" DESC, trace_id, span_id");
    sql.append(" LIMIT ").append(wanted.limit());
    try (PreparedStatement query = own.prepareStatement(sql.toString())) {
      query.setLong(1, wanted.scope().fromEpochNs());
      query.setLong(2, wanted.scope().toEpochNs());
      if (wanted.function() != null) {
        query.setString(3, wanted.function());
      }
      List<Invocation> found = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(Rows.invocation(row));
        }
      }
      return found;
    }
  }

  /** That a row comes behind the page before. */
  static String after(@Nullable Cursor cursor, String value) {
    if (cursor == null) {
      return "";
    }
    String isBehind = "trace_id > '%s'".formatted(cursor.traceId());
    if (!cursor.spanId().isEmpty()) {
      isBehind +=
          " OR trace_id = '%s' AND span_id > %d"
              .formatted(cursor.traceId(), Ids.span(cursor.spanId()));
    }
    return " AND (%1$s < %2$d OR %1$s = %2$d AND (%3$s))"
        .formatted(value, cursor.value(), isBehind);
  }

  /** That a span's trace has an invocation in the scope's environment. */
  static String ofTracesIn(Scope scope) {
    return scope.environment() == null
        ? ""
        : " AND trace_id IN (SELECT trace_id FROM invocation WHERE start_ns >= %d AND start_ns < %d%s)"
            .formatted(scope.fromEpochNs(), scope.toEpochNs(), FilterSql.andIn(scope));
  }
}
