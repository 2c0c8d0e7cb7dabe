package dev.thaw.agent.client;

import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Weaver;
import dev.thaw.agent.weave.WhenLoaded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The list of client libraries. Adding one is one file and one line here; see
 * docs/adding-a-client.md.
 *
 * <p>Names and not classes: what a function does not use is not even loaded. Thread-safe.
 */
public final class Clients implements WhenLoaded.Source {

  /** Our class, and the classes of the library that it waits for. */
  static final String[][] LIST = {
    {
      "ApacheHttp4",
      "org.apache.http.impl.client.InternalHttpClient",
      "org.apache.http.impl.client.AbstractHttpClient",
      "org.apache.http.impl.execchain.MainClientExec"
    },
    {
      "ApacheHttp5",
      "org.apache.hc.client5.http.impl.classic.InternalHttpClient",
      "org.apache.hc.client5.http.impl.classic.MainClientExec"
    },
    {
      "ApacheHttp5Async",
      "org.apache.hc.client5.http.impl.async.AsyncExecChainElement",
      "org.apache.hc.client5.http.impl.async.HttpAsyncMainClientExec",
      "org.apache.hc.client5.http.impl.async.H2AsyncMainClientExec"
    },
    {"AwsSdkV1", "com.amazonaws.handlers.HandlerChainFactory"},
    {"AwsSdkV2", "software.amazon.awssdk.core.interceptor.ExecutionInterceptorChain"},
    {"Grpc", "io.grpc.ClientInterceptors"},
    {
      "Jdbc",
      "org.h2.jdbc.JdbcConnection",
      "org.h2.jdbc.JdbcStatement",
      "org.h2.jdbc.JdbcPreparedStatement"
    },
    {
      "Jdbc",
      "org.postgresql.jdbc.PgConnection",
      "org.postgresql.jdbc.PgStatement",
      "org.postgresql.jdbc.PgPreparedStatement"
    },
    {
      "Jdbc",
      "com.mysql.cj.jdbc.ConnectionImpl",
      "com.mysql.cj.jdbc.StatementImpl",
      "com.mysql.cj.jdbc.ClientPreparedStatement"
    },
    {
      "Jdbc",
      "org.mariadb.jdbc.Connection",
      "org.mariadb.jdbc.Statement",
      "org.mariadb.jdbc.ClientPreparedStatement",
      "org.mariadb.jdbc.ServerPreparedStatement"
    },
    {
      "Jdbc",
      "oracle.jdbc.driver.PhysicalConnection",
      "oracle.jdbc.driver.OracleStatement",
      "oracle.jdbc.driver.OraclePreparedStatement"
    },
    {
      "Jdbc",
      "com.microsoft.sqlserver.jdbc.SQLServerConnection",
      "com.microsoft.sqlserver.jdbc.SQLServerStatement",
      "com.microsoft.sqlserver.jdbc.SQLServerPreparedStatement"
    },
    {
      "Jdbc",
      "org.hsqldb.jdbc.JDBCConnection",
      "org.hsqldb.jdbc.JDBCStatement",
      "org.hsqldb.jdbc.JDBCPreparedStatement"
    },
    {
      "Jdbc",
      "org.sqlite.jdbc3.JDBC3Connection",
      "org.sqlite.jdbc4.JDBC4Connection",
      "org.sqlite.jdbc3.JDBC3Statement",
      "org.sqlite.jdbc3.JDBC3PreparedStatement"
    },
    {"JdkHttpClient", "java.net.http.HttpClient"},
    {"JdkUrlConnection", "java.net.HttpURLConnection", "java.net.URLConnection"},
    {"KafkaProducer", "org.apache.kafka.clients.producer.KafkaProducer"},
    {"OkHttp", "okhttp3.OkHttpClient"},
  };

  private final Map<String, Client> made = new HashMap<>();

  /** Has those hooked that the application will load. Never throws. */
  public void install(Weaver weaver) {
    List<String> awaited = new ArrayList<>();
    for (int i = 0; i < LIST.length; i++) {
      for (int j = 1; j < LIST[i].length; j++) {
        awaited.add(LIST[i][j]);
      }
    }
    weaver.applyWhenLoaded(awaited.toArray(new String[0]), this);
  }

  @Override
  public List<Hook> hooks(String awaited) {
    return client(awaited).hooks(awaited);
  }

  @Override
  public void loaded(String awaited, @Nullable ClassLoader loader) {
    client(awaited).loaded(loader);
  }

  private synchronized Client client(String awaited) {
    for (int i = 0; i < LIST.length; i++) {
      for (int j = 1; j < LIST[i].length; j++) {
        if (LIST[i][j].equals(awaited)) {
          return client(i);
        }
      }
    }
    throw new IllegalArgumentException("nobody waits for " + awaited);
  }

  private Client client(int index) {
    String name = LIST[index][0];
    Client client = made.get(name);
    if (client == null) {
      try {
        client =
            (Client)
                Class.forName("dev.thaw.agent.client." + name)
                    .getDeclaredConstructor()
                    .newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("no client " + name, e);
      }
      made.put(name, client);
    }
    return client;
  }
}
