package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Messages;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Span;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The table of relations: each row is one side of one. Two sides meet in a key, which is the linked
 * span itself, or the message that one sends and the other receives.
 */
final class Relations {

  private static final int LINKS = 0;
  private static final int SENDS = 1;
  private static final int RECEIVES = 2;

  private Relations() {}

  /** A row that comes twice, with a record that is sent again, changes no answer. */
  static void append(DuckDBConnection to, int part, List<Span> spans) throws SQLException {
    if (spans.stream().allMatch(span -> span.links().isEmpty() && Messages.ids(span).isEmpty())) {
      return;
    }
    try (DuckDBAppender appender = to.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "relation")) {
      for (Span span : spans) {
        for (Span.Link link : span.links()) {
          row(appender, part, Ids.trace(link.traceId()), Ids.span(link.spanId()), LINKS, span);
        }
        for (String id : Messages.ids(span)) {
          UUID key = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
          row(appender, part, key, 0, span.isCall() ? SENDS : RECEIVES, span);
        }
      }
      appender.flush();
    }
  }

  private static void row(
      DuckDBAppender to, int part, UUID keyTrace, long keySpan, int role, Span span)
      throws SQLException {
    to.beginRow();
    to.append(part);
    to.append(keyTrace);
    to.append(keySpan);
    to.append((byte) role);
    to.append(Ids.trace(span.traceId()));
    to.append(Ids.span(span.spanId()));
    to.append(span.startEpochNs());
    to.endRow();
  }

  static List<Relation> find(Connection own, Set<String> traceIds) throws SQLException {
    String marks = String.join(",", java.util.Collections.nCopies(traceIds.size(), "?::UUID"));
    String links =
        "SELECT DISTINCT key_trace, key_span, trace_id, span_id FROM relation WHERE role = "
            + LINKS
            + " AND (trace_id IN ("
            + marks
            + ") OR key_trace IN ("
            + marks
            + "))";
    String messages =
        "SELECT DISTINCT sent_trace, sent_span, trace_id, span_id FROM ("
            + "SELECT s.trace_id AS sent_trace, s.span_id AS sent_span, r.trace_id, r.span_id FROM relation r"
            + " JOIN relation s ON s.key_trace = r.key_trace AND s.role = "
            + SENDS
            + " WHERE r.role = "
            + RECEIVES
            + " AND r.key_trace IN (SELECT key_trace FROM relation WHERE role <> "
            + LINKS
            + " AND trace_id IN ("
            + marks
            + "))"
            + " QUALIFY row_number() OVER (PARTITION BY r.trace_id, r.span_id, r.key_trace"
            + " ORDER BY s.start_ns <= r.start_ns DESC, s.start_ns DESC) = 1)"
            + " WHERE trace_id IN ("
            + marks
            + ") OR sent_trace IN ("
            + marks
            + ")";
    List<Relation> found = new ArrayList<>();
    read(own, links, traceIds, 2, found);
    read(own, messages, traceIds, 3, found);
    return found;
  }

  private static void read(
      Connection own, String sql, Set<String> traceIds, int times, List<Relation> to)
      throws SQLException {
    try (PreparedStatement query = own.prepareStatement(sql)) {
      int at = 1;
      for (int i = 0; i < times; i++) {
        for (String traceId : traceIds) {
          query.setString(at++, Ids.trace(traceId).toString());
        }
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          to.add(
              new Relation(
                  Ids.trace((UUID) row.getObject(1)),
                  Ids.span(row.getLong(2)),
                  Ids.trace((UUID) row.getObject(3)),
                  Ids.span(row.getLong(4))));
        }
      }
    }
  }
}
