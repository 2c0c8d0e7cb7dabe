package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.store.Patience;
import dev.thaw.collector.store.StoreException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadersTest {

  private static final String ENDLESS = "SELECT sum(range) FROM range(1000000000000)";

  private DuckDBConnection database;
  private Readers readers;

  @BeforeEach
  void open() throws SQLException {
    database = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    readers = new Readers(database);
  }

  @AfterEach
  void close() throws SQLException {
    readers.close();
    database.close();
  }

  private static long answer(Connection own, String sql) throws SQLException {
    try (Statement statement = own.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void whatNobodyWaitsForIsStopped() {
    ScheduledExecutorService other = Executors.newSingleThreadScheduledExecutor();
    try (Patience patience = Patience.begin()) {
      assertThatThrownBy(
              () ->
                  readers.read(
                      own -> {
                        other.scheduleAtFixedRate(patience::giveUp, 0, 20, TimeUnit.MILLISECONDS);
                        return answer(own, ENDLESS);
                      }))
          .isInstanceOf(StoreException.class);
    } finally {
      other.shutdownNow();
    }
    assertThat(readers.<Long>read(own -> answer(own, "SELECT 7"))).isEqualTo(7);
  }

  @Test
  void nothingIsBegunForSomebodyWhoHasGone() {
    try (Patience patience = Patience.begin()) {
      patience.giveUp();
      assertThatThrownBy(() -> readers.read(own -> answer(own, "SELECT 7")))
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void afterAFailureItAnswersAgain() {
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> readers.read(own -> answer(own, "SELECT nothing")))
          .isInstanceOf(StoreException.class);
    }
    assertThat(readers.<Long>read(own -> answer(own, "SELECT 7"))).isEqualTo(7);
  }
}
