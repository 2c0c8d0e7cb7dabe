package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.store.Patience;
import dev.thaw.collector.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadersTest {

  private static final String ENDLESS = "SELECT sum(range) FROM range(1000000000000)";

  @TempDir private Path folder;
  private DuckDBConnection database;
  private Readers readers;

  @BeforeEach
  void open() throws SQLException {
    database = new DatabaseFile(folder).open(own -> own);
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
    try (Patience patience = Patience.begin()) {
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> readers.read(own -> answer(own, "SELECT nothing")))
            .isInstanceOf(StoreException.class);
      }
      assertThat(readers.<Long>read(own -> answer(own, "SELECT 7"))).isEqualTo(7);
      assertThat(patience.isOver()).isFalse();
    }
  }

  @Test
  void theCollectorsOwnQuestionsDoNotWaitForPeoples() {
    List<Thread> people = new ArrayList<>();
    CountDownLatch asked = new CountDownLatch(4);
    CountDownLatch end = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      Thread person =
          new Thread(
              () -> {
                try (Patience patience = Patience.begin()) {
                  readers.read(
                      own -> {
                        asked.countDown();
                        await(end);
                        return patience.isOver();
                      });
                }
              });
      person.start();
      people.add(person);
    }
    await(asked);
    assertThat(readers.<Long>read(own -> answer(own, "SELECT 7"))).isEqualTo(7);
    end.countDown();
    people.forEach(ReadersTest::join);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
