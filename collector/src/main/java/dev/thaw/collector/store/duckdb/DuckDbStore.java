package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Throttles;
import dev.thaw.collector.model.TimeRange;
import dev.thaw.collector.model.TraceSummary;
import dev.thaw.collector.rollup.FunctionMinute;
import dev.thaw.collector.rollup.Minute;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.StoreException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * One DuckDB file: spans in a table that only grows, relations by what they meet in, invocations
 * and throttles by key, rollups by function and minute. One transaction for each append.
 *
 * <p>Spans have no key: an index on the largest table would cost most of the ingest rate, and a
 * span that came twice is told apart when its trace is read. What is counted has one.
 */
public final class DuckDbStore implements Store {

  private static final int SCHEMA_VERSION = 4;
  private static final int MOST_MINUTES_KEPT = 1000;

  /** More of them are found faster together. */
  private static final int FEW_INVOCATIONS = 8;

  private static final String[] SCHEMA = {
    """
    CREATE TABLE IF NOT EXISTS span (
      trace_id UUID, span_id BIGINT, parent_span_id BIGINT, certainty TINYINT, kind TINYINT,
      name VARCHAR, function VARCHAR, start_ns BIGINT, end_ns BIGINT, status TINYINT, chain BOOLEAN, body VARCHAR,
      resource_id BIGINT)
    """,
    "CREATE TABLE IF NOT EXISTS resource (id BIGINT PRIMARY KEY, body VARCHAR)",
    """
    CREATE TABLE IF NOT EXISTS invocation (
      trace_id UUID, span_id BIGINT, parent_span_id BIGINT, certainty TINYINT, function VARCHAR, request_id VARCHAR,
      start_ns BIGINT, end_ns BIGINT, outcome TINYINT, cold BOOLEAN, init_ns BIGINT, trigger_kind VARCHAR, instance VARCHAR,
      version VARCHAR, timeout_ns BIGINT, memory_used BIGINT, memory_limit BIGINT, queue_wait_ns BIGINT, error_type VARCHAR,
      error_message VARCHAR, PRIMARY KEY (trace_id, span_id))
    """,
    """
    CREATE TABLE IF NOT EXISTS throttle (
      trace_id UUID, span_id BIGINT, caller VARCHAR, target VARCHAR, reason VARCHAR, refused INTEGER, start_ns BIGINT,
      PRIMARY KEY (trace_id, span_id))
    """,
    """
    CREATE TABLE IF NOT EXISTS relation (
      key_trace UUID, key_span BIGINT, role TINYINT, trace_id UUID, span_id BIGINT, start_ns BIGINT)
    """,
    """
    CREATE TABLE IF NOT EXISTS rollup (
      function VARCHAR, minute BIGINT, data BLOB, PRIMARY KEY (function, minute))
    """,
    "CREATE TABLE IF NOT EXISTS journal (position BIGINT)"
  };

  private static final String INVOCATION_COLUMNS =
      "trace_id, span_id, parent_span_id, certainty, function, request_id, start_ns, end_ns, outcome, cold, init_ns,"
          + " trigger_kind, instance, version, timeout_ns, memory_used, memory_limit, queue_wait_ns, error_type, error_message";

  private static final String SELECT_SPANS =
      "SELECT span.*, resource.body AS resource_body FROM span LEFT JOIN resource ON resource_id = resource.id WHERE ";

  private final DuckDBConnection connection;
  private final DuckDBConnection writing;
  private final Resources resources = new Resources();

