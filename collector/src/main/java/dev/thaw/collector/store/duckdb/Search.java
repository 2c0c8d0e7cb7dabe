package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.TraceCount;
import dev.thaw.collector.model.TraceSummary;
import dev.thaw.collector.store.Store;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/** Finds traces, and functions, by what their invocations and spans are like. */
final class Search {

  private Search() {}

  /**
   * With a filter by one question, which takes as long to plan as to answer. Without one, which
   * traces they are is asked first and what is in them only of those: to know it of all of a day
   * would take twice as long.
   */
  static List<TraceSummary> traces(Connection own, Layout layout, Store.TraceQuery wanted)
      throws SQLException {
    String last =
        Invocations.after(wanted.after(), "min(start_ns)")
            + " ORDER BY min(start_ns) DESC, trace_id LIMIT "
            + wanted.limit();
    if (wanted.filter() != null) {
      return summaries(own, fitting(layout, wanted) + last);
    }
    List<UUID> newest = new ArrayList<>();
    long fromNs = Long.MAX_VALUE;
    try (Statement query = own.createStatement();
        ResultSet row =
            query.executeQuery("SELECT trace_id, min(start_ns)" + fitting(layout, wanted) + last)) {
      while (row.next()) {
        newest.add((UUID) row.getObject(1));
        fromNs = Math.min(fromNs, row.getLong(2));
      }
    }
    return newest.isEmpty()
        ? List.of()
        : summaries(
            own,
            in(wanted.scope(), fromNs)
                + " AND trace_id = "
                + Ids.any(newest)
                + " GROUP BY trace_id ORDER BY min(start_ns) DESC, trace_id");
  }

  private static List<TraceSummary> summaries(Connection own, String from) throws SQLException {
    String sql =
        "SELECT trace_id, arg_min(function, start_ns), min(start_ns), max(end_ns), count(*),"
            + " count(*) FILTER (WHERE cold), list(function), max(outcome)";
    List<TraceSummary> found = new ArrayList<>();
    try (Statement query = own.createStatement();
        ResultSet row = query.executeQuery(sql + from)) {
      while (row.next()) {
        Object[] functions = (Object[]) row.getArray(7).getArray();
        found.add(
            new TraceSummary(
                Ids.trace((UUID) row.getObject(1)),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getInt(5),
                row.getInt(6),
                Stream.of(functions).map(String::valueOf).distinct().sorted().toList(),
                Outcome.values()[row.getInt(8)]));
      }
    }
    return found;
  }

  static List<TraceCount> traceCounts(
      Connection own, Layout layout, Store.TraceQuery wanted, int bars) throws SQLException {
    String sql =
        "SELECT (first_ns - %d) // %d, worst, count(*) FROM (SELECT min(start_ns) AS first_ns, max(outcome) AS worst"
                .formatted(wanted.scope().fromEpochNs(), wanted.scope().partNs(bars))
            + fitting(layout, wanted)
            + ") GROUP BY ALL ORDER BY ALL";
    try (Statement query = own.createStatement();
        ResultSet row = query.executeQuery(sql)) {
      List<TraceCount> found = new ArrayList<>();
      while (row.next()) {
        found.add(new TraceCount(row.getInt(1), Outcome.values()[row.getInt(2)], row.getLong(3)));
      }
      return found;
    }
  }

  private static String in(Scope scope, long fromNs) {
    return " FROM invocation WHERE start_ns >= "
        + fromNs
        + " AND start_ns < "
        + scope.toEpochNs()
        + FilterSql.andIn(scope);
  }

  /**
   * From where, and by what: the invocations of traces that fit, by trace. All values are written
   * into the statement: planned without them it takes twice as long.
   */
  private static String fitting(Layout layout, Store.TraceQuery wanted) {
    StringBuilder having = new StringBuilder("true");
    if (wanted.minDurationNs() > 0) {
      having.append(" AND max(end_ns) - min(start_ns) >= ").append(wanted.minDurationNs());
    }
    for (String function : wanted.through()) {
      having
          .append(" AND count(*) FILTER (WHERE function = ")
          .append(FilterSql.literal(function))
          .append(") > 0");
    }
    if (wanted.outcome() != null) {
      having
          .append(" AND count(*) FILTER (WHERE outcome = ")
          .append(wanted.outcome().ordinal())
          .append(") > 0");
    }
    if (wanted.coldOnly()) {
      having.append(" AND count(*) FILTER (WHERE cold) > 0");
    }
    if (wanted.requestId() != null) {
      having
          .append(" AND count(*) FILTER (WHERE request_id = ")
          .append(FilterSql.literal(wanted.requestId()))
          .append(") > 0");
    }
    return in(wanted.scope(), wanted.scope().fromEpochNs())
        + (wanted.filter() == null
            ? ""
            : " AND trace_id IN (SELECT trace_id FROM ("
                + matching(layout, wanted.scope(), wanted.filter())
                + "))")
        + " GROUP BY trace_id HAVING "
        + having;
  }

  static Set<String> functions(Connection own, Layout layout, Scope range, Filter filter)
      throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Statement query = own.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT DISTINCT function FROM (%s)".formatted(matching(layout, range, filter)))) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  /** Trace and function of what is as the filter says, spans or invocations; as SQL. */
  private static String matching(Layout layout, Scope range, Filter filter) {
    String inRange =
        "s.start_ns >= "
            + range.fromEpochNs()
            + " AND s.start_ns < "
            + range.toEpochNs()
            + " AND (";
    if (filter.isAboutInvocations()) {
      return "SELECT trace_id, function FROM invocation s WHERE "
          + inRange
          + FilterSql.ofInvocations(filter)
          + ")";
    }
    String join =
        FilterSql.needsInvocations(filter)
            ? " LEFT JOIN invocation i ON i.trace_id = s.trace_id AND i.span_id = s.span_id"
            : "";
    List<String> parts = new ArrayList<>();
    for (Parts.Part part : layout.overlapping(range)) {
      FilterSql sql =
          new FilterSql(
              layout.columns().getOrDefault(part.spanTable(), List.of()),
              layout.restKeys().get(part.id()),
              part.resourceTable());
      parts.add(
          "SELECT s.trace_id, s.function FROM "
              + part.spanTable()
              + " s"
              + join
              + " WHERE "
              + inRange
              + sql.ofSpans(filter)
              + ")");
    }
    return parts.isEmpty()
        ? "SELECT NULL::UUID AS trace_id, '' AS function WHERE false"
        : String.join(" UNION ALL ", parts);
  }
}
