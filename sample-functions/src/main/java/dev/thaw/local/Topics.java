package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Topics, as far as functions need them: SNS's Publish (API version 2010-03-31, query protocol) on
 * a loopback port, delivered to queues in SNS's own envelope.
 */
final class Topics implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, List<String>> topics;
  private final Queues queues;
  private final HttpServer server;

  /**
   * @param topics by name, the queues that each delivers to
   */
  Topics(Map<String, List<String>> topics, Queues queues, Executor executor) throws IOException {
    this.topics = topics;
    this.queues = queues;
    server = Http.server(0, executor);
    server.createContext("/", Http.handler(this::handle));
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    String arn = form.getOrDefault("TopicArn", "");
    List<String> deliverTo = topics.get(arn.substring(arn.lastIndexOf(':') + 1));
    if (!"Publish".equals(form.get("Action"))) {
      error(exchange, 400, "InvalidAction", "Only Publish is served here");
    } else if (deliverTo == null) {
      error(exchange, 404, "NotFound", "Topic does not exist");
    } else {
      String messageId = UUID.randomUUID().toString();
      String envelope = envelope(form, arn, messageId);
      for (String queue : deliverTo) {
        queues
            .client()
            .sendMessage(request -> request.queueUrl(queues.url(queue)).messageBody(envelope));
      }
      xml(
          exchange,
          200,
          "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>"
              + messageId
              + "</MessageId></PublishResult><ResponseMetadata><RequestId>"
              + UUID.randomUUID()
              + "</RequestId></ResponseMetadata></PublishResponse>");
    }
  }

  private static String envelope(Map<String, String> form, String arn, String messageId) {
    ObjectNode envelope = JSON.createObjectNode();
    envelope.put("Type", "Notification");
    envelope.put("MessageId", messageId);
    envelope.put("TopicArn", arn);
    envelope.put("Message", form.getOrDefault("Message", ""));
    envelope.put("Timestamp", Instant.now().toString());
    ObjectNode attributes = envelope.putObject("MessageAttributes");
    for (int i = 1; form.containsKey("MessageAttributes.entry." + i + ".Name"); i++) {
      String entry = "MessageAttributes.entry." + i + ".";
      attributes
          .putObject(form.get(entry + "Name"))
          .put("Type", form.get(entry + "Value.DataType"))
          .put("Value", form.get(entry + "Value.StringValue"));
    }
    return envelope.toString();
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  private static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    xml(
        exchange,
        status,
        "<ErrorResponse><Error><Type>Sender</Type><Code>"
            + code
            + "</Code><Message>"
            + message
            + "</Message></Error></ErrorResponse>");
  }

  private static void xml(HttpExchange exchange, int status, String body) throws IOException {
    Http.respond(exchange, status, "text/xml", body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
