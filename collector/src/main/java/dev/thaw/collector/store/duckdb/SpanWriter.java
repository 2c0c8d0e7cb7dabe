package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Appends spans to the part that is being written, and begins the next one when it is time. A span
 * that came twice is there twice; it is told apart when it is read.
 */
final class SpanWriter {

  private static final long HOUR_NS = 3_600_000_000_000L;
  private static final long LONGEST_NS = 24 * HOUR_NS;

  /** One that is smaller than a row group of the engine is not worth a table; it waits for more. */
  private static final long FEWEST_SPANS = 122_880;

  private static final long MOST_SPANS = 20_000_000;

  /** Of a larger part the traces are not read at the start. */
  private static final long MOST_LOADED = 2_000_000;

  private final DuckDBConnection writing;
  private final LongSupplier clockNs;
  private final Utf8 utf8 = new Utf8();
  private final AttributeColumns columns;
  private final Resources resources;
  private final RestKeys restKeys;
  private final OpenTraces openTraces;
  private boolean hasChangedLayout;
  private Parts.@Nullable Part current;

  // Of the current part; noted in the database when it is closed.
  private long spans;
  private long first;
  private long last;

  SpanWriter(DuckDBConnection writing, OpenTraces openTraces, LongSupplier clockNs)
      throws SQLException {
    this.writing = writing;
    this.clockNs = clockNs;
    columns = new AttributeColumns(writing);
    resources = new Resources(writing);
    restKeys = new RestKeys(writing);
    this.openTraces = openTraces;
    load();
  }

  /** How things stand in the database. */
  private void load() throws SQLException {
    current = null;
    for (Parts.Part part : Parts.all(writing)) {
      if (part.closedNs() == 0) {
        current = part;
        measure(part);
        columns.load(part.spanTable());
        resources.begin(part.resourceTable());
        restKeys.load(part.id());
        if (spans <= MOST_LOADED && !openTraces.isOf(part.id())) {
          openTraces.begin(part.id(), to -> traces(part, to));
        }
      }
    }
  }

  private void traces(Parts.Part part, Consumer<UUID> to) throws SQLException {
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT DISTINCT trace_id FROM " + part.spanTable())) {
      while (row.next()) {
        to.accept((UUID) row.getObject(1));
      }
    }
  }

  private void measure(Parts.Part part) throws SQLException {
    try (Statement statement = writing.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), coalesce(min(start_ns), %d), coalesce(max(start_ns), %d) FROM %s"
                    .formatted(Long.MAX_VALUE, -Long.MAX_VALUE, part.spanTable()))) {
      row.next();
      spans = row.getLong(1);
      first = row.getLong(2);
      last = row.getLong(3);
    }
  }

  /**
   * @param invocations of each span what it is, or null
   * @return the part's number
   */
  int append(List<Span> batch, @Nullable Invocation[] invocations) throws SQLException {
    Parts.Part part = part();
    hasChangedLayout |= columns.widen();
    resources.beginAppend();
    for (Span span : batch) {
      resources.id(span.resource());
    }
    String traceId = "";
    @Nullable UUID trace = null;
    try (DuckDBAppender appender =
        writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, part.spanTable())) {
      for (int i = 0; i < batch.size(); i++) {
        Span span = batch.get(i);
        if (trace == null || !span.traceId().equals(traceId)) {
          traceId = span.traceId();
          trace = Ids.trace(traceId);
          openTraces.add(trace);
        }
        Invocation invocation = invocations[i];
        int certainty =
            invocation != null
                ? invocation.certainty()
                : span.unfinished() ? Invocation.ANNOUNCED : Invocation.FINAL;
        append(appender, span, trace, certainty);
        first = Math.min(first, span.startEpochNs());
        last = Math.max(last, span.startEpochNs());
      }
      appender.flush();
    }
    hasChangedLayout |= restKeys.save();
    spans += batch.size();
    return part.id();
  }

  /** Whether parts or columns have been made since this was last asked. */
  boolean hasChangedLayout() {
    boolean hasChanged = hasChangedLayout;
    hasChangedLayout = false;
    return hasChanged;
  }

  private void append(DuckDBAppender to, Span span, UUID trace, int certainty) throws SQLException {
    Map<String, Object> others = columns.sort(span.attributes());
    restKeys.see(others.keySet());
    to.beginRow();
    to.appendUUID(trace.getMostSignificantBits(), trace.getLeastSignificantBits());
    to.append(Ids.span(span.spanId()));
    to.append(Ids.span(span.parentSpanId()));
    to.append((byte) certainty);
    to.append((byte) span.kind().ordinal());
    to.append(utf8.of(span.name()));
    to.append(utf8.of(span.function()));
    to.append(span.startEpochNs());
    to.append(span.durationNs());
    to.append((byte) span.status().ordinal());
    to.append(resources.id(span.resource()));
    to.append(SpanBody.write(span, others));
    columns.append(to, utf8);
    to.endRow();
  }

  private Parts.Part part() throws SQLException {
    long now = clockNs.getAsLong();
    Parts.Part open = current;
    if (open != null) {
      long age = now - open.openedNs();
      boolean isDue =
          age >= LONGEST_NS || age >= HOUR_NS && spans >= FEWEST_SPANS || spans >= MOST_SPANS;
      if (!isDue) {
        return open;
      }
      Parts.grow(writing, open.id(), first, last, spans);
      Parts.close(writing, open.id(), now);
      TraceIndex.write(writing, open);
    }
    Parts.Part next = Parts.create(writing, now, 0, false);
    columns.begin(next.spanTable());
    resources.begin(next.resourceTable());
    restKeys.begin(next.id());
    openTraces.begin(next.id());
    hasChangedLayout = true;
    current = next;
    measure(next);
    return next;
  }
}
