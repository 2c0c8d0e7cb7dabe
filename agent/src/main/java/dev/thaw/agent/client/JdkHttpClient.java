package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.TraceParent;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * java.net.http.HttpClient: synchronous and asynchronous requests alike pass through one method of
 * its implementation.
 *
 * <p>The module lies in the platform class loader, which the bootstrap path does not see: the
 * nested classes are defined below it ({@link InAppLoader}), and the outer class must not touch its
 * types.
 */
public final class JdkHttpClient implements Client {

  private static final String SELF = "dev/thaw/agent/client/JdkHttpClient";
  private static final String IN_APP = "dev.thaw.agent.client.JdkHttpClient$";
  private static final String IMPLEMENTATION = "jdk.internal.net.http.HttpClientImpl";
  private static final String SEND_ASYNC =
      "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;"
          + "Ljava/net/http/HttpResponse$PushPromiseHandler;Ljava/util/concurrent/Executor;)"
          + "Ljava/util/concurrent/CompletableFuture;";

  private static volatile @Nullable Exchange exchange;

  @Override
  public List<Hook> hooks() {
    return Collections.singletonList(
        Hook.on(IMPLEMENTATION, "sendAsync", SEND_ASYNC)
            .replaceArgument(
                0, SELF, "sending", "(Ljava/lang/Object;)Ljava/lang/Object;", Value.argument(0))
            .replaceResult(SELF, "sent", "(Ljava/lang/Object;)Ljava/lang/Object;", Value.result()));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    // Nothing yet: the classes that a request's types need are about to be loaded.
  }

  private static @Nullable Exchange exchange() {
    Exchange known = exchange;
    if (known == null) {
      try {
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        known = (Exchange) InAppLoader.instance(platform, IN_APP, "TracedExchange");
        exchange = known;
      } catch (Throwable e) {
        Log.failure("Hooking java.net.http", e);
      }
    }
    return known;
  }

  /** Called by woven code: the request to send. */
  public static @Nullable Object sending(@Nullable Object request) {
    Exchange tracing = exchange();
    return tracing == null ? request : tracing.sending(request);
  }

  /** Called by woven code: the promise of the answer. */
  public static @Nullable Object sent(@Nullable Object result) {
    Exchange tracing = exchange();
    return tracing == null ? result : tracing.sent(result);
  }

  /** Speaks java.net.http's types. */
  public static final class TracedExchange implements Exchange {

    /**
     * The call that the current thread is about to send; from the entry of the method to its exit.
     */
    private static final ThreadLocal<Call> SENDING = new ThreadLocal<>();

    @Override
    public @Nullable Object sending(@Nullable Object given) {
      try {
        SENDING.remove();
        Invocation invocation = Invocations.current();
        if (invocation == null || !(given instanceof HttpRequest)) {
          return given;
        }
        HttpRequest request = (HttpRequest) given;
        Call call = invocation.call(request.method(), false);
        describe(call, request);
        SENDING.set(call);
        if (request.headers().firstValue(TraceParent.NAME).isPresent()) {
          return given;
        }
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, new Everything());
        builder.setHeader(TraceParent.NAME, TraceParent.format(call.context()));
        String state = call.context().traceState;
        if (state != null) {
          builder.setHeader(TraceParent.STATE_NAME, state);
        }
        return builder.build();
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
        return given;
      }
    }

    @Override
    public @Nullable Object sent(@Nullable Object result) {
      try {
        Call call = SENDING.get();
        SENDING.remove();
        if (call != null && result instanceof CompletableFuture) {
          ((CompletableFuture<?>) result).whenComplete(new Ending(call));
        }
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
      }
      return result;
    }

    private static void describe(Call call, HttpRequest request) {
      URI uri = request.uri();
      call.attribute("http.request.method", request.method());
      call.attribute("server.address", String.valueOf(uri.getHost()));
      int port = uri.getPort() > 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
      call.attribute("server.port", (long) port);
      // Without user information and query: both carry secrets (HTTP conventions, «url.full»).
      call.attribute(
          "url.full", uri.getScheme() + "://" + uri.getHost() + ":" + port + uri.getRawPath());
    }
  }

  /** Keeps every header of the request. */
  static final class Everything implements BiPredicate<String, String> {
    @Override
    public boolean test(String name, String value) {
      return true;
    }
  }

  /** Ends a call with what came of it. */
  static final class Ending implements BiConsumer<Object, Throwable> {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final Call call;

    Ending(Call call) {
      this.call = call;
    }

    @Override
    public void accept(@Nullable Object response, @Nullable Throwable failure) {
      try {
        if (failure != null) {
          Throwable cause =
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
          call.failed(cause.getClass().getName(), cause.getMessage());
        } else if (response instanceof HttpResponse) {
          int status = ((HttpResponse<?>) response).statusCode();
          call.attribute("http.response.status_code", (long) status);
          if (status >= 400) {
            call.failed(Integer.toString(status), null);
          }
          if (status == TOO_MANY_REQUESTS || isBusy((HttpResponse<?>) response, status)) {
            URI uri = ((HttpResponse<?>) response).uri();
            call.throttled(uri.getHost() + uri.getRawPath(), "HTTP " + status, 1, status);
          }
        }
        call.end();
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
      }
    }

    /** 503 says «overloaded» only together with Retry-After (RFC 9110, section 15.6.4). */
    private static boolean isBusy(HttpResponse<?> response, int status) {
      return status == SERVICE_UNAVAILABLE
          && response.headers().firstValue("retry-after").isPresent();
    }
  }
}
