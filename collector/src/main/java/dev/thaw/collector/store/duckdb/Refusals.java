package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Throttles;
import dev.thaw.collector.model.TimeRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        changes.bucket(met.target(), met.firstEpochNs()).addThrottled(met.count() - known);
        changes.bucket(met.caller(), met.firstEpochNs()).addThrottlesMet(met.count() - known);
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
            writing.prepareStatement("INSERT INTO throttle VALUES (?,?,?,?,?,?,?,?)")) {
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
      put.execute();
    }
  }

  static long count(Connection own, TimeRange range, String target) throws SQLException {
    try (PreparedStatement query =
        own.prepareStatement(
            "SELECT coalesce(sum(refused), 0) FROM throttle WHERE start_ns >= ? AND start_ns < ? AND target = ?")) {
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
