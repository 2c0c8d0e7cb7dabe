package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.FailureGroup;
import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.ThrottleGroup;
import dev.thaw.collector.model.TraceCount;
import dev.thaw.collector.model.TraceSummary;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.store.Keep;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.StoreException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One DuckDB file: spans in a table for each hour in which they came, and tables of invocations,
 * throttles, relations and rollups. One transaction for each append.
 */
public final class DuckDbStore implements Store {

  private static final Logger LOG = LoggerFactory.getLogger(DuckDbStore.class);

  /** So often a question is asked again while the parts that it is about are being removed. */
  private static final int MOST_AGAIN = 5;

  /** What the engine says of a part's tables that are not there any more. */
  private static final Pattern REMOVED =
      Pattern.compile("Table with name (span|resource)_[0-9]+ does not exist");

  private final DatabaseFile file;
  private final LongSupplier clockNs;
  private volatile DuckDBConnection connection;
  private volatile Readers readers;
  private final OpenTraces open = new OpenTraces();
  private final RecentInvocations recent;
  private final Layout.Known layout = new Layout.Known();
  private volatile SpanReader spanReader = new SpanReader(open);
  private volatile long position;

  /** What the last checkpoint has. */
  private volatile long lasting;

  // Of whoever has the lock: the thread that appends, and who opens the database anew.
  private DuckDBConnection writing;
  private SpanWriter spans;
  private Rollups rollups;

  /** Whether what the engine and its driver think of the transaction is the same. */
  private boolean isSound = true;

  /** Whether the engine wants to be opened anew before anything works again. */
  private volatile boolean isInvalidated;

  /** Whether nothing can be added to the file because something in it can't be read. */
  private volatile boolean isDamaged;

  private DuckDbStore(DuckDBConnection connection, DatabaseFile file, LongSupplier clockNs)
      throws SQLException {
    this.connection = connection;
    this.file = file;
    this.clockNs = clockNs;
    writing = writer();
    boolean isOpen = false;
    try (Statement statement = writing.createStatement()) {
      spans = new SpanWriter(writing, open, clockNs);
      rollups = new Rollups(writing, Set.of());
      position = position(statement);
      lasting = position;
      try (ResultSet found =
          statement.executeQuery("SELECT coalesce(max(start_ns), 0) FROM invocation")) {
        found.next();
        recent = new RecentInvocations(found.getLong(1));
      }
      try (ResultSet found =
          statement.executeQuery(
              "SELECT 1 WHERE NOT EXISTS (FROM rollup) AND EXISTS (FROM invocation)")) {
        if (found.next()) {
          rollups.rebuild();
        }
      }
      try (ResultSet found =
          statement.executeQuery(
              "SELECT 1 WHERE NOT EXISTS (FROM rollup_hour) AND EXISTS (FROM rollup)")) {
        if (found.next()) {
          rollups.rebuildHours();
        }
      }
      rollups.joinNewest();
      statement.execute("DELETE FROM journal WHERE position < " + position);
      writing.commit();
      readers = new Readers(connection);
      isOpen = true;
    } finally {
      if (!isOpen) {
        close(writing);
      }
    }
  }

  private static long position(Statement statement) throws SQLException {
    try (ResultSet found = statement.executeQuery("SELECT max(position) FROM journal")) {
      found.next();
      return found.getLong(1);
    }
  }

  private DuckDBConnection writer() throws SQLException {
    DuckDBConnection writer = DatabaseFile.another(connection);
    writer.setAutoCommit(false);
    return writer;
  }

  /**
   * A database that can't be read is set aside, and a new one is begun.
   *
   * @throws IllegalArgumentException when the folder can't be used; the message says why
   */
  public static DuckDbStore open(Path folder) {
    return open(folder, () -> System.currentTimeMillis() * 1_000_000);
  }

  /**
   * At another time than now.
   *
   * @param clockNs the time in nanoseconds since the Unix epoch
   */
  public static DuckDbStore open(Path folder, LongSupplier clockNs) {
    DatabaseFile file = new DatabaseFile(folder);
    return file.open(
        connection -> {
          prepare(connection, file, clockNs);
          return new DuckDbStore(connection, file, clockNs);
        });
  }

