package dev.thaw.collector.store.duckdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.model.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Spans as a Parquet file, one row each; the columns stand in docs/reference/export.md. They gather
 * in a database of its own beside the file, and the file appears when it is whole. Not thread-safe.
 */
public final class ParquetFile implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MEMORY = "512MB";

  /** Each holds a part of the file in memory while it is written. */
  private static final String THREADS = "2";

  private final Path file;
  private final Path part;
  private final Path database;
  private final DuckDBConnection connection;
  private long spans;

  private ParquetFile(Path file, DuckDBConnection connection, Path database) {
    this.file = file;
    this.connection = connection;
    this.database = database;
    part = beside(file, ".part");
  }

  /**
   * @param file that is not there
   * @throws IOException when nothing can be written beside it
   */
  public static ParquetFile create(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new IOException(folder + " is no folder that can be written to");
    }
    Path database = beside(file, ".gathering");
    Files.deleteIfExists(database);
    Properties options = new Properties();
    options.setProperty("memory_limit", MEMORY);
    options.setProperty("threads", THREADS);
    try {
      DuckDBConnection connection =
          (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + database, options);
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE span (trace_id VARCHAR, span_id VARCHAR, parent_span_id VARCHAR, kind VARCHAR, name VARCHAR,"
                + " function VARCHAR, start_ns BIGINT, duration_ns BIGINT, status VARCHAR, status_message VARCHAR,"
                + " attributes VARCHAR, resource VARCHAR, events VARCHAR, links VARCHAR)");
      }
      return new ParquetFile(file, connection, database);
    } catch (SQLException e) {
      throw new IOException("nothing can be written to " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.toAbsolutePath().resolveSibling(file.getFileName() + suffix);
  }

  /** How many it has been given. */
  public long spans() {
    return spans;
  }

  /**
   * @throws IOException when they can't be written
   */
  public void append(List<Span> more) throws IOException {
    try (DuckDBAppender to = connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "span")) {
      for (Span span : more) {
        to.beginRow();
        to.append(span.traceId());
        to.append(span.spanId());
        to.append(span.parentSpanId());
        to.append(span.kind().name().toLowerCase(Locale.ROOT));
        to.append(span.name());
        to.append(span.function());
        to.append(span.startEpochNs());
        to.append(span.durationNs());
        to.append(span.status().name().toLowerCase(Locale.ROOT));
        to.append(span.statusMessage());
        to.append(json(span.attributes()));
        to.append(json(span.resource()));
        to.append(json(span.events()));
        to.append(json(span.links()));
        to.endRow();
      }
      to.flush();
      spans += more.size();
    } catch (SQLException e) {
      throw new IOException("the spans can't be written: " + e.getMessage(), e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A span is always JSON", e);
    }
  }

  /**
   * Makes the file.
   *
   * @throws IOException when it can't be written; there is none then
   */
  public void finish() throws IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT trace_id, span_id, nullif(parent_span_id, '') AS parent_span_id, kind, name, function,"
              + " make_timestamp_ns(start_ns) AS start, duration_ns, status, nullif(status_message, '') AS status_message,"
              + " attributes, resource, events, links FROM span) TO '"
              + part.toString().replace("'", "''")
              + "' (FORMAT parquet, COMPRESSION zstd)");
    } catch (SQLException e) {
      throw new IOException(file + " can't be written: " + e.getMessage(), e);
    }
    Files.move(part, file.toAbsolutePath(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Leaves nothing but the file, when it was finished. */
  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("the database of " + file + " can't be closed: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(part);
      Files.deleteIfExists(database);
      Files.deleteIfExists(beside(database, ".wal"));
    }
  }
}
