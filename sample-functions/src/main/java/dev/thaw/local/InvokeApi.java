package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lambda's Invoke API: {@code POST /2015-03-31/functions/{name}/invocations}, with the types
 * RequestResponse, Event and DryRun, so that the AWS SDKs work against it by endpoint override.
 */
final class InvokeApi {

  static final String PATH = "/2015-03-31/functions/";

  private static final String KEY_PREFIX = "LOCAL";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SYNCHRONOUS_PAYLOAD_LIMIT = 6 * 1024 * 1024;
  private static final int EVENT_PAYLOAD_LIMIT = 1024 * 1024;
  private static final int CLIENT_CONTEXT_LIMIT = 3583;
  private static final Pattern CREDENTIAL =
      Pattern.compile("Credential=" + KEY_PREFIX + "([0-9a-f]+)/");

  private final Functions functions;
  private final AsyncInvokes asyncInvokes;

  InvokeApi(Functions functions, AsyncInvokes asyncInvokes) {
    this.functions = functions;
    this.asyncInvokes = asyncInvokes;
  }

  void handle(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    byte[] payload = exchange.getRequestBody().readAllBytes();
    if (!exchange.getRequestMethod().equals("POST") || !path.endsWith("/invocations")) {
      error(exchange, 404, "UnknownOperationException", "Only Invoke is served here: " + path);
      return;
    }
    String name =
        Arns.functionName(path.substring(PATH.length(), path.length() - "/invocations".length()));
    Function function = functions.find(name);
    if (function == null) {
      error(
          exchange, 404, "ResourceNotFoundException", "Function not found: " + Arns.function(name));
      return;
    }
    String type = exchange.getRequestHeaders().getFirst("X-Amz-Invocation-Type");
    if (type == null) {
      type = "RequestResponse";
    }
    int limit = type.equals("Event") ? EVENT_PAYLOAD_LIMIT : SYNCHRONOUS_PAYLOAD_LIMIT;
    if (payload.length > limit) {
      error(
          exchange,
          413,
          "RequestTooLargeException",
          "Request must be smaller than " + limit + " bytes for the " + type + " invocation type");
      return;
    }
    String clientContext = exchange.getRequestHeaders().getFirst("X-Amz-Client-Context");
    if (clientContext != null && clientContext.length() > CLIENT_CONTEXT_LIMIT) {
      error(
          exchange,
          400,
          "InvalidRequestContentException",
          "Client context must be at most 3583 bytes");
      return;
    }
    String decodedContext = null;
    if (clientContext != null) {
      try {
        // The runtime gets the JSON itself; Base64 is only the way of the Invoke API.
        decodedContext =
            new String(Base64.getDecoder().decode(clientContext), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        error(
            exchange,
            400,
            "InvalidRequestContentException",
            "Client context must be Base64 of JSON");
        return;
      }
    }
    String requestId = UUID.randomUUID().toString();
    exchange.getResponseHeaders().set("x-amzn-RequestId", requestId);
    switch (type) {
      case "DryRun" -> Http.respond(exchange, 204, "application/json", new byte[0]);
      case "Event" -> {
        // Lambda hands the client context to synchronous invocations only; the trace header goes
        // with both.
        asyncInvokes.accept(
            function,
            new InvocationRequest(
                requestId, payload, traceHeader(exchange), null, caller(exchange), 1));
        Http.respond(exchange, 202, "application/json", new byte[0]);
      }
      case "RequestResponse" ->
          invoke(
              exchange,
              function,
              new InvocationRequest(
                  requestId, payload, traceHeader(exchange), decodedContext, caller(exchange), 1));
      default ->
          error(
              exchange,
              400,
              "InvalidParameterValueException",
              "X-Amz-Invocation-Type is '" + type + "'; use RequestResponse, Event or DryRun");
    }
  }

  private static void invoke(HttpExchange exchange, Function function, InvocationRequest request)
      throws IOException, InterruptedException {
    InvocationResult result;
    try {
      result = Functions.await(function.invoke(request));
    } catch (ThrottledException e) {
      exchange.getResponseHeaders().set("x-amzn-ErrorType", "TooManyRequestsException");
      Http.json(
          exchange,
          429,
          "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\",\"Type\":\"User\","
              + "\"message\":\"Rate Exceeded.\"}");
      return;
    }
    exchange.getResponseHeaders().set("X-Amz-Executed-Version", "$LATEST");
    if (result.outcome() != Outcome.OK) {
      exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
    }
    Http.respond(exchange, 200, "application/json", result.payload());
  }

  private static Caller caller(HttpExchange exchange) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Matcher matcher = CREDENTIAL.matcher(authorization == null ? "" : authorization);
    return matcher.find()
        ? Caller.function(
            new String(HexFormat.of().parseHex(matcher.group(1)), StandardCharsets.UTF_8))
        : Caller.OUTSIDE;
  }

  /** An access key that names the function that holds it; letters and digits only, as AWS's are. */
  static String accessKey(String function) {
    return KEY_PREFIX + HexFormat.of().formatHex(function.getBytes(StandardCharsets.UTF_8));
  }

  static String traceHeader(HttpExchange exchange) {
    return traceHeader(exchange.getRequestHeaders().getFirst("X-Amzn-Trace-Id"));
  }

  /**
   * The caller's X-Ray header; without one, a new header that says «not sampled», as Lambda makes.
   */
  static String traceHeader(@Nullable String given) {
    if (given != null && given.contains("Root=")) {
      return given;
    }
    String hex = UUID.randomUUID().toString().replace("-", "");
    return "Root=1-"
        + Long.toHexString(System.currentTimeMillis() / 1000)
        + "-"
        + hex.substring(0, 24)
        + ";Parent="
        + hex.substring(16)
        + ";Sampled=0";
  }

  private static void error(HttpExchange exchange, int status, String type, String message)
      throws IOException {
    exchange.getResponseHeaders().set("x-amzn-ErrorType", type);
    byte[] body =
        JSON.createObjectNode()
            .put("Type", "User")
            .put("message", message)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    Http.respond(exchange, status, "application/json", body);
  }
}
