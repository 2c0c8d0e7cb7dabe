package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Buckets in memory, as far as functions need them: S3's PutObject and GetObject, by paths, on a
 * loopback port. A new object invokes the functions that it triggers, asynchronously as S3 does.
 */
final class Buckets implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Collection<String> buckets;
  private final Functions functions;
  private final AsyncInvokes asyncInvokes;
  private final HttpServer server;
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();

  Buckets(List<String> buckets, Functions functions, AsyncInvokes asyncInvokes, Executor executor)
      throws IOException {
    this.buckets = buckets;
    this.functions = functions;
    this.asyncInvokes = asyncInvokes;
    server = Http.server(0, executor);
    server.createContext("/", Http.handler(this::handle));
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    int slash = path.indexOf('/');
    String bucket = slash < 0 ? path : path.substring(0, slash);
    byte[] body = exchange.getRequestBody().readAllBytes();
    String requestId =
        UUID.randomUUID()
            .toString()
            .replace("-", "")
            .substring(0, 16)
            .toUpperCase(java.util.Locale.ROOT);
    exchange.getResponseHeaders().set("x-amz-request-id", requestId);
    if (!buckets.contains(bucket)) {
      error(exchange, 404, "NoSuchBucket");
      return;
    }
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        byte[] content =
            exchange.getRequestHeaders().getFirst("x-amz-decoded-content-length") == null
                ? body
                : fromChunks(body);
        objects.put(path, content);
        exchange
            .getResponseHeaders()
            .set("ETag", "\"" + Integer.toHexString(path.hashCode()) + "\"");
        Http.respond(exchange, 200, "application/xml", new byte[0]);
        created(bucket, path.substring(slash + 1), content.length, requestId);
      }
      case "GET" -> {
        byte[] content = objects.get(path);
        if (content == null) {
          error(exchange, 404, "NoSuchKey");
        } else {
          Http.respond(exchange, 200, "application/octet-stream", content);
        }
      }
      default -> error(exchange, 405, "MethodNotAllowed");
    }
  }

  /** The SDK's form for a body with a checksum behind it: {@code size;more CRLF bytes CRLF}. */
  private static byte[] fromChunks(byte[] body) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int at = 0;
    while (at < body.length) {
      int end = at;
      while (body[end] != '\r') {
        end++;
      }
      String line = new String(body, at, end - at, StandardCharsets.ISO_8859_1);
      int semicolon = line.indexOf(';');
      int size = Integer.parseInt(semicolon < 0 ? line : line.substring(0, semicolon), 16);
      if (size == 0) {
        break;
      }
      content.write(body, end + 2, size);
      at = end + 2 + size + 2;
    }
    return content.toByteArray();
  }

  private void created(String bucket, String key, int size, String requestId) {
    for (Function function : functions.all()) {
      if (function.config().buckets().contains(bucket)) {
        asyncInvokes.accept(
            function, InvocationRequest.fromTrigger(bucket, event(bucket, key, size, requestId)));
      }
    }
  }

  private static byte[] event(String bucket, String key, int size, String requestId) {
    ObjectNode event = JSON.createObjectNode();
    ObjectNode record = event.putArray("Records").addObject();
    record.put("eventVersion", "2.1");
    record.put("eventSource", "aws:s3");
    record.put("awsRegion", Arns.REGION);
    record.put("eventTime", Instant.now().toString());
    record.put("eventName", "ObjectCreated:Put");
    record.putObject("responseElements").put("x-amz-request-id", requestId);
    ObjectNode s3 = record.putObject("s3");
    s3.putObject("bucket").put("name", bucket).put("arn", "arn:aws:s3:::" + bucket);
    s3.putObject("object").put("key", key).put("size", size);
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    Http.respond(
        exchange,
        status,
        "application/xml",
        ("<Error><Code>" + code + "</Code></Error>").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
