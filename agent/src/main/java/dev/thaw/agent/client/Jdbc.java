package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * JDBC: the statements and connections of the drivers that {@link Clients} lists. Exact names, and
 * not «whatever implements Statement»: that would have every class looked at that is loaded.
 *
 * <p>A pool's own statements lead to the driver's, so each execution is seen once. A statement's
 * literals are removed ({@link JdbcText}). The nested class speaks java.sql's types, which the
 * bootstrap path does not see ({@link InAppLoader}).
 */
public final class Jdbc implements Client {

  private static final String SELF = "dev/thaw/agent/client/Jdbc";
  private static final String TEXT = "Ljava/lang/String;";
  private static final String OBJECTS = "(Ljava/lang/Object;Ljava/lang/Object;)V";

  private static final String[] WITH_TEXT = {
    "execute(" + TEXT + ")Z",
    "executeQuery(" + TEXT + ")Ljava/sql/ResultSet;",
    "executeUpdate(" + TEXT + ")I",
    "executeLargeUpdate(" + TEXT + ")J",
    "execute(" + TEXT + "I)Z",
    "executeUpdate(" + TEXT + "I)I",
  };

  private static final String[] WITHOUT_TEXT = {
    "execute()Z",
    "executeQuery()Ljava/sql/ResultSet;",
    "executeUpdate()I",
    "executeLargeUpdate()J",
    "executeBatch()[I",
    "executeLargeBatch()[J",
  };

  private static final String PREPARED = ")Ljava/sql/PreparedStatement;";
  private static final String[] PREPARING = {
    "prepareStatement(" + TEXT + PREPARED,
    "prepareStatement(" + TEXT + "I" + PREPARED,
    "prepareStatement(" + TEXT + "II" + PREPARED,
    "prepareStatement(" + TEXT + "III" + PREPARED,
    "prepareStatement(" + TEXT + "[I" + PREPARED,
    "prepareStatement(" + TEXT + "[" + TEXT + PREPARED,
    "prepareCall(" + TEXT + ")Ljava/sql/CallableStatement;",
  };

  private static final Bridge BRIDGE = new Bridge("JDBC", Jdbc.class, "Traced");

  /** What was prepared, by statement. */
  private static final Map<Object, String> TEXTS = new WeakHashMap<>();

  @Override
  public List<Hook> hooks(String awaited) {
    List<Hook> hooks = new ArrayList<>();
    if (awaited.contains("Connection")) {
      for (int i = 0; i < PREPARING.length; i++) {
        hooks.add(
            on(awaited, PREPARING[i])
                .exit(SELF, "prepared", OBJECTS, Value.result(), Value.argument(0)));
      }
      return hooks;
    }
    for (int i = 0; i < WITH_TEXT.length; i++) {
      hooks.add(
          ending(
              on(awaited, WITH_TEXT[i])
                  .enter(SELF, "executing", OBJECTS, Value.self(), Value.argument(0))));
    }
    for (int i = 0; i < WITHOUT_TEXT.length; i++) {
      hooks.add(
          ending(
              on(awaited, WITHOUT_TEXT[i])
                  .enter(SELF, "executingPrepared", "(Ljava/lang/Object;)V", Value.self())));
    }
    return hooks;
  }

  private static Hook on(String type, String method) {
    int at = method.indexOf('(');
    return Hook.on(type, method.substring(0, at), method.substring(at)).ifPresent();
  }

  private static Hook ending(Hook hook) {
    return hook.exit(SELF, "executed", "()V")
        .thrown(SELF, "failed", "(Ljava/lang/Object;)V", Value.thrown());
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(ClassLoader.getPlatformClassLoader());
  }

  // Called by woven code. None of these may throw.

  public static void prepared(@Nullable Object statement, @Nullable Object text) {
    if (statement != null && text instanceof String) {
      synchronized (TEXTS) {
        TEXTS.put(statement, (String) text);
      }
    }
  }

  public static void executing(@Nullable Object statement, @Nullable Object text) {
    BRIDGE.sending(statement, text);
  }

  public static void executingPrepared(@Nullable Object statement) {
    String text;
    synchronized (TEXTS) {
      text = TEXTS.get(statement);
    }
    BRIDGE.sending(statement, text);
  }

  public static void executed() {
    BRIDGE.sent(null);
  }

  public static void failed(@Nullable Object thrown) {
    BRIDGE.failed(thrown);
  }

  /** Speaks java.sql's types. */
  public static final class Traced implements Exchange {

    private final UnderWay<Call> underWay = new UnderWay<>();
    private final Map<Connection, JdbcUrl> urls = new WeakHashMap<>();

    @Override
    public @Nullable Object sending(@Nullable Object statement, @Nullable Object text) {
      Call call = null;
      try {
        Invocation invocation = Invocations.current();
        // A driver's methods call one another: the outermost is the call.
        if (invocation != null && underWay.isEmpty() && statement instanceof Statement) {
          call = begin(invocation, (Statement) statement, (String) text);
        }
      } catch (Throwable e) {
        Log.failure("Tracing JDBC", e);
      } finally {
        underWay.put(call);
      }
      return statement;
    }

    private Call begin(Invocation invocation, Statement statement, @Nullable String text)
        throws SQLException {
      JdbcUrl url = url(statement.getConnection());
      String shown = text == null ? null : JdbcText.withoutLiterals(text, url.isMySql());
      String summary = shown == null ? "BATCH" : JdbcText.summary(shown);
      Call call = invocation.call(summary, false);
      call.attribute("db.system.name", url.system);
      call.attribute("db.query.summary", summary);
      int space = summary.indexOf(' ');
      call.attribute("db.operation.name", space < 0 ? summary : summary.substring(0, space));
      if (shown != null) {
        call.attribute("db.query.text", shown);
      }
      if (url.namespace != null) {
        call.attribute("db.namespace", url.namespace);
      }
      if (url.host != null) {
        call.attribute("server.address", url.host);
        if (url.port > 0) {
          call.attribute("server.port", url.port);
        }
      }
      return call;
    }

    /** Asked once: drivers know it without asking the server. */
    private synchronized JdbcUrl url(Connection connection) throws SQLException {
      JdbcUrl known = urls.get(connection);
      if (known == null) {
        known = JdbcUrl.parse(connection.getMetaData().getURL());
        urls.put(connection, known);
      }
      return known;
    }

    @Override
    public @Nullable Object sent(@Nullable Object result) {
      Call call = underWay.take();
      if (call != null) {
        call.end();
      }
      return result;
    }

    @Override
    public void failed(@Nullable Object thrown) {
      Call call = underWay.take();
      if (call == null || !(thrown instanceof Throwable)) {
        return;
      }
      String state = thrown instanceof SQLException ? ((SQLException) thrown).getSQLState() : null;
      if (state != null) {
        call.attribute("db.response.status_code", state);
      }
      // The message may hold the statement with its values.
      call.failed(thrown.getClass().getName(), state == null ? null : "SQL state " + state);
      call.end();
    }
  }
}
