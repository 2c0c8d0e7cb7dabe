package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads spans out of parts, each once, with the most certain record of it. Keeps the last
 * resources, which never change. Thread-safe.
 */
final class SpanReader {

  private static final String NAME_OF_ATTRIBUTE = "a\\d+";

  /** Of more parts it is worth it to ask first which have any. */
  private static final int FEW_PARTS = 3;

  private static final int MOST_RESOURCES = 10_000;

  /** How spans come. */
  enum Order {
    OLDEST_FIRST("start_ns, span_id"),
    NEWEST_FIRST("start_ns DESC, span_id");

    private final String sql;

    Order(String sql) {
      this.sql = sql;
    }

    private Comparator<Span> comparator() {
      Comparator<Span> byStart = Comparator.comparingLong(Span::startEpochNs);
      return (this == OLDEST_FIRST ? byStart : byStart.reversed()).thenComparing(Span::spanId);
    }
  }

  private final OpenTraces open;

  /** By their number, which is a hash of what they are. */
  private final Map<Long, Map<String, Object>> resources =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Map<String, Object>> eldest) {
              return size() > MOST_RESOURCES;
            }
          });

  SpanReader(OpenTraces open) {
    this.open = open;
  }

  /** Where a row's resource comes from. */
  private interface ResourceSource {
    Map<String, Object> resource(long id) throws SQLException;
  }

  /** Where the text of a resource comes from that is not known yet. */
  private interface BodySource {
    @Nullable String body() throws SQLException;
  }

  /**
   * All spans of a trace. Each part that may have some is asked for itself: to plan one question
   * about several takes longer.
   */
  List<Span> ofTrace(Connection own, Layout layout, String traceId) throws SQLException {
    Set<UUID> trace = Set.of(Ids.trace(traceId));
    String condition = isOf(trace);
    Map<String, Found> best = new HashMap<>();
    for (Parts.Part part : parts(own, layout, trace, FEW_PARTS)) {
      String sql = "SELECT * FROM " + part.spanTable() + " WHERE " + condition;
      try (Statement statement = own.createStatement();
          ResultSet row = statement.executeQuery(sql)) {
        read(layout, row, id -> resource(id, () -> body(own, part, id)), best);
      }
    }
    return sorted(best, Order.OLDEST_FIRST);
  }

  private static @Nullable String body(Connection own, Parts.Part part, long id)
      throws SQLException {
    try (Statement statement = own.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT body FROM " + part.resourceTable() + " WHERE id = " + id)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private Map<String, Object> resource(long id, BodySource source) throws SQLException {
    Map<String, Object> known = resources.get(id);
    if (known == null) {
      String body = source.body();
      if (body == null) {
        return Map.of();
      }
      known = SpanBody.readResource(body);
      resources.put(id, known);
    }
    return known;
  }

  /**
   * Of several. Which parts have any is asked first, of the index and then of one column of what is
   * left: what is read then is planned for a few tables.
   */
  List<Span> ofTraces(Connection own, Layout layout, Set<String> traceIds, int limit)
      throws SQLException {
    Set<UUID> traces = traceIds.stream().map(Ids::trace).collect(Collectors.toSet());
    return find(
        own, layout, parts(own, layout, traces, 1), isOf(traces), Order.OLDEST_FIRST, limit);
  }

  private static String isOf(Set<UUID> traces) {
    String ids = Ids.list(traces);
    return traces.size() == 1 ? "trace_id = " + ids : "trace_id IN (" + ids + ")";
  }

  /**
   * Those that may have some of the traces.
   *
   * @param few of more than these only those that do have some
   */
  private List<Parts.Part> parts(Connection own, Layout layout, Set<UUID> traces, int few)
      throws SQLException {
    List<Parts.Part> candidates =
        TraceIndex.candidates(own, layout.parts(), traces).stream()
            .filter(part -> open.mayHave(part.id(), traces))
            .toList();
    return candidates.size() <= few ? candidates : having(own, candidates, isOf(traces));
  }

  private static List<Parts.Part> having(
      Connection own, List<Parts.Part> candidates, String condition) throws SQLException {
    String sql =
        candidates.stream()
            .map(
                part ->
                    "SELECT %d AS part FROM %s WHERE %s"
                        .formatted(part.id(), part.spanTable(), condition))
            .collect(Collectors.joining(" UNION ALL ", "SELECT DISTINCT part FROM (", ")"));
    Set<Integer> having = new HashSet<>();
    try (Statement statement = own.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        having.add(row.getInt(1));
      }
    }
    return candidates.stream().filter(part -> having.contains(part.id())).toList();
  }

  /** Those that began next in a range, all of the last nanosecond among them. */
  List<Span> page(Connection own, Layout layout, Scope range, long fromNs, int limit)
      throws SQLException {
    if (fromNs >= range.toEpochNs()) {
      return List.of();
    }
    Scope rest = range.at(Math.max(fromNs, range.fromEpochNs()), range.toEpochNs());
    String ofTraces = Invocations.ofTracesIn(range);
    List<Parts.Part> parts = layout.overlapping(rest);
    if (parts.isEmpty()) {
      return List.of();
    }
    String starts =
        parts.stream()
            .map(
                part ->
                    "SELECT start_ns FROM "
                        + part.spanTable()
                        + " WHERE "
                        + began(rest.fromEpochNs(), rest.toEpochNs() - 1)
                        + ofTraces)
            .collect(Collectors.joining(" UNION ALL "));
    long lastNs;
    try (Statement statement = own.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT max(start_ns) FROM (SELECT * FROM (%s) ORDER BY start_ns LIMIT %d)"
                    .formatted(starts, limit))) {
      row.next();
      lastNs = row.getLong(1);
      if (row.wasNull()) {
        return List.of();
      }
    }
    return find(
        own,
        layout,
        layout.overlapping(rest.at(rest.fromEpochNs(), lastNs + 1)),
        began(rest.fromEpochNs(), lastNs) + ofTraces,
        Order.OLDEST_FIRST,
        Integer.MAX_VALUE);
  }

  private static String began(long fromNs, long lastNs) {
    return "start_ns BETWEEN %d AND %d".formatted(fromNs, lastNs);
  }

  /**
   * The engine is not asked to tell records of one span apart: for a few rows, to plan that takes
   * longer than all the rest.
   *
   * @param condition on the columns that all parts have, as SQL
   * @param limit the most records to read; a span of which there are several takes as many
   */
  List<Span> find(
      Connection own,
      Layout layout,
      List<Parts.Part> parts,
      String condition,
      Order order,
      int limit)
      throws SQLException {
    if (parts.isEmpty()) {
      return List.of();
    }
    String sql =
        parts.stream()
            .map(
                part ->
                    "SELECT s.*, r.body AS resource_body FROM "
                        + part.spanTable()
                        + " s LEFT JOIN "
                        + part.resourceTable()
                        + " r ON s.resource_id = r.id WHERE "
                        + condition)
            .collect(Collectors.joining(" UNION ALL BY NAME "));
    if (limit < Integer.MAX_VALUE) {
      sql = "SELECT * FROM (" + sql + ") ORDER BY " + order.sql + " LIMIT " + limit;
    }
    Map<String, Found> best = new HashMap<>();
    try (Statement statement = own.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int body = row.findColumn("resource_body");
      read(layout, row, id -> resource(id, () -> row.getString(body)), best);
    }
    return sorted(best, order);
  }

  private static void read(
      Layout layout, ResultSet row, ResourceSource resources, Map<String, Found> best)
      throws SQLException {
    Reading reading = null;
    while (row.next()) {
      if (reading == null) {
        reading = new Reading(row, columns(layout, row.getMetaData()), resources);
      }
      Found found = new Found(reading.span(), reading.certainty());
      best.merge(found.span().traceId() + found.span().spanId(), found, Found::better);
    }
  }

  private static List<Span> sorted(Map<String, Found> best, Order order) {
    return best.values().stream().map(Found::span).sorted(order.comparator()).toList();
  }

  /** The attributes of an answer's columns, by the column's place. */
  private static Map<Integer, AttributeColumns.Column> columns(Layout layout, ResultSetMetaData of)
      throws SQLException {
    Map<Integer, AttributeColumns.Column> found = new LinkedHashMap<>();
    for (int i = 1; i <= of.getColumnCount(); i++) {
      String name = of.getColumnName(i);
      if (name.matches(NAME_OF_ATTRIBUTE)) {
        AttributeColumns.Column column =
            layout.attributes().get(Integer.parseInt(name.substring(1)));
        if (column != null) {
          found.put(i, column);
        }
      }
    }
    return found;
  }

  /** One record of a span. */
  private record Found(Span span, int certainty) {

    Found better(Found other) {
      int order = Integer.compare(certainty, other.certainty);
      if (order == 0) {
        order = Long.compare(span.durationNs(), other.span.durationNs());
      }
      return order >= 0 ? this : other;
    }
  }

  /** The rows of one answer. */
  private static final class Reading {
    private final ResultSet row;
    private final Map<Integer, AttributeColumns.Column> attributes;
    private final ResourceSource resources;
    private final Map<String, Integer> places = new HashMap<>();

    Reading(
        ResultSet row, Map<Integer, AttributeColumns.Column> attributes, ResourceSource resources)
        throws SQLException {
      this.row = row;
      this.attributes = attributes;
      this.resources = resources;
      ResultSetMetaData columns = row.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        places.put(columns.getColumnName(i), i);
      }
    }

    private int place(String column) {
      Integer place = places.get(column);
      if (place == null) {
        throw new IllegalStateException("A part has no column " + column);
      }
      return place;
    }

    int certainty() throws SQLException {
      return row.getInt(place("certainty"));
    }

    Span span() throws SQLException {
      SpanBody body = SpanBody.read(row.getString(place("rest")));
      long parent = row.getLong(place("parent_span_id"));
      long start = row.getLong(place("start_ns"));
      return new Span(
          Ids.trace((UUID) row.getObject(place("trace_id"))),
          Ids.span(row.getLong(place("span_id"))),
          parent == 0 ? "" : Ids.span(parent),
          Span.Kind.values()[row.getInt(place("kind"))],
          row.getString(place("name")),
          row.getString(place("function")),
          start,
          start + row.getLong(place("duration_ns")),
          Span.Status.values()[row.getInt(place("status"))],
          body.statusMessage(),
          attributes(body),
          body.events(),
          body.links(),
          body.resource().isEmpty()
              ? resources.resource(row.getLong(place("resource_id")))
              : body.resource());
    }

    private Map<String, Object> attributes(SpanBody body) throws SQLException {
      Map<String, Object> all = new LinkedHashMap<>();
      for (Map.Entry<Integer, AttributeColumns.Column> attribute : attributes.entrySet()) {
        Object value = value(attribute.getKey(), attribute.getValue().type());
        if (value != null) {
          all.put(attribute.getValue().key(), value);
        }
      }
      all.putAll(body.attributes());
      return all;
    }

    private @Nullable Object value(int place, AttributeColumns.Type type) throws SQLException {
      Object value =
          switch (type) {
            case TEXT -> row.getString(place);
            case NUMBER -> row.getLong(place);
            case REAL -> row.getDouble(place);
            case TRUTH -> row.getBoolean(place);
          };
      return row.wasNull() ? null : value;
    }
  }
}
