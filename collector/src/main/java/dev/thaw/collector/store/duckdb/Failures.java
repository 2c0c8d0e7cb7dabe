package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.FailureGroup;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.store.Store;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** Failed invocations, grouped by how and where. */
final class Failures {

  /** Rows of the grouping; an error type that is different each time must not fill the memory. */
  private static final int MOST_ROWS = 50_000;

  private Failures() {}

  private record Key(String function, Outcome outcome, String errorType, String place) {}

  /** A part of a group: what fell into one part of the range, or before it. */
  private record Part(
      int bar,
      long count,
      long firstNs,
      long lastNs,
      List<String> versions,
      String message,
      String traceId,
      String spanId,
      String requestId) {}

  static List<FailureGroup> find(Connection own, Store.FailureQuery wanted) throws SQLException {
    long from = wanted.scope().fromEpochNs();
    long to = wanted.scope().toEpochNs();
    long step = wanted.scope().partNs(wanted.bars());
    String sql =
        "SELECT function, outcome, error_type, coalesce(place, ''),"
            + " CASE WHEN start_ns < %d THEN -1 ELSE (start_ns - %d) // %d END AS bar,"
                .formatted(from, from, step)
            + " count(*), min(start_ns), max(start_ns), list(DISTINCT version), arg_max(error_message, start_ns),"
            + " arg_max(trace_id, start_ns), arg_max(span_id, start_ns), arg_max(request_id, start_ns)"
            + " FROM invocation WHERE start_ns < "
            + to
            + " AND outcome IN ("
            + wanted.outcomes().stream()
                .map(outcome -> Integer.toString(outcome.ordinal()))
                .sorted()
                .collect(Collectors.joining(","))
            + ")"
            + (wanted.function() == null
                ? ""
                : " AND function = " + FilterSql.literal(wanted.function()))
            + FilterSql.andIn(wanted.scope())
            + " GROUP BY ALL ORDER BY max(start_ns) DESC LIMIT "
            + MOST_ROWS;
    Map<Key, List<Part>> groups = new LinkedHashMap<>();
    try (Statement query = own.createStatement();
        ResultSet row = query.executeQuery(sql)) {
      while (row.next()) {
        Key key =
            new Key(
                row.getString(1),
                Outcome.values()[row.getInt(2)],
                row.getString(3),
                row.getString(4));
        groups.computeIfAbsent(key, absent -> new ArrayList<>()).add(part(row));
      }
    }
    List<FailureGroup> found = new ArrayList<>();
    groups.forEach(
        (key, parts) -> {
          // Newest first: what is first of the parts is the last of the group.
          if (parts.get(0).bar() >= 0) {
            found.add(group(key, parts, wanted.bars()));
          }
        });
    found.sort(Comparator.comparingLong(FailureGroup::count).reversed());
    return List.copyOf(found.subList(0, Math.min(wanted.limit(), found.size())));
  }

  private static Part part(ResultSet row) throws SQLException {
    Array versions = row.getArray(9);
    List<String> names = new ArrayList<>();
    for (Object version : (Object[]) versions.getArray()) {
      names.add(String.valueOf(version));
    }
    return new Part(
        row.getInt(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        names,
        row.getString(10),
        Ids.trace((UUID) row.getObject(11)),
        Ids.span(row.getLong(12)),
        row.getString(13));
  }

  private static FailureGroup group(Key key, List<Part> parts, int bars) {
    List<Long> counts = new ArrayList<>(Collections.nCopies(bars, 0L));
    Set<String> versions = new TreeSet<>();
    long first = Long.MAX_VALUE;
    for (Part part : parts) {
      first = Math.min(first, part.firstNs());
      if (part.bar() >= 0) {
        counts.set(part.bar(), part.count());
        versions.addAll(part.versions());
      }
    }
    Part last = parts.get(0);
    return new FailureGroup(
        key.function(),
        key.outcome(),
        key.errorType(),
        key.place(),
        first,
        last.lastNs(),
        versions,
        counts,
        last.message(),
        last.traceId(),
        last.spanId(),
        last.requestId());
  }
}
