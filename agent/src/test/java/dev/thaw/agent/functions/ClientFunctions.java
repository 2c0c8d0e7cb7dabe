package dev.thaw.agent.functions;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;

/**
 * Functions that use one client library each. They know nothing of the agent. An HTTP one gets an
 * address, and answers the last status, or the exception's class.
 */
public final class ClientFunctions {

  private ClientFunctions() {}

  /** One request with a library. */
  interface Getting {
    int get(String url, String traceparent) throws Exception;
  }

  static String get(Map<String, Object> event, Getting library) {
    String last = "none";
    int times = ((Number) event.getOrDefault("times", 1)).intValue();
    for (int i = 0; i < times; i++) {
      try {
        last =
            Integer.toString(
                library.get((String) event.get("url"), (String) event.get("traceparent")));
      } catch (Exception e) {
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        last = cause.getClass().getSimpleName();
      }
    }
    return last;
  }

  /** The JDK's own client. */
  public static final class JdkHttp {
    private final HttpClient http = HttpClient.newHttpClient();

    public String handle(Map<String, Object> event) {
      return get(
          event,
          (url, traceparent) -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
            if (traceparent != null) {
              request.header("traceparent", traceparent);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
          });
    }
  }

  /** The JDK's older one. */
  public static final class UrlConnection {
    public String handle(Map<String, Object> event) {
      return get(
          event,
          (url, traceparent) -> {
            HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
            if (traceparent != null) {
              connection.setRequestProperty("traceparent", traceparent);
            }
            try (InputStream body = connection.getInputStream()) {
              body.readAllBytes();
            } catch (IOException e) {
              if (connection.getErrorStream() == null) {
                throw e;
              }
            }
            return connection.getResponseCode();
          });
    }
  }

  /** Apache HttpClient 4; the same request object each time. */
  public static final class Apache4 {
    private final CloseableHttpClient http = HttpClients.createDefault();

    public String handle(Map<String, Object> event) {
      HttpGet request = new HttpGet((String) event.get("url"));
      return get(
          event,
          (url, traceparent) -> {
            if (traceparent != null) {
              request.setHeader("traceparent", traceparent);
            }
            try (CloseableHttpResponse response = http.execute(request)) {
              return response.getStatusLine().getStatusCode();
            }
          });
    }
  }

  /** Apache HttpClient 5; the same request object each time. */
  public static final class Apache5 {
    private final org.apache.hc.client5.http.impl.classic.CloseableHttpClient http =
        org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();

    public String handle(Map<String, Object> event) {
      org.apache.hc.client5.http.classic.methods.HttpGet request =
          new org.apache.hc.client5.http.classic.methods.HttpGet((String) event.get("url"));
      return get(
          event,
          (url, traceparent) -> {
            if (traceparent != null) {
              request.setHeader("traceparent", traceparent);
            }
            try (org.apache.hc.client5.http.impl.classic.CloseableHttpResponse response =
                http.execute(request)) {
              return response.getCode();
            }
          });
    }
  }

  /** OkHttp. */
  public static final class Ok {
    private final OkHttpClient http = new OkHttpClient();

    public String handle(Map<String, Object> event) {
      return get(
          event,
          (url, traceparent) -> {
            Request.Builder request = new Request.Builder().url(url);
            if (traceparent != null) {
              request.header("traceparent", traceparent);
            }
            try (Response response = http.newCall(request.build()).execute()) {
              return response.code();
            }
          });
    }
  }
}