  /**
   * The rollups that the writer changed lately, as they stand in the database. Only the writer
   * touches it; after a failed append it is empty.
   */
  private final Map<Key, Minute> minutes =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Minute> eldest) {
          return size() > MOST_MINUTES_KEPT;
        }
      };

  private final String damage;

  /** After a failure each invocation is looked for by its key. The writer alone uses it. */
  private boolean careful;

  private volatile long position;

  private DuckDbStore(DuckDBConnection connection, String damage) throws SQLException {
    this.connection = connection;
    this.damage = damage;
    this.writing = connection.duplicate();
    writing.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT max(position) FROM journal")) {
      found.next();
      position = found.getLong(1);
    }
  }

  /**
   * A database that can't be read is set aside, and a new one is begun.
   *
   * @throws IllegalArgumentException when the folder can't be used; the message says why
   */
  public static DuckDbStore open(Path folder) {
    DatabaseFile file = new DatabaseFile(folder);
    DuckDBConnection connection = file.open();
    try {
      try (Statement statement = connection.createStatement()) {
        prepare(statement, file.path());
      }
      return new DuckDbStore(connection, file.damage());
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "The database " + file.path() + " can't be used: " + e.getMessage(), e);
    }
  }

  private static void prepare(Statement statement, Path file) throws SQLException {
    statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)");
    int version;
    try (ResultSet found = statement.executeQuery("SELECT max(version) FROM schema_version")) {
      found.next();
      version = found.getInt(1);
    }
    if (version != 0 && version != 3 && version != SCHEMA_VERSION) {
      throw new IllegalArgumentException(
          file
              + " has schema version "
              + version
              + ", this collector needs "
              + SCHEMA_VERSION
              + ". Use another data folder.");
    }
    statement.execute("BEGIN");
    if (version == 3) {
      // The fourth keeps resources apart, and knows how far it has come in the journal.
      statement.execute("ALTER TABLE span ADD COLUMN resource_id BIGINT");
      statement.execute("UPDATE schema_version SET version = " + SCHEMA_VERSION);
    }
    for (String table : SCHEMA) {
      statement.execute(table);
    }
    if (version == 0) {
      statement.execute("INSERT INTO schema_version VALUES (" + SCHEMA_VERSION + ")");
    }
    if (version != SCHEMA_VERSION) {
      statement.execute("INSERT INTO journal VALUES (0)");
    }
    statement.execute("COMMIT");
  }

  // Appending

  @Override
  public void append(List<Span> spans, long upTo) {
    try {
      notePosition(upTo);
      appendSpans(spans);
      Relations.append(writing, spans);
      Changes changes = new Changes();
      appendInvocations(spans, changes);
      appendThrottles(spans, changes);
      changes.save();
      writing.commit();
      position = upTo;
      careful = false;
    } catch (SQLException | RuntimeException e) {
      rollback();
      throw new StoreException("The spans could not be stored: " + e.getMessage(), e);
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public String damage() {
    return damage;
  }

  @Override
  public boolean checkpoint() {
    try (Statement statement = writing.createStatement()) {
      statement.execute("CHECKPOINT");
      writing.commit();
      return true;
    } catch (SQLException e) {
      // A question that is being answered keeps it from being done.
      rollback();
      return false;
    }
  }

  private void rollback() {
    // An invocation whose records differ in their start is not found by time.
    careful = true;
    minutes.clear();
    resources.rolledBack();
    try {
      writing.rollback();
    } catch (SQLException e) {
      // The connection is beyond help; the exception that led here says more.
    }
  }

  /**
   * Comes first: the driver begins a transaction with the first statement, and an appender that has
   * none commits every 2,048 rows by itself.
   */
  private void notePosition(long upTo) throws SQLException {
    try (PreparedStatement put = writing.prepareStatement("UPDATE journal SET position = ?")) {
      put.setLong(1, upTo);
      put.execute();
    }
  }

  private void appendSpans(List<Span> spans) throws SQLException {
    resources.begin();
    for (Span span : spans) {
      resources.id(writing, span.resource());
    }
    try (DuckDBAppender appender =
        writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "span")) {
      for (Span span : spans) {
        int certainty =
            Invocation.of(span)
                .map(Invocation::certainty)
                .orElse(span.unfinished() ? 0 : Invocation.FINAL);
        boolean chain = span.kind() != Span.Kind.INTERNAL && span.kind() != Span.Kind.UNSPECIFIED;
        appender.beginRow();
        appender.append(Ids.trace(span.traceId()));
        appender.append(Ids.span(span.spanId()));
        appender.append(Ids.span(span.parentSpanId()));
        appender.append((byte) certainty);
        appender.append((byte) span.kind().ordinal());
        appender.append(span.name());
        appender.append(span.function());
        appender.append(span.startEpochNs());
        appender.append(span.endEpochNs());
        appender.append((byte) span.status().ordinal());
        appender.append(chain);
        appender.append(SpanBody.write(span));
        appender.append(resources.id(writing, span.resource()));
        appender.endRow();
      }
      appender.flush();
    }
  }

  private void appendInvocations(List<Span> spans, Changes changes) throws SQLException {
    // Of several records of one span in one batch only the most certain counts.
    Map<String, Invocation> best = new HashMap<>();
    for (Span span : spans) {
      Invocation.of(span)
          .ifPresent(
              invocation ->
                  best.merge(
                      key(invocation),
                      invocation,
                      (a, b) -> b.certainty() > a.certainty() ? b : a));
    }
    if (best.isEmpty()) {
      return;
    }
    Map<String, Invocation> known = known(best.values());
    List<Invocation> fresh = new ArrayList<>();
    for (Invocation invocation : best.values()) {
      Invocation before = known.get(key(invocation));
      if (before == null) {
        fresh.add(invocation);
      } else if (before.certainty() < invocation.certainty()) {
        changes.minute(before.function(), before.startEpochNs()).remove(before);
        replace(invocation);
      } else {
        continue;
      }
      changes.minute(invocation.function(), invocation.startEpochNs()).add(invocation);
    }
    insert(fresh);
  }

  /** By the appender: an INSERT that looks for conflicts costs milliseconds each time. */
  private void insert(List<Invocation> fresh) throws SQLException {
    if (fresh.isEmpty()) {
      return;
    }
    try (DuckDBAppender appender =
        writing.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "invocation")) {
      for (Invocation invocation : fresh) {
        Rows.append(appender, invocation);
      }
      appender.flush();
    }
  }

  private void replace(Invocation invocation) throws SQLException {
    try (PreparedStatement put =
        writing.prepareStatement(
            "UPDATE invocation SET certainty = ?, end_ns = ?, outcome = ?, timeout_ns = ?, memory_used = ?,"
                + " error_type = ?, error_message = ? WHERE trace_id = ? AND span_id = ?")) {
      put.setInt(1, invocation.certainty());
      put.setLong(2, invocation.endEpochNs());
      put.setInt(3, invocation.outcome().ordinal());
      put.setLong(4, invocation.timeoutNs());
      put.setLong(5, invocation.memoryUsed());
      put.setString(6, invocation.errorType());
      put.setString(7, invocation.errorMessage());
      put.setObject(8, Ids.trace(invocation.traceId()));
      put.setLong(9, Ids.span(invocation.spanId()));
      put.execute();
    }
  }

  private static String key(Invocation invocation) {
    return invocation.traceId() + invocation.spanId();
  }

  /** Those that are there already: a few one by one, many with one look at the time they are of. */
  private Map<String, Invocation> known(Collection<Invocation> wanted) throws SQLException {
    Map<String, Invocation> found = new HashMap<>();
    if (wanted.size() <= FEW_INVOCATIONS || careful) {
      try (PreparedStatement find =
          writing.prepareStatement(
              "SELECT "
                  + INVOCATION_COLUMNS
                  + " FROM invocation WHERE trace_id = ? AND span_id = ?")) {
        for (Invocation invocation : wanted) {
          find.setObject(1, Ids.trace(invocation.traceId()));
          find.setLong(2, Ids.span(invocation.spanId()));
          read(find, found);
        }
      }
      return found;
    }
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    List<Object> traces = new ArrayList<>(wanted.size());
    for (Invocation invocation : wanted) {
      first = Math.min(first, invocation.startEpochNs());
      last = Math.max(last, invocation.startEpochNs());
      traces.add(Ids.trace(invocation.traceId()));
    }
    try (PreparedStatement find =
        writing.prepareStatement(
            "SELECT "
                + INVOCATION_COLUMNS
                + " FROM invocation WHERE start_ns BETWEEN ? AND ? AND trace_id IN (SELECT unnest(?))")) {
      find.setLong(1, first);
      find.setLong(2, last);
      find.setObject(3, writing.createArrayOf("UUID", traces.toArray()));
      read(find, found);
    }
    return found;
  }

  private static void read(PreparedStatement find, Map<String, Invocation> into)
      throws SQLException {
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        Invocation invocation = Rows.invocation(row);
        into.put(key(invocation), invocation);
      }
    }
  }

  private void appendThrottles(List<Span> spans, Changes changes) throws SQLException {
    Map<String, Throttles> most = new HashMap<>();
    for (Span span : spans) {
      Throttles.of(span)
          .ifPresent(
              met ->
                  most.merge(
                      met.traceId() + met.spanId(), met, (a, b) -> b.count() > a.count() ? b : a));
    }
    if (most.isEmpty()) {
      return;
    }
    try (PreparedStatement find =
            writing.prepareStatement(
                "SELECT refused FROM throttle WHERE trace_id = ? AND span_id = ?");
        PreparedStatement put =
            writing.prepareStatement(
                "INSERT INTO throttle VALUES (?,?,?,?,?,?,?)"
                    + " ON CONFLICT (trace_id, span_id) DO UPDATE SET refused = excluded.refused")) {
      for (Throttles met : most.values()) {
        find.setObject(1, Ids.trace(met.traceId()));
        find.setLong(2, Ids.span(met.spanId()));
        int known;
        try (ResultSet row = find.executeQuery()) {
          known = row.next() ? row.getInt(1) : 0;
        }
        if (met.count() <= known) {
          continue;
        }
        changes.minute(met.target(), met.firstEpochNs()).addThrottled(met.count() - known);
        changes.minute(met.caller(), met.firstEpochNs()).addThrottlesMet(met.count() - known);
        put.setObject(1, Ids.trace(met.traceId()));
        put.setLong(2, Ids.span(met.spanId()));
        put.setString(3, met.caller());
        put.setString(4, met.target());
        put.setString(5, met.reason());
        put.setInt(6, met.count());
        put.setLong(7, met.firstEpochNs());
        put.execute();
      }
    }
  }

  /** The rollups that one append changes: read once, saved once. */
  private record Key(String function, long minute) {}

  private final class Changes {
    private final Map<Key, Minute> changed = new HashMap<>();

    Minute minute(String function, long epochNs) throws SQLException {
      Key key = new Key(function, Minute.of(epochNs));
      Minute known = changed.get(key);
      if (known == null) {
        known = read(key);
        changed.put(key, known);
      }
      return known;
    }

    private Minute read(Key key) throws SQLException {
      Minute kept = minutes.get(key);
      if (kept != null) {
        return kept;
      }
      try (PreparedStatement find =
          writing.prepareStatement("SELECT data FROM rollup WHERE function = ? AND minute = ?")) {
        find.setString(1, key.function());
        find.setLong(2, key.minute());
        try (ResultSet row = find.executeQuery()) {
          Minute read = row.next() ? Minute.decode(row.getBytes(1)) : new Minute();
          minutes.put(key, read);
          return read;
        }
      }
    }

    void save() throws SQLException {
      if (changed.isEmpty()) {
        return;
      }
      try (PreparedStatement put =
          writing.prepareStatement(
              "INSERT INTO rollup VALUES (?,?,?) ON CONFLICT (function, minute) DO UPDATE SET data = excluded.data")) {
        for (Map.Entry<Key, Minute> change : changed.entrySet()) {
          put.setString(1, change.getKey().function());
          put.setLong(2, change.getKey().minute());
          put.setBytes(3, change.getValue().encode());
          put.execute();
        }
      }
    }
  }

  // Reading

  private interface Reading<T> {
    T from(DuckDBConnection own) throws SQLException;
  }

  /** On a connection of its own: readers see the last commit and never wait for the writer. */
  private <T> T read(Reading<T> reading) {
    try (DuckDBConnection own = connection.duplicate()) {
      return reading.from(own);
    } catch (SQLException e) {
      throw new StoreException("The store could not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public List<FunctionMinute> minutes(TimeRange range, @Nullable String function) {
    return read(
        own -> {
          try (PreparedStatement query =
              own.prepareStatement(
                  "SELECT function, minute, data FROM rollup WHERE minute BETWEEN ? AND ?"
                      + (function == null ? "" : " AND function = ?")
                      + " ORDER BY minute")) {
            query.setLong(1, Minute.of(range.fromEpochNs()));
            query.setLong(2, Minute.of(range.toEpochNs() - 1));
            if (function != null) {
              query.setString(3, function);
            }
            List<FunctionMinute> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                found.add(
                    new FunctionMinute(
                        row.getString(1), row.getLong(2), Minute.decode(row.getBytes(3))));
              }
            }
            return found;
          }
        });
  }

  @Override
  public List<Invocation> invocations(InvocationQuery wanted) {
    StringBuilder sql =
        new StringBuilder(
            "SELECT "
                + INVOCATION_COLUMNS
                + " FROM invocation WHERE start_ns >= ? AND start_ns < ?");
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
    sql.append(
        switch (wanted.order()) {
          case NEWEST -> " ORDER BY start_ns DESC";
          case SLOWEST -> " ORDER BY end_ns - start_ns DESC";
          case SLOWEST_INIT -> " ORDER BY init_ns DESC";
        });
    sql.append(" LIMIT ").append(wanted.limit());
    return read(
        own -> {
          try (PreparedStatement query = own.prepareStatement(sql.toString())) {
            query.setLong(1, wanted.range().fromEpochNs());
            query.setLong(2, wanted.range().toEpochNs());
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
        });
  }

  @Override
  public List<TraceSummary> traces(TraceQuery wanted) {
    List<Object> values = new ArrayList<>();
    values.add(wanted.range().fromEpochNs());
    values.add(wanted.range().toEpochNs());
    StringBuilder having = new StringBuilder("max(end_ns) - min(start_ns) >= ?");
    values.add(wanted.minDurationNs());
    for (String function : wanted.through()) {
      having.append(" AND count(*) FILTER (WHERE function = ?) > 0");
      values.add(function);
    }
    if (wanted.outcome() != null) {
      having.append(" AND count(*) FILTER (WHERE outcome = ?) > 0");
      values.add(wanted.outcome().ordinal());
    }
    if (wanted.coldOnly()) {
      having.append(" AND count(*) FILTER (WHERE cold) > 0");
    }
    if (wanted.requestId() != null) {
      having.append(" AND count(*) FILTER (WHERE request_id = ?) > 0");
      values.add(wanted.requestId());
    }
    String sql =
        "SELECT trace_id::VARCHAR, arg_min(function, start_ns), min(start_ns), max(end_ns), count(*),"
            + " count(*) FILTER (WHERE cold), string_agg(DISTINCT function, ',' ORDER BY function), max(outcome)"
            + " FROM invocation WHERE start_ns >= ? AND start_ns < ? GROUP BY trace_id HAVING "
            + having
            + " ORDER BY min(start_ns) DESC LIMIT "
            + wanted.limit();
    return read(
        own -> {
          try (PreparedStatement query = own.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
              query.setObject(i + 1, values.get(i));
            }
            List<TraceSummary> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                found.add(Rows.traceSummary(row));
              }
            }
            return found;
          }
        });
  }

  @Override
  public List<Span> trace(String traceId) {
    return spans(
        SELECT_SPANS
            + "trace_id = ?"
            + " QUALIFY row_number() OVER (PARTITION BY span_id ORDER BY certainty DESC, end_ns DESC) = 1 ORDER BY start_ns, span_id",
        query -> query.setObject(1, Ids.trace(traceId)));
  }

  @Override
  public List<Span> chainSpans(TimeRange range, int limit) {
    return spans(
        SELECT_SPANS
            + "chain AND start_ns >= ? AND start_ns < ?"
            + " QUALIFY row_number() OVER (PARTITION BY trace_id, span_id ORDER BY certainty DESC, end_ns DESC) = 1"
            + " ORDER BY start_ns DESC LIMIT "
            + limit,
        query -> {
          query.setLong(1, range.fromEpochNs());
          query.setLong(2, range.toEpochNs());
        });
  }

  private interface Binding {
    void to(PreparedStatement query) throws SQLException;
  }

  private List<Span> spans(String sql, Binding binding) {
    return read(
        own -> {
          try (PreparedStatement query = own.prepareStatement(sql)) {
            binding.to(query);
            List<Span> found = new ArrayList<>();
            Map<Long, Map<String, Object>> resources = new HashMap<>();
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                found.add(Rows.span(row, resources));
              }
            }
            return found;
          }
        });
  }

  @Override
  public List<Relation> relations(Set<String> traceIds) {
    return traceIds.isEmpty() ? List.of() : read(own -> Relations.find(own, traceIds));
  }

  @Override
  public long countThrottles(TimeRange range, String target) {
    return read(
        own -> {
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
        });
  }

  @Override
  public void close() {
    try {
      writing.close();
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("The database could not be closed: " + e.getMessage(), e);
    }
  }
}
