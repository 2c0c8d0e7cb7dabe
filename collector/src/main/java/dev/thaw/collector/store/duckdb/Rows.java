package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.duckdb.DuckDBAppender;

/** Between rows and the model. */
final class Rows {

  private Rows() {}

  static Invocation invocation(ResultSet row) throws SQLException {
    long parent = row.getLong(3);
    return new Invocation(
        Ids.trace((UUID) row.getObject(1)),
        Ids.span(row.getLong(2)),
        parent == 0 ? "" : Ids.span(parent),
        row.getInt(4),
        row.getString(5),
        row.getString(6),
        row.getLong(7),
        row.getLong(8),
        Outcome.values()[row.getInt(9)],
        row.getBoolean(10),
        row.getLong(11),
        row.getString(12),
        row.getString(13),
        row.getString(14),
        row.getLong(15),
        row.getLong(16),
        row.getLong(17),
        row.getLong(18),
        row.getInt(19),
        row.getString(20),
        row.getString(21),
        row.getString(22),
        row.getString(23));
  }

  /** In the order of the table's columns. */
  static void append(DuckDBAppender to, int part, Invocation invocation) throws SQLException {
    to.beginRow();
    to.append(part);
    to.append(Ids.trace(invocation.traceId()));
    to.append(Ids.span(invocation.spanId()));
    to.append(Ids.span(invocation.parentSpanId()));
    to.append((byte) invocation.certainty());
    to.append(invocation.function());
    to.append(invocation.requestId());
    to.append(invocation.startEpochNs());
    to.append(invocation.endEpochNs());
    to.append((byte) invocation.outcome().ordinal());
    to.append(invocation.cold());
    to.append(invocation.initNs());
    to.append(invocation.trigger());
    to.append(invocation.instance());
    to.append(invocation.version());
    to.append(invocation.timeoutNs());
    to.append(invocation.memoryUsed());
    to.append(invocation.memoryLimit());
    to.append(invocation.queueWaitNs());
    to.append(invocation.errorType());
    to.append(invocation.errorMessage());
    to.append(invocation.deadLetters());
    to.append(invocation.place());
    to.append(invocation.environment());
    to.endRow();
  }
}
