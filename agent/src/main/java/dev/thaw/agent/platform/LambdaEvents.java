package dev.thaw.agent.platform;

import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.invocation.Trigger;
import dev.thaw.agent.propagation.TraceParent;
import dev.thaw.agent.propagation.XRayHeader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a Lambda event what triggered it, and finds the trace context in it.
 *
 * <p>It works on the raw JSON: the event classes belong to the function's own class loader. Where
 * several places carry a context, the one that the caller set itself wins: client context, HTTP
 * headers or message attributes, then Lambda's own X-Ray header.
 */
final class LambdaEvents {

  /**
   * The fields of an event that are looked at; everything else is passed over without being read.
   */
  private static final String[] FIELDS = {
    "Records",
    "requestContext",
    "headers",
    "httpMethod",
    "path",
    "rawPath",
    "resource",
    "version",
    "routeKey",
    "detail-type",
    "source",
    "time"
  };

  private LambdaEvents() {}

  static Trigger read(byte[] event, @Nullable String clientContext, @Nullable String xRayHeader) {
    Map<String, Object> fields = JsonScan.topLevel(event, FIELDS);
    Trigger trigger = trigger(fields);
    TraceContext direct = fromClientContext(clientContext);
    if (direct != null) {
      trigger.parent = direct;
    }
    if (trigger.parent == null && trigger.links.isEmpty()) {
      trigger.parent = XRayHeader.parse(xRayHeader);
    }
    return trigger;
  }

  private static Trigger trigger(Map<String, Object> fields) {
    List<Object> records = JsonScan.list(fields.get("Records"));
    if (records != null && !records.isEmpty()) {
      return records(records);
    }
    Map<String, Object> context = JsonScan.map(fields.get("requestContext"));
    if (context != null) {
      return http(fields, context);
    }
    if (fields.containsKey("detail-type")) {
      Trigger trigger =
          new Trigger("Scheduled Event".equals(fields.get("detail-type")) ? "timer" : "pubsub");
      put(trigger, "faas.time", fields.get("time"));
      return trigger;
    }
    return new Trigger("other");
  }

  private static Trigger http(Map<String, Object> fields, Map<String, Object> context) {
    Trigger trigger = new Trigger("http");
    Map<String, Object> http = JsonScan.map(context.get("http"));
    Map<String, Object> headers = JsonScan.map(fields.get("headers"));
    Object path = fields.get("rawPath");
    put(
        trigger,
        "http.request.method",
        http == null ? fields.get("httpMethod") : http.get("method"));
    put(trigger, "url.path", path == null ? fields.get("path") : path);
    Object route = fields.get("routeKey");
    put(
        trigger,
        "http.route",
        "$default".equals(route) ? null : route == null ? fields.get("resource") : route);
    if (headers != null) {
      put(trigger, "server.address", header(headers, "host"));
      put(trigger, "user_agent.original", header(headers, "user-agent"));
      trigger.parent =
          TraceParent.parse(
              header(headers, TraceParent.NAME), header(headers, TraceParent.STATE_NAME));
      if (trigger.parent == null) {
        trigger.parent = XRayHeader.parse(header(headers, "x-amzn-trace-id"));
      }
    }
    return trigger;
  }

