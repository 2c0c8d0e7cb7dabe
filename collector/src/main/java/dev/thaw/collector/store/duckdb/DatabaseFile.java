package dev.thaw.collector.store.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's file and the engine's log beside it. What the engine can't read is renamed, never
 * deleted: first its log, which holds what came after its last checkpoint, then the file itself.
 * The journal gives back what it still has.
 */
final class DatabaseFile {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

  /**
   * What the engine says to everybody after one of its writes has failed, until it is opened anew.
   */
  private static final String INVALIDATED = "database has been invalidated";

  /** What the engine says when nothing is damaged and it may not open the file all the same. */
  private static final String[] NOT_DAMAGED = {
    "Could not set lock",
    "newer version of DuckDB",
    "Permission denied",
    "No space left",
    INVALIDATED
  };

  /** Bytes beside its log that the engine may need for a checkpoint. */
  private static final long CHECKPOINT_MARGIN = 16L << 20;

  private static final String MEMORY = "1GB";

  /**
   * The indexer says when; by itself the engine would do it every 16 MB, at a third of the rate.
   */
  private static final String LOG_BEFORE_CHECKPOINT = "1GB";

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
    return e instanceof SQLException && String.valueOf(e.getMessage()).contains(INVALIDATED);
  }

  /**
   * Whether there is room for a checkpoint. The engine is of no use to anybody after one that
   * fails.
   */
  boolean hasRoomForCheckpoint() {
    long needed = log().toFile().length() + CHECKPOINT_MARGIN;
    return file.toFile().getUsableSpace() > needed;
  }

  private Path log() {
    return file.resolveSibling(file.getFileName() + ".wal");
  }

  /** What was set aside; empty when nothing was. */
  String damage() {
    return damage;
  }

  /**
   * @throws IllegalArgumentException when somebody else uses it, or it is from a newer version
   */
  DuckDBConnection open() {
    try {
      return tried();
    } catch (SQLException e) {
      refuseWhatIsNotDamaged(e);
      LOG.error("The database {} can't be opened", file, e);
    }
    Path log = log();
    if (Files.exists(log)) {
      setAside(log);
      try {
        return tried();
      } catch (SQLException e) {
        LOG.error("The database {} can't be opened without its log either", file, e);
      }
    }
    setAside(file);
    try {
      return tried();
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "No database can be made in " + file.getParent() + ": " + e.getMessage(), e);
    }
  }

  private DuckDBConnection tried() throws SQLException {
    Properties options = new Properties();
    // What a database can do to the machine it is on is nothing that this one needs.
    options.setProperty("enable_external_access", "false");
    options.setProperty("autoinstall_known_extensions", "false");
    options.setProperty("autoload_known_extensions", "false");
    // By itself it would take four fifths of the machine's.
    options.setProperty("memory_limit", MEMORY);
    options.setProperty("checkpoint_threshold", LOG_BEFORE_CHECKPOINT);
    DuckDBConnection connection =
        (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file, options);
    Unpacked.remove();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_configuration = true");
      return connection;
    } catch (SQLException e) {
      // The engine keeps to what it has as long as anybody holds on to it.
      connection.close();
      throw e;
    }
  }

  private void refuseWhatIsNotDamaged(SQLException e) {
    String message = String.valueOf(e.getMessage());
    for (String known : NOT_DAMAGED) {
      if (message.contains(known)) {
        throw new IllegalArgumentException(
            "The database "
                + file
                + " can't be opened (is another collector using it?): "
                + message,
            e);
      }
    }
  }

  private void setAside(Path what) {
    Path aside = what.resolveSibling(what.getFileName() + ".damaged-" + System.currentTimeMillis());
    try {
      Files.move(what, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          what + " is damaged and can't be set aside: " + e.getMessage(), e);
    }
    damage =
        (damage.isEmpty() ? "" : damage + "; ")
            + what.getFileName()
            + " was damaged and is now "
            + aside.getFileName();
    LOG.error("{} was damaged and is now {}", what, aside);
  }
}
