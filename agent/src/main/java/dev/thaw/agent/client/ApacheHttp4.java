package dev.thaw.agent.client;

import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpUriRequest;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpClient 4, from 4.3: the method that every way of sending a request ends in. Redirects
 * and repetitions of the client's own are inside one call.
 */
public final class ApacheHttp4 implements Client {

  private static final String SELF = "dev/thaw/agent/client/ApacheHttp4";
  private static final Bridge BRIDGE =
      new Bridge("Apache HttpClient 4", ApacheHttp4.class, "TracedExchange");

  @Override
  public List<Hook> hooks(String awaited) {
    if (awaited.endsWith(".MainClientExec")) {
      return Collections.singletonList(
          Hook.on(
                  awaited,
                  "execute",
                  "(Lorg/apache/http/conn/routing/HttpRoute;Lorg/apache/http/client/methods/HttpRequestWrapper;"
                      + "Lorg/apache/http/client/protocol/HttpClientContext;"
                      + "Lorg/apache/http/client/methods/HttpExecutionAware;)"
                      + "Lorg/apache/http/client/methods/CloseableHttpResponse;")
              .enter(SELF, "attempting", "()V")
              .exit(SELF, "attempted", "(Ljava/lang/Object;)V", Value.result()));
    }
    return Collections.singletonList(
        Hook.on(
                awaited,
                "doExecute",
                "(Lorg/apache/http/HttpHost;Lorg/apache/http/HttpRequest;"
                    + "Lorg/apache/http/protocol/HttpContext;)"
                    + "Lorg/apache/http/client/methods/CloseableHttpResponse;")
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
      super(HttpRequest.class, HttpResponse.class, "Apache HttpClient 4");
    }

    @Override
    protected @Nullable HttpCall begin(
        HttpRequest request, @Nullable Object target, Propagation.Carrier given) {
      HttpHost to = target instanceof HttpHost ? (HttpHost) target : null;
      String scheme = "http";
      String host = null;
      int port = -1;
      String path = request.getRequestLine().getUri();
      if (request instanceof HttpUriRequest) {
        URI uri = ((HttpUriRequest) request).getURI();
        path = uri.getRawPath();
        if (uri.getHost() != null) {
          scheme = uri.getScheme();
          host = uri.getHost();
          port = uri.getPort();
        }
      }
      if (to != null) {
        scheme = to.getSchemeName();
        host = to.getHostName();
        port = to.getPort();
      }
      return HttpCall.begin(request.getRequestLine().getMethod(), scheme, host, port, path, given);
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
      return response.getStatusLine().getStatusCode();
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