  private static void prepare(DuckDBConnection connection, DatabaseFile file, LongSupplier clockNs)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Schema.prepare(statement, file.path(), clockNs.getAsLong());
    }
  }

  private static void close(DuckDBConnection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("A database that can't be used can't be closed either", e);
    }
  }

  // Writing

  @Override
  public synchronized void append(List<Span> batch, long after, long upTo) {
    try {
      beSound();
      if (after != position) {
        throw new StoreException(
            "The store is at position " + position + " of the journal, not at " + after);
      }
      notePosition(upTo);
      if (!batch.isEmpty()) {
        add(batch);
      }
      writing.commit();
      file.added(batch.size());
      position = upTo;
      if (spans.hasChangedLayout()) {
        layout.changed();
      }
    } catch (StoreException e) {
      throw e;
    } catch (SQLException | RuntimeException e) {
      failed(e);
      throw new StoreException("The spans could not be stored: " + e.getMessage(), e);
    }
    if (rollups.isJoinDue()) {
      join();
    }
  }

  /** Comes after the append, which stands in any case; what can't be joined now is joined later. */
  private void join() {
    try {
      rollups.join();
      writing.commit();
    } catch (SQLException | RuntimeException e) {
      LOG.warn("Rows of rollups could not be joined", e);
      failed(e);
    }
  }

  private void add(List<Span> batch) throws SQLException {
    @Nullable Invocation[] invocations = new Invocation[batch.size()];
    for (int i = 0; i < invocations.length; i++) {
      invocations[i] = Invocation.of(batch.get(i)).orElse(null);
    }
    int part = spans.append(batch, invocations);
    Relations.append(writing, part, batch);
    Rollups.Changes changes = new Rollups.Changes();
    Invocations.append(writing, part, invocations, recent, changes);
    Refusals.append(writing, part, batch, changes);
    rollups.save(changes);
  }

  private void failed(Exception why) {
    isSound = false;
    isInvalidated |= DatabaseFile.isInvalidated(why);
    isDamaged |= DatabaseFile.isDamaged(why);
  }

  /**
   * Comes first: the driver begins a transaction with the first statement, and an appender that has
   * none commits every 2,048 rows by itself. It adds a row and does not change one, because changes
   * wait for a checkpoint that is being made and additions do not.
   */
  private void notePosition(long upTo) throws SQLException {
    try (PreparedStatement put = writing.prepareStatement("INSERT INTO journal VALUES (?)")) {
      put.setLong(1, upTo);
      put.execute();
    }
  }

  /**
   * After a failure with another connection: after a commit that failed, the driver believes in a
   * transaction that the engine has ended, and whatever follows would be committed row by row.
   */
  private void beSound() throws SQLException {
    if (isSound) {
      return;
    }
    close(writing);
    if (isInvalidated || isDamaged) {
      openAnew();
    }
    writing = writer();
    spans = new SpanWriter(writing, open, clockNs);
    rollups = new Rollups(writing, rollups.minutesApart());
    writing.commit();
    isSound = true;
  }

  /**
   * The engine lets go of a database when the last connection to it is closed. Questions that are
   * being asked fail by themselves; those that come meanwhile, too. What came after the last
   * checkpoint is gone, and the position says so.
   */
  private void openAnew() throws SQLException {
    isInvalidated = true;
    LOG.error("The database is opened anew, because the engine could not go on with its file");
    close(writing);
    readers.close();
    close(connection);
    if (isDamaged) {
      file.setAside();
      isDamaged = false;
    }
    DuckDBConnection opened =
        file.open(
            own -> {
              prepare(own, file, clockNs);
              try (Statement statement = own.createStatement()) {
                position = position(statement);
                lasting = position;
              }
              return own;
            });
    // Not before the position is right: who makes a checkpoint looks at both.
    connection = opened;
    readers = new Readers(connection);
    spanReader = new SpanReader(open);
    layout.changed();
    isInvalidated = false;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public String damage() {
    return file.damage();
  }

  @Override
  public long checkpoint() {
    if (!file.hasRoomForCheckpoint()) {
      LOG.debug("No checkpoint now: the disk is nearly full");
      return lasting;
    }
    DuckDBConnection database = connection;
    long reached = position;
    try (DuckDBConnection writer = DatabaseFile.another(database);
        DuckDBConnection own = DatabaseFile.another(database);
        Statement other = writer.createStatement();
        Statement statement = own.createStatement()) {
      // While somebody else has added something, the engine lets others write beside a checkpoint;
      // otherwise it makes them wait, to tidy up what was deleted. Forgetting has time for that.
      other.execute("BEGIN");
      other.execute("INSERT INTO journal VALUES (0)");
      file.checkpoint(statement);
      other.execute("ROLLBACK");
      lasting = reached;
    } catch (SQLException e) {
      // What others are doing keeps it from being done; or it will never be.
      LOG.debug("No checkpoint now", e);
      if (DatabaseFile.isDamaged(e)) {
        isDamaged = true;
      }
    }
    return lasting;
  }

  @Override
  public synchronized long forget(Keep keep, long nowNs) {
    try {
      beSound();
      return new Forgetting(writing, file, keep, nowNs).run();
    } catch (SQLException | RuntimeException e) {
      failed(e);
      throw new StoreException("What is too old could not be removed: " + e.getMessage(), e);
    } finally {
      // Tables that it has removed are known no more.
      isSound = false;
      layout.changed();
    }
  }

  // Reading

  /**
   * Once more when a part that it had in mind was just removed, or when the engine had to be opened
   * anew: who asks is not to wait for the next append.
   */
  private <T> T read(Readers.Reading<T> question) {
    for (int again = 0; again < MOST_AGAIN; again++) {
      try {
        return readers.read(question);
      } catch (StoreException e) {
        if (!isOfRemovedPart(e)) {
          return healed(question, e);
        }
        layout.changed();
      }
    }
    return readers.read(question);
  }

  private static boolean isOfRemovedPart(StoreException e) {
    return e.getCause() != null
        && REMOVED.matcher(String.valueOf(e.getCause().getMessage())).find();
  }

  private <T> T healed(Readers.Reading<T> question, StoreException e) {
    if (DatabaseFile.isDamaged(e.getCause())) {
      file.isUnreadable(e);
    }
    if (!isInvalidated && !DatabaseFile.isInvalidated(e.getCause())) {
      throw e;
    }
    heal();
    return readers.read(question);
  }

  private boolean works() {
    try (DuckDBConnection own = DatabaseFile.another(connection);
        Statement statement = own.createStatement()) {
      return statement.execute("SELECT 1");
    } catch (SQLException e) {
      return false;
    }
  }

  private synchronized void heal() {
    if (!isInvalidated && works()) {
      // Somebody else was quicker.
      return;
    }
    try {
      openAnew();
    } catch (SQLException | IllegalArgumentException e) {
      throw new StoreException("The database can't be opened anew: " + e.getMessage(), e);
    } finally {
      isSound = false;
    }
  }

  @Override
  public List<FunctionBucket> rollups(Scope range, @Nullable String function, Grain coarsest) {
    return read(own -> Rollups.find(own, range, function, coarsest));
  }

  @Override
  public List<Invocation> invocations(InvocationQuery wanted) {
    return read(own -> Invocations.find(own, wanted));
  }

  @Override
  public List<TraceSummary> traces(TraceQuery wanted) {
    return read(own -> Search.traces(own, layout.now(own), wanted));
  }

  @Override
  public List<TraceCount> traceCounts(TraceQuery wanted, int bars) {
    return read(own -> Search.traceCounts(own, layout.now(own), wanted, bars));
  }

  @Override
  public Set<String> environments(Scope scope) {
    return read(own -> Rollups.environments(own, scope));
  }

  @Override
  public List<Span> trace(String traceId) {
    return read(own -> spanReader.ofTrace(own, layout.now(own), traceId));
  }

  @Override
  public List<Span> spans(Set<String> traceIds, int limit) {
    return traceIds.isEmpty()
        ? List.of()
        : read(own -> spanReader.ofTraces(own, layout.now(own), traceIds, limit));
  }

  @Override
  public List<Span> spans(Scope range, long fromEpochNs, int limit) {
    return read(own -> spanReader.page(own, layout.now(own), range, fromEpochNs, limit));
  }

  @Override
  public List<Span> chainSpans(Scope range, int limit) {
    String condition =
        "kind >= %d AND start_ns >= %d AND start_ns < %d"
                .formatted(Span.Kind.SERVER.ordinal(), range.fromEpochNs(), range.toEpochNs())
            + Invocations.ofTracesIn(range);
    return read(
        own -> {
          Layout now = layout.now(own);
          return spanReader.find(
              own, now, now.overlapping(range), condition, SpanReader.Order.NEWEST_FIRST, limit);
        });
  }

  @Override
  public List<Relation> relations(Set<String> traceIds) {
    return traceIds.isEmpty() ? List.of() : read(own -> Relations.find(own, traceIds));
  }

  @Override
  public Set<String> functions(Scope range, Filter filter) {
    return read(own -> Search.functions(own, layout.now(own), range, filter));
  }

  @Override
  public List<FailureGroup> failures(FailureQuery wanted) {
    return read(own -> Failures.find(own, wanted));
  }

  @Override
  public List<ThrottleGroup> throttles(Scope range, int bars) {
    return read(own -> Refusals.find(own, range, bars));
  }

  @Override
  public long countThrottles(Scope range, String target) {
    return read(own -> Refusals.count(own, range, target));
  }

  @Override
  public synchronized void close() {
    try {
      readers.close();
      writing.close();
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("The database could not be closed: " + e.getMessage(), e);
    }
  }
}
