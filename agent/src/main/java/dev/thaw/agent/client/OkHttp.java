package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * OkHttp 3, 4 and 5: one of its own interceptors, the last that an application has; redirects and
 * repetitions of the client's own are inside one call.
 */
public final class OkHttp implements Client {

  private static final Bridge BRIDGE = new Bridge("OkHttp", OkHttp.class, "Traced");

  @Override
  public List<Hook> hooks(String awaited) {
    return Collections.singletonList(
        Hook.on(awaited, "<init>", "(Lokhttp3/OkHttpClient$Builder;)V")
            .enter(
                "dev/thaw/agent/client/OkHttp",
                "building",
                "(Ljava/lang/Object;)V",
                Value.argument(0)));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  /** Called by woven code: a client is being made. */
  public static void building(@Nullable Object builder) {
    BRIDGE.sending(builder, null);
  }

  /** Adds itself to a client, and is asked for each of its calls. */
  public static final class Traced implements Exchange, Interceptor {

    @Override
    public @Nullable Object sending(@Nullable Object builder, @Nullable Object to) {
      try {
        List<Interceptor> interceptors = ((OkHttpClient.Builder) builder).interceptors();
        // A client that is made from another one has it already.
        if (!interceptors.contains(this)) {
          interceptors.add(this);
        }
      } catch (Throwable e) {
        Log.failure("Hooking OkHttp", e);
      }
      return builder;
    }

    @Override
    public @Nullable Object sent(@Nullable Object result) {
      return result;
    }

    @Override
    public void failed(@Nullable Object thrown) {
      // The interceptor sees it.
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
      Request request = chain.request();
      HttpCall call = null;
      try {
        HttpUrl url = request.url();
        call =
            HttpCall.begin(
                request.method(),
                url.scheme(),
                url.host(),
                url.port(),
                url.encodedPath(),
                new Headers(request));
        if (call != null) {
          request = withHeaders(request, call.headers());
        }
      } catch (Throwable e) {
        Log.failure("Tracing OkHttp", e);
      }
      if (call == null) {
        return chain.proceed(request);
      }
      try {
        Response response = chain.proceed(request);
        call.answered(response.code(), response.header("Retry-After"));
        return response;
      } catch (Throwable e) {
        call.failed(e);
        throw e;
      }
    }

    private static Request withHeaders(Request request, String[] headers) {
      if (headers.length == 0) {
        return request;
      }
      Request.Builder builder = request.newBuilder();
      for (int i = 0; i < headers.length; i += 2) {
        builder.header(headers[i], headers[i + 1]);
      }
      return builder.build();
    }
  }

  /** The request's own headers. */
  static final class Headers implements Propagation.Carrier {
    private final Request request;

    Headers(Request request) {
      this.request = request;
    }

    @Override
    public @Nullable String get(String name) {
      return request.header(name);
    }
  }
}
