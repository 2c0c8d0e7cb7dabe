package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Messages;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Span;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
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

  private record Side(int role, UUID keyTrace, long keySpan, UUID trace, long span, long startNs) {}

  /**
   * Two plain questions, and the sides are put together here: the engine would take longer to plan
   * the joins than for all the rest. Most traces hang together with no other and need one question.
   */
  static List<Relation> find(Connection own, Set<String> traceIds) throws SQLException {
    Set<UUID> wanted = traceIds.stream().map(Ids::trace).collect(Collectors.toSet());
    String traces = Ids.list(wanted);
    Set<Relation> found = new LinkedHashSet<>();
    Set<UUID> messages = new LinkedHashSet<>();
    for (Side side :
        sides(
            own,
            "trace_id IN (%1$s) OR role = %2$d AND key_trace IN (%1$s)".formatted(traces, LINKS))) {
      if (side.role() == LINKS) {
        found.add(relation(side.keyTrace(), side.keySpan(), side));
      } else {
        messages.add(side.keyTrace());
      }
    }
    if (!messages.isEmpty()) {
      messages(
          sides(own, "role <> %d AND key_trace IN (%s)".formatted(LINKS, Ids.list(messages))),
          wanted,
          found);
    }
    return List.copyOf(found);
  }

  private static List<Side> sides(Connection own, String condition) throws SQLException {
    List<Side> found = new ArrayList<>();
    try (Statement statement = own.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT role, key_trace, key_span, trace_id, span_id, start_ns FROM relation WHERE "
                    + condition)) {
      while (row.next()) {
        found.add(
            new Side(
                row.getInt(1),
                (UUID) row.getObject(2),
                row.getLong(3),
                (UUID) row.getObject(4),
                row.getLong(5),
                row.getLong(6)));
      }
    }
    return found;
  }

  private static Relation relation(UUID fromTrace, long fromSpan, Side to) {
    return new Relation(
        Ids.trace(fromTrace), Ids.span(fromSpan), Ids.trace(to.trace()), Ids.span(to.span()));
  }

  /** Of several that sent the same message the last before the receiver's start counts. */
  private static void messages(List<Side> sides, Set<UUID> wanted, Set<Relation> to) {
    Map<UUID, List<Side>> senders =
        sides.stream()
            .filter(side -> side.role() == SENDS)
            .collect(Collectors.groupingBy(Side::keyTrace));
    for (Side receiver : sides) {
      if (receiver.role() == RECEIVES) {
        senders.getOrDefault(receiver.keyTrace(), List.of()).stream()
            .max(
                Comparator.comparing((Side sender) -> sender.startNs() <= receiver.startNs())
                    .thenComparingLong(Side::startNs))
            .filter(sender -> wanted.contains(sender.trace()) || wanted.contains(receiver.trace()))
            .ifPresent(sender -> to.add(relation(sender.trace(), sender.span(), receiver)));
      }
    }
  }
}
