package dev.thaw.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The Runtime API (2018-06-01) and the Extensions API (2020-01-01) of one environment, on a port of
 * its own, as AWS_LAMBDA_RUNTIME_API names one.
 */
final class RuntimeApi implements AutoCloseable {

  private static final String INVOCATION = "/2018-06-01/runtime/invocation/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Environment environment;
  private final HttpServer server;

  RuntimeApi(Environment environment, PlatformContext platform) throws IOException {
    this.environment = environment;
    server = Http.server(0, platform.executor());
    server.createContext("/", Http.handler(this::handle));
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (path.equals(INVOCATION + "next")) {
      next(exchange);
    } else if (path.startsWith(INVOCATION) && path.endsWith("/response")) {
      answered(exchange, path, Outcome.OK, body);
    } else if (path.startsWith(INVOCATION) && path.endsWith("/error")) {
      answered(exchange, path, Outcome.ERROR, body);
    } else if (path.equals("/2018-06-01/runtime/restore/next")) {
      if (environment.restoreNext()) {
        Http.respond(exchange, 200, "application/json", new byte[0]);
      } else {
        exchange.close();
      }
    } else if (path.equals("/2018-06-01/runtime/init/error")) {
      environment.initFailed(body);
      Http.json(exchange, 202, "{\"status\":\"OK\"}");
    } else if (path.equals("/2020-01-01/extension/register")) {
      register(exchange, body);
    } else if (path.equals("/2020-01-01/extension/event/next")) {
      nextEvent(exchange);
    } else {
      Http.json(exchange, 404, error("NotFound", "No such API: " + path));
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    InvocationRequest request = environment.next();
    if (request == null) {
      exchange.close();
      return;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Lambda-Runtime-Aws-Request-Id", request.requestId);
    headers.put("Lambda-Runtime-Deadline-Ms", Long.toString(environment.deadlineMs()));
    headers.put("Lambda-Runtime-Invoked-Function-Arn", Arns.function(environment.config().name()));
    headers.put("Lambda-Runtime-Trace-Id", request.traceHeader);
    if (request.clientContext != null) {
      headers.put("Lambda-Runtime-Client-Context", request.clientContext);
    }
    headers.forEach(exchange.getResponseHeaders()::set);
    // Always a content type: the runtime interface client 2.9.0 crashes without one.
    Http.respond(exchange, 200, "application/json", request.payload);
  }

  private void answered(HttpExchange exchange, String path, Outcome outcome, byte[] body)
      throws IOException {
    String requestId = path.substring(INVOCATION.length(), path.lastIndexOf('/'));
    if (environment.respond(requestId, outcome, body)) {
      Http.json(exchange, 202, "{\"status\":\"OK\"}");
    } else {
      Http.json(
          exchange, 400, error("InvalidRequestID", "Not the invocation in hand: " + requestId));
    }
  }

  private void register(HttpExchange exchange, byte[] body) throws IOException {
    JsonNode events = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    boolean invokes = false;
    for (JsonNode event : events.path("events")) {
      if (event.asText().equals("SHUTDOWN")) {
        Http.json(
            exchange,
            403,
            error(
                "ShutdownEventNotSupportedForInternalExtension",
                "Internal extensions take INVOKE only"));
        return;
      }
      invokes |= event.asText().equals("INVOKE");
    }
    String id = UUID.randomUUID().toString();
    if (!environment.register(id, invokes)) {
      Http.json(
          exchange,
          403,
          error(
              "Extension.RegistrationClosed",
              "Extensions register before the runtime asks for work"));
      return;
    }
    exchange.getResponseHeaders().set("Lambda-Extension-Identifier", id);
    Http.json(
        exchange,
        200,
        JSON.createObjectNode()
            .put("functionName", environment.config().name())
            .put("functionVersion", "$LATEST")
            .put("handler", environment.config().handler())
            .toString());
  }

  private void nextEvent(HttpExchange exchange) throws IOException, InterruptedException {
    String id = exchange.getRequestHeaders().getFirst("Lambda-Extension-Identifier");
    InvocationRequest request;
    try {
      request = environment.nextEvent(id == null ? "" : id);
    } catch (IllegalArgumentException e) {
      Http.json(exchange, 403, error("Extension.UnknownExtensionIdentifier", e.getMessage()));
      return;
    }
    if (request == null) {
      exchange.close();
      return;
    }
    exchange
        .getResponseHeaders()
        .set("Lambda-Extension-Event-Identifier", UUID.randomUUID().toString());
    Http.json(
        exchange,
        200,
        JSON.createObjectNode()
            .put("eventType", "INVOKE")
            .put("deadlineMs", environment.deadlineMs())
            .put("requestId", request.requestId)
            .put("invokedFunctionArn", Arns.function(environment.config().name()))
            .set(
                "tracing",
                JSON.createObjectNode()
                    .put("type", "X-Amzn-Trace-Id")
                    .put("value", request.traceHeader))
            .toString());
  }

  private static String error(String type, String message) {
    return new String(LambdaErrors.json(type, message), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
