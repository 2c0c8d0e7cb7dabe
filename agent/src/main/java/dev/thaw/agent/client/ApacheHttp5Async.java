package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpClient 5, the asynchronous client, over HTTP/1.1 and HTTP/2: the chain of steps that
 * every request passes. Redirects and repetitions of the client's own are inside one call; what it
 * sends is its own copy of the request, so that headers may stay in it.
 */
public final class ApacheHttp5Async implements Client {

  private static final String SELF = "dev/thaw/agent/client/ApacheHttp5Async";
  private static final String REQUEST =
      "(Lorg/apache/hc/core5/http/HttpRequest;Lorg/apache/hc/core5/http/nio/AsyncEntityProducer;"
          + "Lorg/apache/hc/client5/http/async/AsyncExecChain$Scope;";
  private static final String CALLBACK = "Lorg/apache/hc/client5/http/async/AsyncExecCallback;)V";

  private static final Bridge BRIDGE =
      new Bridge("Apache HttpClient 5 (async)", ApacheHttp5Async.class, "TracedChain");

  @Override
  public List<Hook> hooks(String awaited) {
    if (awaited.endsWith("MainClientExec")) {
      return Collections.singletonList(
          Hook.on(
                  awaited,
                  "execute",
                  REQUEST + "Lorg/apache/hc/client5/http/async/AsyncExecChain;" + CALLBACK)
              .replaceArgument(
                  4,
                  SELF,
                  "attempting",
                  "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
                  Value.argument(2),
                  Value.argument(4)));
    }
    return Collections.singletonList(
        Hook.on(awaited, "execute", REQUEST + CALLBACK)
            .replaceArgument(
                3,
                SELF,
                "sending",
                "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
                Value.argument(0),
                Value.argument(2),
                Value.argument(3)));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  // Called by woven code.

  public static @Nullable Object sending(
      @Nullable Object request, @Nullable Object scope, @Nullable Object callback) {
    Object chain = BRIDGE.instance();
    return chain == null
        ? callback
        : ((Exchange.WithCallback) chain).sending(request, scope, callback);
  }

  /** One attempt: the client's own redirects and repetitions are some more. */
  public static @Nullable Object attempting(@Nullable Object scope, @Nullable Object callback) {
    Object chain = BRIDGE.instance();
    return chain == null ? callback : ((Exchange.WithCallback) chain).attempting(scope, callback);
  }

  /** Speaks the library's types. */
  public static final class TracedChain implements Exchange.WithCallback {

    private static final String UNDER_WAY = "dev.thaw.call";

    @Override
    public @Nullable Object sending(
        @Nullable Object request, @Nullable Object given, @Nullable Object callback) {
      try {
        AsyncExecChain.Scope scope = (AsyncExecChain.Scope) given;
        // Each step of the chain passes here; the first one begins.
        if (call(scope) == null) {
          HttpCall call = begin((HttpRequest) request, scope.route.getTargetHost());
          if (call != null) {
            scope.clientContext.setAttribute(UNDER_WAY, new UnderWay(scope.exchangeId, call));
            return new Ending((AsyncExecCallback) callback, call);
          }
        }
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5 (async)", e);
      }
      return callback;
    }

    private static @Nullable HttpCall begin(HttpRequest request, HttpHost to) {
      HttpCall call =
          HttpCall.begin(
              request.getMethod(),
              to.getSchemeName(),
              to.getHostName(),
              to.getPort(),
              request.getPath(),
              new Given(request));
      if (call != null) {
        String[] headers = call.headers();
        for (int i = 0; i < headers.length; i += 2) {
          request.setHeader(headers[i], headers[i + 1]);
        }
      }
      return call;
    }

    @Override
    public @Nullable Object attempting(@Nullable Object given, @Nullable Object callback) {
      try {
        HttpCall call = call((AsyncExecChain.Scope) given);
        if (call != null) {
          call.attempt();
          return new Attempt((AsyncExecCallback) callback, call);
        }
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5 (async)", e);
      }
      return callback;
    }

    /** Of this exchange: the application may use a context for one request after the other. */
    private static @Nullable HttpCall call(AsyncExecChain.Scope scope) {
      Object known = scope.clientContext.getAttribute(UNDER_WAY);
      return known instanceof UnderWay && ((UnderWay) known).exchangeId.equals(scope.exchangeId)
          ? ((UnderWay) known).call
          : null;
    }
  }

  /** What a context remembers of the request that it is used for. */
  static final class UnderWay {
    final String exchangeId;
    final HttpCall call;

    UnderWay(String exchangeId, HttpCall call) {
      this.exchangeId = exchangeId;
      this.call = call;
    }
  }

  /** Hears what the library's own callback hears. */
  abstract static class Callback implements AsyncExecCallback {
    private final AsyncExecCallback given;
    final HttpCall call;

    Callback(AsyncExecCallback given, HttpCall call) {
      this.given = given;
      this.call = call;
    }

    abstract void answered(int status, @Nullable String retryAfter);

    @Override
    public final AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails details)
        throws HttpException, IOException {
      try {
        Header retryAfter = response.getFirstHeader("Retry-After");
        answered(response.getCode(), retryAfter == null ? null : retryAfter.getValue());
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5 (async)", e);
      }
      return given.handleResponse(response, details);
    }

    @Override
    public final void handleInformationResponse(HttpResponse response)
        throws HttpException, IOException {
      given.handleInformationResponse(response);
    }

    @Override
    public final void completed() {
      given.completed();
    }

    @Override
    public void failed(Exception cause) {
      given.failed(cause);
    }
  }

  /** Notes what came of one attempt. */
  static final class Attempt extends Callback {

    Attempt(AsyncExecCallback given, HttpCall call) {
      super(given, call);
    }

    @Override
    void answered(int status, @Nullable String retryAfter) {
      call.attempted(status, retryAfter);
    }
  }

  /** Ends the call with what the application gets. */
  static final class Ending extends Callback {

    Ending(AsyncExecCallback given, HttpCall call) {
      super(given, call);
    }

    @Override
    void answered(int status, @Nullable String retryAfter) {
      call.answered(status, retryAfter);
    }

    @Override
    public void failed(Exception cause) {
      try {
        call.failed(cause);
      } catch (Throwable e) {
        Log.failure("Tracing Apache HttpClient 5 (async)", e);
      }
      super.failed(cause);
    }
  }

  /** The request's own headers. */
  static final class Given implements Propagation.Carrier {
    private final HttpRequest request;

    Given(HttpRequest request) {
      this.request = request;
    }

    @Override
    public @Nullable String get(String name) {
      Header header = request.getFirstHeader(name);
      return header == null ? null : header.getValue();
    }
  }
}
