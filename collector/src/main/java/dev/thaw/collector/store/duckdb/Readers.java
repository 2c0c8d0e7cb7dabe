package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.store.Patience;
import dev.thaw.collector.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that questions are asked on: a few, so that many questions at once can't take the
 * machine from the writer. Who comes when all are in use waits for one. Thread-safe.
 */
final class Readers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

  private static final int CONNECTIONS = 4;
  private static final int LOOK_MS = 100;

  /**
   * A question. Each statement of it sees the last commit: to begin and end a transaction would be
   * two more statements, and none needs to see what another one saw.
   */
  interface Reading<T> {
    T from(Connection own) throws SQLException;
  }

  /** What is being asked on a connection, so that somebody else can stop it. */
  private static final class Asking implements InvocationHandler {
    private final DuckDBConnection own;
    private volatile @Nullable Statement last;

    Asking(DuckDBConnection own) {
      this.own = own;
    }

    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      try {
        Object made = method.invoke(own, arguments);
        if (made instanceof Statement statement) {
          last = statement;
        }
        return made;
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }

    Connection connection() {
      return (Connection)
          Proxy.newProxyInstance(
              Readers.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    void stop() {
      Statement statement = last;
      try {
        if (statement != null) {
          statement.cancel();
        }
      } catch (SQLException e) {
        LOG.debug("There was nothing to stop", e);
      }
    }
  }

  private final DuckDBConnection database;
  private volatile boolean isClosed;
  private final BlockingQueue<DuckDBConnection> free = new ArrayBlockingQueue<>(CONNECTIONS);

  Readers(DuckDBConnection database) throws SQLException {
    this.database = database;
    for (int i = 0; i < CONNECTIONS; i++) {
      free.add(DatabaseFile.another(database));
    }
  }

  /**
   * @throws StoreException when the engine could not answer, or nobody waits any more
   */
  <T> T read(Reading<T> reading) {
    Patience patience = Patience.current();
    return patience == null ? readForItself(reading) : read(reading, patience);
  }

  /** The collector's own questions, such as those of the alerts, do not wait for people's. */
  private <T> T readForItself(Reading<T> reading) {
    try (DuckDBConnection own = DatabaseFile.another(database)) {
      return reading.from(own);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static StoreException failed(SQLException e) {
    return new StoreException("The store could not answer: " + e.getMessage(), e);
  }

  private <T> T read(Reading<T> reading, Patience patience) {
    DuckDBConnection own = take(patience);
    boolean isSound = false;
    try {
      Asking asking = new Asking(own);
      patience.stopBy(asking::stop);
      T found = reading.from(asking.connection());
      patience.stopBy(null);
      isSound = true;
      return found;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      patience.stopBy(null);
      giveBack(own, isSound);
    }
  }

  private DuckDBConnection take(Patience patience) {
    try {
      while (!patience.isOver() && !isClosed) {
        DuckDBConnection own = free.poll(LOOK_MS, TimeUnit.MILLISECONDS);
        if (own != null) {
          return own;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new StoreException("Too many questions are being asked at once");
  }

  /** One on which something went wrong is replaced. */
  private void giveBack(DuckDBConnection own, boolean isSound) {
    try {
      if (isSound) {
        free.add(own);
      } else {
        own.close();
        free.add(DatabaseFile.another(database));
      }
      if (isClosed) {
        // One that stays open would keep the database from being opened anew.
        close();
      }
    } catch (SQLException e) {
      // The store is being closed, or nothing works any more; then the old one says so next time.
      free.add(own);
    }
  }

  @Override
  public void close() throws SQLException {
    isClosed = true;
    for (DuckDBConnection own = free.poll(); own != null; own = free.poll()) {
      own.close();
    }
  }
}
