package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.ThrottleGroup;
import dev.thaw.collector.model.Throttles;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.duckdb.DuckDBConnection;

/** The table of throttles: of each call that was refused, how often. */
final class Refusals {

  private Refusals() {}

  /**
   * @param changes gets what the rollups of both sides gain
   */
  static void append(DuckDBConnection writing, int part, List<Span> spans, Rollups.Changes changes)
      throws SQLException {
    Map<String, Throttles> most = new HashMap<>();
    for (Span span : spans) {
      Throttles.of(span)
          .ifPresent(
              met ->
                  most.merge(
                      met.traceId() + met.spanId(), met, (a, b) -> b.count() > a.count() ? b : a));
    }
    for (Throttles met : most.values()) {
      int known = known(writing, met);
      if (met.count() > known) {
        changes
            .bucket(met.target(), met.environment(), met.firstEpochNs())
            .addThrottled(met.count() - known);
        changes
            .bucket(met.caller(), met.environment(), met.firstEpochNs())
            .addThrottlesMet(met.count() - known);
        put(writing, part, met);
      }
    }
  }

  private static int known(DuckDBConnection writing, Throttles met) throws SQLException {
    try (PreparedStatement find =
        writing.prepareStatement(
            "SELECT max(refused) FROM throttle WHERE trace_id = ? AND span_id = ?")) {
      find.setObject(1, Ids.trace(met.traceId()));
      find.setLong(2, Ids.span(met.spanId()));
      try (ResultSet row = find.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    }
  }

  private static void put(DuckDBConnection writing, int part, Throttles met) throws SQLException {
    try (PreparedStatement delete =
            writing.prepareStatement("DELETE FROM throttle WHERE trace_id = ? AND span_id = ?");
        PreparedStatement put =
            writing.prepareStatement("INSERT INTO throttle VALUES (?,?,?,?,?,?,?,?,?)")) {
      delete.setObject(1, Ids.trace(met.traceId()));
      delete.setLong(2, Ids.span(met.spanId()));
      delete.execute();
      put.setInt(1, part);
      put.setObject(2, Ids.trace(met.traceId()));
      put.setLong(3, Ids.span(met.spanId()));
      put.setString(4, met.caller());
      put.setString(5, met.target());
      put.setString(6, met.reason());
      put.setInt(7, met.count());
      put.setLong(8, met.firstEpochNs());
      put.setString(9, met.environment());
      put.execute();
    }
  }

  private record Pair(String caller, String target, String reason) {}

  static List<ThrottleGroup> find(Connection own, Scope range, int bars) throws SQLException {
    long from = range.fromEpochNs();
    long step = range.partNs(bars);
    String sql =
        "SELECT caller, target, reason, (start_ns - %d) // %d AS bar, count(*), sum(refused), max(start_ns),"
                .formatted(from, step)
            + " arg_max(trace_id, start_ns), arg_max(span_id, start_ns)"
            + " FROM throttle WHERE start_ns >= %d AND start_ns < %d"
                .formatted(from, range.toEpochNs())
            + FilterSql.andIn(range)
            + " GROUP BY ALL ORDER BY bar";
    Map<Pair, ThrottleGroup> groups = new HashMap<>();
    try (Statement query = own.createStatement();
        ResultSet row = query.executeQuery(sql)) {
      while (row.next()) {
        Pair pair = new Pair(row.getString(1), row.getString(2), row.getString(3));
        ThrottleGroup before = groups.get(pair);
        List<Long> counts =
            new ArrayList<>(before == null ? Collections.nCopies(bars, 0L) : before.counts());
        counts.set(row.getInt(4), row.getLong(6));
        groups.put(
            pair,
            new ThrottleGroup(
                pair.caller(),
                pair.target(),
                pair.reason(),
                row.getLong(5) + (before == null ? 0 : before.calls()),
                row.getLong(7),
                counts,
                Ids.trace((UUID) row.getObject(8)),
                Ids.span(row.getLong(9))));
      }
    }
    return groups.values().stream()
        .sorted(
            Comparator.comparingLong(ThrottleGroup::refused)
                .reversed()
                .thenComparing(ThrottleGroup::target)
                .thenComparing(ThrottleGroup::caller))
        .toList();
  }

  static long count(Connection own, Scope range, String target) throws SQLException {
    try (PreparedStatement query =
        own.prepareStatement(
            "SELECT coalesce(sum(refused), 0) FROM throttle WHERE start_ns >= ? AND start_ns < ? AND target = ?"
                + FilterSql.andIn(range))) {
      query.setLong(1, range.fromEpochNs());
      query.setLong(2, range.toEpochNs());
      query.setString(3, target);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
