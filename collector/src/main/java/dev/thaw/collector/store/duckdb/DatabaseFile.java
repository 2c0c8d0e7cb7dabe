package dev.thaw.collector.store.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's file, to which the engine writes at a checkpoint and never in between: it keeps no
 * log of its own, because the journal has what came since. What the engine can't read is renamed,
 * never deleted, and the journal gives back what it still has.
 */
final class DatabaseFile {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

  /**
   * What the engine says to everybody after one of its writes has failed, until it is opened anew.
   */
  private static final String INVALIDATED = "has been invalidated";

  /** What the engine says of a block that is not as it was written, or is not there. */
  private static final String[] DAMAGED = {"Corrupt database file", "Could not read enough bytes"};

  /** What the engine says when nothing is damaged and it may not open the file all the same. */
  private static final String[] NOT_DAMAGED = {
    "Could not set lock",
    "already attached",
    "newer version of DuckDB",
    "Permission denied",
    "No space left",
    INVALIDATED
  };

  /** Bytes that the engine may need for a checkpoint, whatever was added. */
  private static final long CHECKPOINT_MARGIN = 16L << 20;

  /** Bytes that it may need for each span; they are compressed, so it is hardly ever as much. */
  private static final long SPAN_MARGIN = 1024;

  private static final String MEMORY = "1GB";

  /** The indexer says when; by itself the engine would do it after a large transaction. */
  private static final String LOG_BEFORE_CHECKPOINT = "1GB";

  /** How statements call it; the engine's own, in memory, is empty. */
  private static final String NAME = "thaw";

  private final AtomicLong added = new AtomicLong();
  private final Path file;
  private volatile String damage = "";

  /**
   * @throws IllegalArgumentException when the folder can't be used; the message says why
   */
  DatabaseFile(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The data folder " + folder + " can't be created: " + e.getMessage(), e);
    }
    if (!Files.isWritable(folder)) {
      throw new IllegalArgumentException("The data folder " + folder + " can't be written to");
    }
    file = folder.resolve("thaw.duckdb");
  }

  Path path() {
    return file;
  }

  /** Whether nothing works any more until the database is opened anew. */
  static boolean isInvalidated(@Nullable Throwable e) {
    return says(e, INVALIDATED);
  }

  /** Whether something in the file could not be read. */
  static boolean isDamaged(@Nullable Throwable e) {
    return says(e, DAMAGED);
  }

  private static boolean says(@Nullable Throwable e, String... anyOf) {
    return e instanceof SQLException
        && Arrays.stream(anyOf).anyMatch(String.valueOf(e.getMessage())::contains);
  }

  /** Notes what the next checkpoint will write. */
  void added(int spans) {
    added.addAndGet(spans);
  }

  /**
   * Whether there is room for a checkpoint. The engine is of no use to anybody after one that
   * fails.
   */
  boolean hasRoomForCheckpoint() {
    return file.toFile().getUsableSpace() > added.get() * SPAN_MARGIN + CHECKPOINT_MARGIN;
  }

  /**
   * @throws SQLException when what others are doing keeps it from being done
   */
  void checkpoint(Statement statement) throws SQLException {
    long written = added.get();
    statement.execute("CHECKPOINT");
    added.addAndGet(-written);
  }

  /** Bytes of the file that are in use. */
  static String usedBytes() {
    return "SELECT block_size * used_blocks FROM pragma_database_size() WHERE database_name = '"
        + NAME
        + "'";
  }

  /** Another connection to the database of this one. */
  static DuckDBConnection another(DuckDBConnection connection) throws SQLException {
    DuckDBConnection own = connection.duplicate();
    try {
      own.setCatalog(NAME);
      return own;
    } catch (SQLException e) {
      own.close();
      throw e;
    }
  }

  /** Of a checkpoint that was cut off, or of a collector before this one. */
  private Path log() {
    return beside(".wal");
  }

  private Path beside(String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** What was set aside or can't be read; empty when all is well. */
  String damage() {
    return damage;
  }

  /**
   * What is begun with a connection. Whatever can't be read for it is damaged, and is set aside.
   */
  interface Use<T> {
    T of(DuckDBConnection connection) throws SQLException;
  }

  /**
   * @param use keeps the connection, unless it fails
   * @throws IllegalArgumentException when somebody else uses it, or it is from a newer version
   */
  <T> T open(Use<T> use) {
    try {
      return tried(use);
    } catch (SQLException e) {
      refuseWhatIsNotDamaged(e);
      LOG.error("The database {} can't be opened", file, e);
    }
    Path log = log();
    if (Files.exists(log)) {
      setAside(log);
      try {
        return tried(use);
      } catch (SQLException e) {
        LOG.error("The database {} can't be opened without its log either", file, e);
      }
    }
    setAside();
    try {
      return tried(use);
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "No database can be made in " + file.getParent() + ": " + e.getMessage(), e);
    }
  }

  private <T> T tried(Use<T> use) throws SQLException {
    DuckDBConnection connection = tried();
    boolean isUsed = false;
    try {
      T used = use.of(connection);
      isUsed = true;
      return used;
    } finally {
      if (!isUsed) {
        connection.close();
      }
    }
  }

  private DuckDBConnection tried() throws SQLException {
    Properties options = new Properties();
    options.setProperty("autoinstall_known_extensions", "false");
    options.setProperty("autoload_known_extensions", "false");
    // By itself it would take four fifths of the machine's.
    options.setProperty("memory_limit", MEMORY);
    options.setProperty("temp_directory", beside(".tmp").toString());
    options.setProperty("checkpoint_threshold", LOG_BEFORE_CHECKPOINT);
    DuckDBConnection connection =
        (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", options);
    Unpacked.remove();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "ATTACH '%s' AS %s (RECOVERY_MODE no_wal_writes)"
              .formatted(file.toString().replace("'", "''"), NAME));
      connection.setCatalog(NAME);
      // What a database can do to the machine it is on is nothing that this one needs.
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
      added.set(0);
      return connection;
    } catch (SQLException e) {
      // The engine keeps to what it has as long as anybody holds on to it.
      connection.close();
      throw e;
    }
  }

  private void refuseWhatIsNotDamaged(SQLException e) {
    if (says(e, NOT_DAMAGED)) {
      throw new IllegalArgumentException(
          "The database "
              + file
              + " can't be opened (is another collector using it?): "
              + e.getMessage(),
          e);
    }
  }

  /** For what can't be written any more because it can't be read. */
  void setAside() {
    setAside(file);
  }

  private void setAside(Path what) {
    Path aside = what.resolveSibling(what.getFileName() + ".damaged-" + System.currentTimeMillis());
    try {
      Files.move(what, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          what + " is damaged and can't be set aside: " + e.getMessage(), e);
    }
    tell(
        what.getFileName()
            + " was damaged and is now "
            + aside.getFileName()
            + "; what the journal still had is there again");
    LOG.error("{} was damaged and is now {}", what, aside);
  }

  private synchronized void tell(String what) {
    damage = (damage.isEmpty() ? "" : damage + "; ") + what;
  }

  /** That something in it could not be read; said once. */
  synchronized void isUnreadable(Throwable why) {
    String what = "a part of " + file.getFileName() + " can't be read";
    if (!damage.contains(what)) {
      tell(
          what
              + ", and questions about it fail; to have it made again from what the journal still has,"
              + " stop the collector, move the file away and start it");
      LOG.error("A part of the database {} can't be read", file, why);
    }
  }
}
