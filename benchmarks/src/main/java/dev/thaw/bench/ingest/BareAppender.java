package dev.thaw.bench.ingest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Random;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The engine alone: one thread that appends rows of twelve attributes, warm after as long a time as
 * it is measured for. Prints rows a second.
 */
public final class BareAppender {

  private static final int ROWS_PER_COMMIT = 20_000;
  private static final int ATTRIBUTES = 12;

  private BareAppender() {}

  /**
   * @param args a folder, and for how many seconds
   */
  public static void main(String[] args) throws Exception {
    Path file = Files.createDirectories(Path.of(args[0])).resolve("bare.duckdb");
    double seconds = Double.parseDouble(args[1]);
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < ATTRIBUTES; i++) {
      columns.append(", attribute").append(i).append(" VARCHAR");
    }
    Random random = new Random(1);
    long rows = 0;
    try (DuckDBConnection connection =
            (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE span (trace_id UUID, span_id BIGINT, name VARCHAR, function VARCHAR, start_ns BIGINT, end_ns BIGINT"
              + columns
              + ")");
      connection.setAutoCommit(false);
      long begin = System.nanoTime();
      long start = 0;
      while (start == 0 || System.nanoTime() - start < seconds * 1e9) {
        if (start == 0 && System.nanoTime() - begin > seconds * 1e9) {
          start = System.nanoTime();
          rows = 0;
        }
        // Begins the transaction; without a statement the appender commits by itself.
        statement.execute("SELECT 1");
        try (DuckDBAppender appender =
            connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "span")) {
          for (int i = 0; i < ROWS_PER_COMMIT; i++) {
            appender.beginRow();
            appender.append(new UUID(random.nextLong(), random.nextLong()));
            appender.append(random.nextLong());
            appender.append("charge");
            appender.append("function-" + random.nextInt(50));
            appender.append(System.nanoTime());
            appender.append(System.nanoTime());
            for (int attribute = 0; attribute < ATTRIBUTES; attribute++) {
              appender.append("value-" + random.nextInt(1000));
            }
            appender.endRow();
          }
          appender.flush();
        }
        connection.commit();
        rows += ROWS_PER_COMMIT;
      }
      System.out.printf("%.0f%n", rows / ((System.nanoTime() - start) / 1e9));
    }
  }
}
