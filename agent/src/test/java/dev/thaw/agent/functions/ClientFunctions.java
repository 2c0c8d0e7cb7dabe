package dev.thaw.agent.functions;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

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

  /** Apache HttpClient 5, asynchronous. */
  public static final class Apache5Async {
    private final org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient http =
        org.apache.hc.client5.http.impl.async.HttpAsyncClients.createDefault();

    public Apache5Async() {
      http.start();
    }

    public String handle(Map<String, Object> event) {
      return get(
          event,
          (url, traceparent) -> {
            org.apache.hc.client5.http.async.methods.SimpleHttpRequest request =
                new org.apache.hc.client5.http.async.methods.SimpleHttpRequest(
                    "GET", java.net.URI.create(url));
            if (traceparent != null) {
              request.setHeader("traceparent", traceparent);
            }
            return http.execute(request, null).get().getCode();
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

  /** JDBC, on a database of its own in the same process. */
  public static final class H2 {
    public String handle(Map<String, Object> event) throws SQLException {
      try (Connection connection =
          DriverManager.getConnection("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1")) {
        if ("prepare".equals(event.get("do"))) {
          try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS orders(id INT, customer VARCHAR(40))");
          }
          return "prepared";
        }
        if (event.containsKey("sql")) {
          try (Statement statement = connection.createStatement()) {
            statement.executeQuery((String) event.get("sql"));
            return "ok";
          } catch (SQLException e) {
            return e.getSQLState();
          }
        }
        try (PreparedStatement statement =
            connection.prepareStatement("SELECT id FROM orders WHERE customer = ? AND id > 17")) {
          statement.setString(1, "Ada");
          statement.executeQuery();
          return "ok";
        }
      }
    }
  }

  /** gRPC without generated code: text there and back. */
  public static final class GrpcText {
    private static final MethodDescriptor<String, String> METHOD =
        MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("shop.Prices/Quote")
            .setRequestMarshaller(new TextMarshaller())
            .setResponseMarshaller(new TextMarshaller())
            .build();

    private ManagedChannel channel;

    public String handle(Map<String, Object> event) {
      if (channel == null) {
        channel =
            ManagedChannelBuilder.forTarget((String) event.get("target"))
                .usePlaintext()
                .enableRetry()
                .build();
      }
      try {
        return ClientCalls.blockingUnaryCall(
            channel, METHOD, CallOptions.DEFAULT, (String) event.get("ask"));
      } catch (StatusRuntimeException e) {
        return e.getStatus().getCode().name();
      }
    }
  }

  /** Text as bytes. */
  public static final class TextMarshaller implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Kafka's producer. */
  public static final class Kafka {
    private KafkaProducer<String, String> producer;

    public String handle(Map<String, Object> event) throws Exception {
      if (event.containsKey("records")) {
        return "ok";
      }
      if (producer == null) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", event.get("broker"));
        properties.put("max.block.ms", "10000");
        properties.put("max.request.size", "2000");
        // Without its serializers' class loader it would look in the runtime's own.
        Thread.currentThread().setContextClassLoader(KafkaProducer.class.getClassLoader());
        producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
      }
      try {
        producer
            .send(new ProducerRecord<>((String) event.get("topic"), (String) event.get("value")))
            .get();
        return "ok";
      } catch (ExecutionException e) {
        return e.getCause().getClass().getSimpleName();
      }
    }
  }
}