  private static Trigger records(List<Object> records) {
    Map<String, Object> first = JsonScan.map(records.get(0));
    Object source = first == null ? null : first.get("eventSource");
    if (first == null || !"aws:sqs".equals(source)) {
      return new Trigger(kindOfRecords(first, source));
    }
    Trigger trigger = new Trigger("pubsub");
    trigger.attributes.put("messaging.system", "aws_sqs");
    trigger.attributes.put("messaging.operation.type", "process");
    trigger.attributes.put("messaging.batch.message_count", (long) records.size());
    Object arn = first.get("eventSourceARN");
    if (arn instanceof String) {
      trigger.attributes.put(
          "messaging.destination.name",
          ((String) arn).substring(((String) arn).lastIndexOf(':') + 1));
    }
    long firstSentMs = Long.MAX_VALUE;
    long mostReceives = 0;
    for (int i = 0; i < records.size(); i++) {
      Map<String, Object> record = JsonScan.map(records.get(i));
      if (record == null) {
        continue;
      }
      Map<String, Object> attributes = JsonScan.map(record.get("attributes"));
      if (attributes != null) {
        firstSentMs =
            Math.min(firstSentMs, number(attributes.get("SentTimestamp"), Long.MAX_VALUE));
        mostReceives = Math.max(mostReceives, number(attributes.get("ApproximateReceiveCount"), 0));
      }
      TraceContext carried = fromMessage(record, attributes);
      if (carried != null) {
        trigger.links.add(carried);
      }
    }
    if (firstSentMs != Long.MAX_VALUE) {
      trigger.attributes.put(
          "thaw.queue.wait", Math.max(0, System.currentTimeMillis() - firstSentMs) / 1000.0);
    }
    if (mostReceives > 0) {
      trigger.attributes.put("thaw.queue.receive_count", mostReceives);
    }
    if (records.size() == 1 && trigger.links.size() == 1) {
      put(trigger, "messaging.message.id", first.get("messageId"));
      trigger.parent = trigger.links.remove(0);
    }
    return trigger;
  }

  /**
   * Records of a store are data, those of a broker messages; SNS alone writes its source with a
   * capital.
   */
  private static String kindOfRecords(
      @Nullable Map<String, Object> first, @Nullable Object source) {
    if ("aws:s3".equals(source) || "aws:dynamodb".equals(source)) {
      return "datasource";
    }
    boolean named = source != null || (first != null && first.containsKey("EventSource"));
    return named ? "pubsub" : "other";
  }

  private static @Nullable TraceContext fromMessage(
      Map<String, Object> record, @Nullable Map<String, Object> attributes) {
    Map<String, Object> messageAttributes = JsonScan.map(record.get("messageAttributes"));
    if (messageAttributes != null) {
      TraceContext carried =
          TraceParent.parse(
              stringValue(messageAttributes, TraceParent.NAME),
              stringValue(messageAttributes, TraceParent.STATE_NAME));
      if (carried != null) {
        return carried;
      }
    }
    return attributes == null ? null : XRayHeader.parse(text(attributes.get("AWSTraceHeader")));
  }

  private static @Nullable String stringValue(Map<String, Object> attributes, String name) {
    Map<String, Object> attribute = JsonScan.map(attributes.get(name));
    return attribute == null ? null : text(attribute.get("stringValue"));
  }

  private static @Nullable TraceContext fromClientContext(@Nullable String clientContext) {
    if (clientContext == null || clientContext.isEmpty()) {
      return null;
    }
    byte[] json;
    if (clientContext.charAt(0) == '{') {
      json = clientContext.getBytes(StandardCharsets.UTF_8);
    } else {
      try {
        json = Base64.getDecoder().decode(clientContext);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    Map<String, Object> custom =
        JsonScan.map(JsonScan.topLevel(json, new String[] {"custom"}).get("custom"));
    return custom == null
        ? null
        : TraceParent.parse(
            text(custom.get(TraceParent.NAME)), text(custom.get(TraceParent.STATE_NAME)));
  }

  /** Header names come in any case from some gateways. */
  private static @Nullable String header(Map<String, Object> headers, String name) {
    Object exact = headers.get(name);
    if (exact != null) {
      return text(exact);
    }
    for (Map.Entry<String, Object> entry : headers.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return text(entry.getValue());
      }
    }
    return null;
  }

  private static void put(Trigger trigger, String key, @Nullable Object value) {
    if (value instanceof String) {
      trigger.attributes.put(key, value);
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String ? (String) value : null;
  }

  private static long number(@Nullable Object value, long otherwise) {
    try {
      return value == null ? otherwise : Long.parseLong(value.toString());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
