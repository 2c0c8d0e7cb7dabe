package dev.thaw.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns HTTP requests into API Gateway proxy events (payload format 2.0) and the functions' answers
 * back into HTTP.
 *
 * <p>Errors as API Gateway and function URLs give them: 429 at the concurrency limit, 502 for a
 * function's error, 504 for its timeout.
 */
final class FrontDoor {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Functions functions;
  private final Caller caller;

  /**
   * @param caller who calls through this door: every function has a door of its own, as it would
   *     have a network interface of its own
   */
  FrontDoor(Functions functions, Caller caller) {
    this.functions = functions;
    this.caller = caller;
  }

  void handle(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Function function = route(exchange.getRequestURI().getPath());
    if (function == null) {
      Http.json(exchange, 404, "{\"message\":\"Not Found\"}");
      return;
    }
    String requestId = UUID.randomUUID().toString();
    InvocationRequest request =
        new InvocationRequest(
            requestId,
            event(exchange, body, requestId),
            InvokeApi.traceHeader(exchange),
            null,
            caller,
            1);
    InvocationResult result;
    try {
      result = Functions.await(function.invoke(request));
    } catch (ThrottledException e) {
      Http.json(exchange, 429, "{\"message\":\"Too Many Requests\"}");
      return;
    }
    switch (result.outcome()) {
      case OK -> answer(exchange, result.payload());
      case TIMEOUT -> Http.json(exchange, 504, "{\"message\":\"Endpoint request timed out\"}");
      default -> Http.json(exchange, 502, "{\"message\":\"Internal Server Error\"}");
    }
  }

  private @Nullable Function route(String path) {
    Function best = null;
    int longest = -1;
    for (Function function : functions.all()) {
      String prefix = function.config().httpPath();
      if (prefix != null
          && prefix.length() > longest
          && (path.equals(prefix) || path.startsWith(prefix + "/"))) {
        best = function;
        longest = prefix.length();
      }
    }
    return best;
  }

  private byte[] event(HttpExchange exchange, byte[] body, String requestId) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = exchange.getRequestURI().getRawQuery();
    ObjectNode event = JSON.createObjectNode();
    event.put("version", "2.0");
    event.put("routeKey", "$default");
    event.put("rawPath", path);
    event.put("rawQueryString", query == null ? "" : query);
    ObjectNode headers = event.putObject("headers");
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    if (query != null) {
      ObjectNode parameters = event.putObject("queryStringParameters");
      for (String pair : query.split("&")) {
        int equals = pair.indexOf('=');
        parameters.put(
            decode(equals < 0 ? pair : pair.substring(0, equals)),
            equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    ObjectNode context = event.putObject("requestContext");
    context.put("accountId", Arns.ACCOUNT);
    context.put("apiId", "local");
    context.put("domainName", headers.path("host").asText("localhost"));
    context.put("requestId", requestId);
    context.put("routeKey", "$default");
    context.put("stage", "$default");
    context.put("timeEpoch", Instant.now().toEpochMilli());
    context
        .putObject("http")
        .put("method", exchange.getRequestMethod())
        .put("path", path)
        .put("protocol", exchange.getProtocol())
        .put("sourceIp", "127.0.0.1")
        .put("userAgent", headers.path("user-agent").asText(""));
    if (body.length > 0) {
      event.put("body", new String(body, StandardCharsets.UTF_8));
    }
    event.put("isBase64Encoded", false);
    return JSON.writeValueAsBytes(event);
  }

  private static String decode(String text) {
    return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /**
   * An object with a statusCode is a response; anything else is the body of a 200, as format 2.0
   * says.
   */
  private static void answer(HttpExchange exchange, byte[] payload) throws IOException {
    JsonNode answer = JSON.readTree(payload);
    if (answer == null || !answer.has("statusCode")) {
      Http.respond(exchange, 200, "application/json", payload);
      return;
    }
    answer
        .path("headers")
        .properties()
        .forEach(
            header ->
                exchange.getResponseHeaders().set(header.getKey(), header.getValue().asText()));
    String text = answer.path("body").asText("");
    byte[] body =
        answer.path("isBase64Encoded").asBoolean()
            ? Base64.getDecoder().decode(text)
            : text.getBytes(StandardCharsets.UTF_8);
    String type = exchange.getResponseHeaders().getFirst("Content-Type");
    Http.respond(
        exchange,
        answer.path("statusCode").asInt(),
        type == null ? "application/json" : type,
        body);
  }
}
