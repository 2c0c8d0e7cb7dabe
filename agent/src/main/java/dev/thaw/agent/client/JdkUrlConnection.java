package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import dev.thaw.agent.weave.Weaver;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * java.net.HttpURLConnection, http and https: a call from the first of its methods that opens the
 * connection to the moment in which the answer's body can be read.
 *
 * <p>Awaited by the types that an application names. One that only ever calls {@code
 * URL.openStream()} names none of them, and is not seen. Many name them and make no connection
 * while they start: the large classes of the connections are hooked when the first one is made.
 */
public final class JdkUrlConnection implements Client {

  private static final String SELF = "dev/thaw/agent/client/JdkUrlConnection";
  private static final String BASE = "java.net.HttpURLConnection";
  private static final String PLAIN = "sun.net.www.protocol.http.HttpURLConnection";
  private static final String SECURE =
      "sun.net.www.protocol.https.AbstractDelegateHttpsURLConnection";
  private static final String OBJECT = "(Ljava/lang/Object;)V";

  /** Of every connection that was opened, also of those that have ended: one is never two calls. */
  private static final Map<Object, Use> USES = new WeakHashMap<>();

  /** Whether this thread is inside the agent's own use of a connection. */
  private static final ThreadLocal<Boolean> ASKING = new ThreadLocal<>();

  private static volatile boolean opened;

  @Override
  public List<Hook> hooks(String awaited) {
    // Mostly it is not loaded yet: then it is woven as it comes, which costs little.
    return Collections.singletonList(
        Hook.on(BASE, "<init>", "(Ljava/net/URL;)V").enter(SELF, "makes", "()V"));
  }

  /** A type may be named after a connection was made: by the cast of what a URL has opened. */
  @Override
  public void loaded(@Nullable ClassLoader loader) {
    if (Weaver.isLoaded(PLAIN, null)) {
      makes();
    }
  }

  private static List<Hook> hooksOfConnections() {
    List<Hook> hooks = new ArrayList<>();
    Value status = Value.self().field("java/net/HttpURLConnection", "responseCode", "I");
    hooks.add(
        Hook.on(PLAIN, "getInputStream", "()Ljava/io/InputStream;")
            .enter(SELF, "asks", OBJECT, Value.self())
            .exit(SELF, "answered", "(Ljava/lang/Object;I)V", Value.self(), status)
            .thrown(
                SELF,
                "failed",
                "(Ljava/lang/Object;ILjava/lang/Object;)V",
                Value.self(),
                status,
                Value.thrown()));
    hooks.add(
        Hook.on(PLAIN, "getOutputStream", "()Ljava/io/OutputStream;")
            .enter(SELF, "opensToWrite", OBJECT, Value.self())
            .thrown(
                SELF,
                "notOpened",
                "(Ljava/lang/Object;Ljava/lang/Object;)V",
                Value.self(),
                Value.thrown()));
    hooks.add(connect(PLAIN));
    hooks.add(connect(SECURE));
    return hooks;
  }

  private static Hook connect(String type) {
    return Hook.on(type, "connect", "()V")
        .enter(SELF, "opens", OBJECT, Value.self())
        .thrown(
            SELF,
            "notOpened",
            "(Ljava/lang/Object;Ljava/lang/Object;)V",
            Value.self(),
            Value.thrown());
  }

  // Called by woven code. None of these may throw.

  /** A connection is being made. */
  public static void makes() {
    if (opened) {
      return;
    }
    try {
      Weaver.weaveJdk(hooksOfConnections());
      opened = true;
    } catch (Throwable e) {
      Log.failure("Hooking HttpURLConnection", e);
    }
  }

  /** Before anything of the request is sent, or again later. */
  public static void opens(@Nullable Object self) {
    begin(self, false);
  }

  public static void opensToWrite(@Nullable Object self) {
    begin(self, true);
  }

  private static void begin(@Nullable Object self, boolean writes) {
    if (ASKING.get() != null || !(self instanceof HttpURLConnection)) {
      return;
    }
    HttpURLConnection connection = (HttpURLConnection) self;
    Use use = new Use();
    synchronized (USES) {
      if (USES.containsKey(connection)) {
        return;
      }
      USES.put(connection, use);
    }
    try {
      String method = connection.getRequestMethod();
      URL url = connection.getURL();
      use.call =
          HttpCall.begin(
              writes && method.equals("GET") ? "POST" : method,
              url.getProtocol(),
              url.getHost(),
              url.getPort(),
              url.getPath(),
              new Headers(connection));
      String[] headers = use.call == null ? new String[0] : use.call.headers();
      for (int i = 0; i < headers.length; i += 2) {
        connection.setRequestProperty(headers[i], headers[i + 1]);
      }
    } catch (Throwable e) {
      Log.failure("Tracing HttpURLConnection", e);
    }
  }

  /** The answer is asked for; the JDK's own code asks again inside. */
  public static void asks(@Nullable Object self) {
    begin(self, false);
    Use use = use(self);
    if (use != null) {
      use.depth++;
    }
  }

  /** The answer's body can be read. */
  public static void answered(@Nullable Object self, int status) {
    HttpCall call = ended(self);
    if (call == null) {
      return;
    }
    try {
      call.answered(status, status == 429 || status == 503 ? retryAfter(self) : null);
    } catch (Throwable e) {
      Log.failure("Tracing HttpURLConnection", e);
    }
  }

  /** The answer is an error, or there is none. */
  public static void failed(@Nullable Object self, int status, @Nullable Object thrown) {
    if (status > 0) {
      answered(self, status);
      return;
    }
    HttpCall call = ended(self);
    if (call != null && thrown instanceof Throwable) {
      call.failed((Throwable) thrown);
    }
  }

  public static void notOpened(@Nullable Object self, @Nullable Object thrown) {
    Use use = use(self);
    if (use != null && use.depth == 0 && use.call != null && thrown instanceof Throwable) {
      use.call.failed((Throwable) thrown);
    }
  }

  private static @Nullable Use use(@Nullable Object self) {
    if (ASKING.get() != null) {
      return null;
    }
    synchronized (USES) {
      return USES.get(self);
    }
  }

  /**
   * @return the call that ends with this; null when it does not, or ended before
   */
  private static @Nullable HttpCall ended(@Nullable Object self) {
    Use use = use(self);
    if (use == null || --use.depth > 0) {
      return null;
    }
    HttpCall call = use.call;
    use.call = null;
    return call;
  }

  /** The answer is there: asking for a header sends nothing. */
  private static @Nullable String retryAfter(@Nullable Object self) {
    ASKING.set(Boolean.TRUE);
    try {
      return self instanceof HttpURLConnection
          ? ((HttpURLConnection) self).getHeaderField("Retry-After")
          : null;
    } finally {
      ASKING.remove();
    }
  }

  /** What a connection is used for. Only the thread that uses the connection touches it. */
  private static final class Use {
    @Nullable HttpCall call;

    /** How many of the methods that wait for the answer are open. */
    int depth;
  }

  /** The request's own headers. */
  private static final class Headers implements Propagation.Carrier {
    private final HttpURLConnection connection;

    Headers(HttpURLConnection connection) {
      this.connection = connection;
    }

    @Override
    public @Nullable String get(String name) {
      return connection.getRequestProperty(name);
    }
  }
}
