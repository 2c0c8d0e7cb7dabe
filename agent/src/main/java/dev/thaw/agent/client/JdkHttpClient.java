package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import dev.thaw.agent.weave.Weaver;
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
 * <p>Many name its type and make no client while they start: the implementation is hooked when the
 * first one is made. The module lies in the platform class loader, which the bootstrap path does
 * not see: the nested classes are defined below it ({@link InAppLoader}), and the outer class must
 * not touch its types.
 */
public final class JdkHttpClient implements Client {

  private static final String SELF = "dev/thaw/agent/client/JdkHttpClient";
  private static final String IMPLEMENTATION = "jdk.internal.net.http.HttpClientImpl";
  private static final String SEND_ASYNC =
      "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;"
          + "Ljava/net/http/HttpResponse$PushPromiseHandler;Ljava/util/concurrent/Executor;)"
          + "Ljava/util/concurrent/CompletableFuture;";

  private static final Bridge BRIDGE =
      new Bridge("java.net.http", JdkHttpClient.class, "TracedExchange");

  private static volatile boolean hooked;

  @Override
  public List<Hook> hooks(String awaited) {
    return Collections.singletonList(
        Hook.on(awaited, "newBuilder", "()Ljava/net/http/HttpClient$Builder;")
            .enter(SELF, "makes", "()V"));
  }

  /** One may have been made by code that is not the application's. */
  @Override
  public void loaded(@Nullable ClassLoader loader) {
    if (Weaver.isLoaded(IMPLEMENTATION, ClassLoader.getPlatformClassLoader())) {
      makes();
    }
  }

  /** Called by woven code: a client is about to be made. */
  public static void makes() {
    if (hooked) {
      return;
    }
    try {
      BRIDGE.loaded(ClassLoader.getPlatformClassLoader());
      Weaver.weaveJdk(hooksOfClients());
      hooked = true;
    } catch (Throwable e) {
      Log.failure("Hooking java.net.http", e);
    }
  }

  private static List<Hook> hooksOfClients() {
    return Collections.singletonList(
        Hook.on(IMPLEMENTATION, "sendAsync", SEND_ASYNC)
            .replaceArgument(
                0, SELF, "sending", "(Ljava/lang/Object;)Ljava/lang/Object;", Value.argument(0))
            .replaceResult(SELF, "sent", "(Ljava/lang/Object;)Ljava/lang/Object;", Value.result())
            .thrown(SELF, "failed", "(Ljava/lang/Object;)V", Value.thrown()));
  }

  /** Called by woven code: the request to send. */
  public static @Nullable Object sending(@Nullable Object request) {
    return BRIDGE.sending(request, null);
  }

  /** Called by woven code: the promise of the answer. */
  public static @Nullable Object sent(@Nullable Object result) {
    return BRIDGE.sent(result);
  }

  /** Called by woven code: the request could not even be begun. */
  public static void failed(@Nullable Object thrown) {
    BRIDGE.failed(thrown);
  }

  /** Speaks java.net.http's types. */
  public static final class TracedExchange implements Exchange {

    private final UnderWay<HttpCall> underWay = new UnderWay<>();

    @Override
    public @Nullable Object sending(@Nullable Object given, @Nullable Object to) {
      HttpCall call = null;
      try {
        if (given instanceof HttpRequest) {
          HttpRequest request = (HttpRequest) given;
          URI uri = request.uri();
          call =
              HttpCall.begin(
                  request.method(),
                  uri.getScheme(),
                  uri.getHost(),
                  uri.getPort(),
                  uri.getRawPath(),
                  new Headers(request));
          return call == null ? given : withHeaders(request, call.headers());
        }
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
      } finally {
        underWay.put(call);
      }
      return given;
    }

    private static HttpRequest withHeaders(HttpRequest request, String[] headers) {
      if (headers.length == 0) {
        return request;
      }
      HttpRequest.Builder builder = HttpRequest.newBuilder(request, new Everything());
      for (int i = 0; i < headers.length; i += 2) {
        builder.setHeader(headers[i], headers[i + 1]);
      }
      return builder.build();
    }

    @Override
    public @Nullable Object sent(@Nullable Object result) {
      try {
        HttpCall call = underWay.take();
        if (call != null && result instanceof CompletableFuture) {
          ((CompletableFuture<?>) result).whenComplete(new Ending(call));
        }
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
      }
      return result;
    }

    @Override
    public void failed(@Nullable Object thrown) {
      try {
        HttpCall call = underWay.take();
        if (call != null && thrown instanceof Throwable) {
          call.failed((Throwable) thrown);
        }
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
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
      return request.headers().firstValue(name).orElse(null);
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
    private final HttpCall call;

    Ending(HttpCall call) {
      this.call = call;
    }

    @Override
    public void accept(@Nullable Object response, @Nullable Throwable failure) {
      try {
        if (failure != null) {
          call.failed(
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure);
        } else if (response instanceof HttpResponse) {
          HttpResponse<?> answer = (HttpResponse<?>) response;
          call.answered(
              answer.statusCode(), answer.headers().firstValue("retry-after").orElse(null));
        }
      } catch (Throwable e) {
        Log.failure("Tracing java.net.http", e);
      }
    }
  }
}
