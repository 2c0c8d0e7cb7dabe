package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.util.Collections;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpClient 5, the classic client: the method that every way of sending a request ends in.
 * Redirects and repetitions of the client's own are inside one call.
 */
public final class ApacheHttp5 implements Client {

  private static final String SELF = "dev/thaw/agent/client/ApacheHttp5";
  private static final Bridge BRIDGE =
      new Bridge("Apache HttpClient 5", ApacheHttp5.class, "TracedExchange");

  @Override
  public List<Hook> hooks(String awaited) {
    if (awaited.endsWith(".MainClientExec")) {
      return Collections.singletonList(
          Hook.on(
                  awaited,
                  "execute",
                  "(Lorg/apache/hc/core5/http/ClassicHttpRequest;"
                      + "Lorg/apache/hc/client5/http/classic/ExecChain$Scope;"
                      + "Lorg/apache/hc/client5/http/classic/ExecChain;)"
                      + "Lorg/apache/hc/core5/http/ClassicHttpResponse;")
              .enter(SELF, "attempting", "()V")
              .exit(SELF, "attempted", "(Ljava/lang/Object;)V", Value.result()));
    }
    return Collections.singletonList(
        Hook.on(
                awaited,
                "doExecute",
                "(Lorg/apache/hc/core5/http/HttpHost;Lorg/apache/hc/core5/http/ClassicHttpRequest;"
                    + "Lorg/apache/hc/core5/http/protocol/HttpContext;)"
                    + "Lorg/apache/hc/client5/http/impl/classic/CloseableHttpResponse;")
            .enter(
                SELF,
                "sending",
                "(Ljava/lang/Object;Ljava/lang/Object;)V",
                Value.argument(1),
                Value.argument(0))
            .exit(SELF, "sent", "(Ljava/lang/Object;)V", Value.result())
            .thrown(SELF, "failed", "(Ljava/lang/Object;)V", Value.thrown()));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  // Called by woven code.

  public static void sending(@Nullable Object request, @Nullable Object to) {
    BRIDGE.sending(request, to);
  }

  /** One attempt: the client's own redirects and repetitions are some more. */
  public static void attempting() {
    BRIDGE.attempting();
  }

  public static void attempted(@Nullable Object response) {
    BRIDGE.attempted(response);
  }

  public static void sent(@Nullable Object response) {
    BRIDGE.sent(response);
  }

  public static void failed(@Nullable Object thrown) {
    BRIDGE.failed(thrown);
  }

  /** Speaks the library's types. */
  public static final class TracedExchange implements Exchange.WithAttempts {

    private final UnderWay<Sending> underWay = new UnderWay<>();

    @Override
    public @Nullable Object sending(@Nullable Object given, @Nullable Object to) {
      Sending sending = null;
      try {
        if (given instanceof HttpRequest) {
          HttpRequest request = (HttpRequest) given;
          HttpCall call = begin(request, to instanceof HttpHost ? (HttpHost) to : null);
          if (call != null) {
            sending = new Sending(request, call);
            sending.addHeaders();
          }
        }
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5", e);
      } finally {
        underWay.put(sending);
      }
      return given;
    }

    private static @Nullable HttpCall begin(HttpRequest request, @Nullable HttpHost to) {
      URIAuthority authority = request.getAuthority();
      String path = request.getPath();
      int query = path == null ? -1 : path.indexOf('?');
      return HttpCall.begin(
          request.getMethod(),
          to == null ? request.getScheme() : to.getSchemeName(),
          to != null ? to.getHostName() : authority == null ? null : authority.getHostName(),
          to != null ? to.getPort() : authority == null ? -1 : authority.getPort(),
          query < 0 ? path : path.substring(0, query),
          new Headers(request));
    }

    @Override
    public void attempting() {
      Sending sending = underWay.top();
      if (sending != null) {
        sending.call.attempt();
      }
    }

    @Override
    public void attempted(@Nullable Object result) {
      try {
        Sending sending = underWay.top();
        if (sending != null && result instanceof HttpResponse) {
          HttpResponse response = (HttpResponse) result;
          sending.call.attempted(response.getCode(), retryAfter(response));
        }
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5", e);
      }
    }

    private static @Nullable String retryAfter(HttpResponse response) {
      Header header = response.getFirstHeader("Retry-After");
      return header == null ? null : header.getValue();
    }

    @Override
    public @Nullable Object sent(@Nullable Object result) {
      try {
        Sending sending = underWay.take();
        if (sending != null && result instanceof HttpResponse) {
          sending.removeHeaders();
          HttpResponse response = (HttpResponse) result;
          sending.call.answered(response.getCode(), retryAfter(response));
        }
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5", e);
      }
      return result;
    }

    @Override
    public void failed(@Nullable Object thrown) {
      try {
        Sending sending = underWay.take();
        if (sending != null && thrown instanceof Throwable) {
          sending.removeHeaders();
          sending.call.failed((Throwable) thrown);
        }
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5", e);
      }
    }
  }

  /** A request with our headers in it: the application's own object, which it may send again. */
  static final class Sending {
    private final HttpRequest request;
    final HttpCall call;
    private final String[] headers;

    Sending(HttpRequest request, HttpCall call) {
      this.request = request;
      this.call = call;
      this.headers = call.headers();
    }

    void addHeaders() {
      for (int i = 0; i < headers.length; i += 2) {
        request.setHeader(headers[i], headers[i + 1]);
      }
    }

    void removeHeaders() {
      for (int i = 0; i < headers.length; i += 2) {
        request.removeHeaders(headers[i]);
      }
    }
  }

  /** The request's own headers. */
  static final class Headers implements Propagation.Carrier {
    private final HttpRequest request;

    Headers(HttpRequest request) {
      this.request = request;
    }

    @Override
    public @Nullable String get(String name) {
      Header header = request.getFirstHeader(name);
      return header == null ? null : header.getValue();
    }
  }
}
