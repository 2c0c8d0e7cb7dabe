package dev.thaw.agent.client;

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
  public static final class TracedExchange extends ApacheExchange<HttpRequest, HttpResponse> {

    public TracedExchange() {
      super(HttpRequest.class, HttpResponse.class, "Apache HttpClient 5");
    }

    @Override
    protected @Nullable HttpCall begin(
        HttpRequest request, @Nullable Object host, Propagation.Carrier given) {
      HttpHost to = host instanceof HttpHost ? (HttpHost) host : null;
      URIAuthority authority = request.getAuthority();
      return HttpCall.begin(
          request.getMethod(),
          to == null ? request.getScheme() : to.getSchemeName(),
          to != null ? to.getHostName() : authority == null ? null : authority.getHostName(),
          to != null ? to.getPort() : authority == null ? -1 : authority.getPort(),
          request.getPath(),
          given);
    }

    @Override
    protected @Nullable String header(HttpRequest request, String name) {
      return value(request.getFirstHeader(name));
    }

    @Override
    protected void setHeader(HttpRequest request, String name, String value) {
      request.setHeader(name, value);
    }

    @Override
    protected void removeHeader(HttpRequest request, String name) {
      request.removeHeaders(name);
    }

    @Override
    protected int status(HttpResponse response) {
      return response.getCode();
    }

    @Override
    protected @Nullable String answeredHeader(HttpResponse response, String name) {
      return value(response.getFirstHeader(name));
    }

    private static @Nullable String value(@Nullable Header header) {
      return header == null ? null : header.getValue();
    }
  }
}
