package dev.thaw.agent.platform;

import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.invocation.Trigger;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.propagation.XRayHeader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a Lambda event what triggered it, and finds the trace context in it; batches of
 * records are {@link LambdaRecords}'s.
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
    "records",
    "eventSource",
    "requestContext",
    "headers",
    "multiValueHeaders",
    "httpMethod",
    "path",
    "rawPath",
    "resource",
    "routeKey",
    "detail-type",
    "source",
    "time",
    "id",
    "resources",
    "triggerSource",
    "userPoolId",
    "Execution",
    "State",
    "StateMachine",
  };

  private LambdaEvents() {}

  static Trigger read(byte[] event, @Nullable String clientContext, @Nullable String xRayHeader) {
    Map<String, Object> fields = JsonScan.topLevel(event, FIELDS);
    Trigger trigger = trigger(fields);
    TraceContext direct = fromClientContext(clientContext);
    if (direct != null) {
      trigger.parent = direct;
      if (trigger.kind.equals("other")) {
        trigger.attributes.put("thaw.trigger", "invoke");
      }
    }
    if (trigger.parent == null && trigger.links.isEmpty()) {
      trigger.parent = XRayHeader.parse(xRayHeader);
    }
    return trigger;
  }

  private static Trigger trigger(Map<String, Object> fields) {
    List<Object> records = JsonScan.list(fields.get("Records"));
    if (records != null && !records.isEmpty()) {
      return LambdaRecords.read(records);
    }
    Map<String, Object> byPartition = JsonScan.map(fields.get("records"));
    if (byPartition != null && String.valueOf(fields.get("eventSource")).endsWith("afka")) {
      return LambdaRecords.readKafka(byPartition);
    }
    Map<String, Object> context = JsonScan.map(fields.get("requestContext"));
    // A destination's event has one, too: of the invocation that it is about.
    if (context != null && !context.containsKey("functionArn")) {
      return http(fields, context);
    }
    if (fields.containsKey("detail-type")) {
      return fromEventBridge(fields);
    }
    String by = null;
    if (context != null) {
      by = "destination";
    } else if (fields.containsKey("triggerSource") && fields.containsKey("userPoolId")) {
      by = "cognito";
    } else if (fields.containsKey("Execution") && fields.containsKey("StateMachine")) {
      by = "step_functions";
    }
    Trigger trigger = new Trigger("other");
    put(trigger, "thaw.trigger", by);
    if (context != null && !"Success".equals(context.get("condition"))) {
      LambdaRecords.deadLetter(trigger, context.get("requestId"), context.get("condition"));
    }
    Map<String, Object> machine = JsonScan.map(fields.get("StateMachine"));
    if (machine != null) {
      put(trigger, "aws.step_functions.state_machine.arn", machine.get("Id"));
    }
    return trigger;
  }

  private static Trigger fromEventBridge(Map<String, Object> fields) {
    boolean scheduled = "Scheduled Event".equals(fields.get("detail-type"));
    Trigger trigger = new Trigger(scheduled ? "timer" : "pubsub");
    put(trigger, "faas.time", fields.get("time"));
    if (scheduled) {
      trigger.attributes.put("thaw.trigger", "schedule");
      List<Object> rules = JsonScan.list(fields.get("resources"));
      if (rules != null && !rules.isEmpty() && rules.get(0) instanceof String) {
        String rule = (String) rules.get(0);
        trigger.attributes.put("thaw.schedule", rule.substring(rule.lastIndexOf('/') + 1));
      }
    } else {
      trigger.attributes.put("thaw.trigger", "eventbridge");
      trigger.attributes.put("messaging.system", "aws_eventbridge");
      trigger.attributes.put("messaging.operation.type", "process");
      put(trigger, "thaw.event.source", fields.get("source"));
      put(trigger, "thaw.event.type", fields.get("detail-type"));
      put(trigger, "messaging.message.id", fields.get("id"));
    }
    LambdaRecords.waited(trigger, LambdaRecords.epochMillis(fields.get("time")));
    return trigger;
  }

  private static Trigger http(Map<String, Object> fields, Map<String, Object> context) {
    Trigger trigger = new Trigger("http");
    Map<String, Object> http = JsonScan.map(context.get("http"));
    Map<String, Object> headers = JsonScan.map(fields.get("headers"));
    if (headers == null) {
      headers = JsonScan.map(fields.get("multiValueHeaders"));
    }
    trigger.attributes.put("thaw.trigger", gateway(context, http));
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
      Headers carrier = new Headers(headers);
      put(trigger, "server.address", carrier.get("host"));
      put(trigger, "user_agent.original", carrier.get("user-agent"));
      trigger.parent = Propagation.read(carrier);
    }
    return trigger;
  }

  private static String gateway(Map<String, Object> context, @Nullable Map<String, Object> http) {
    if (context.containsKey("elb")) {
      return "load_balancer";
    }
    if (http == null) {
      return "api_gateway";
    }
    Object domain = context.get("domainName");
    return domain instanceof String && ((String) domain).contains(".lambda-url.")
        ? "function_url"
        : "api_gateway_v2";
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
    return custom == null ? null : Propagation.read(new Headers(custom));
  }

  static void put(Trigger trigger, String key, @Nullable Object value) {
    if (value instanceof String) {
      trigger.attributes.put(key, value);
    }
  }

  /** Header names come in any case from some gateways, and their values as lists from others. */
  private static final class Headers implements Propagation.Carrier {
    private final Map<String, Object> headers;

    Headers(Map<String, Object> headers) {
      this.headers = headers;
    }

    @Override
    public @Nullable String get(String name) {
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

    private static @Nullable String text(@Nullable Object value) {
      List<Object> several = JsonScan.list(value);
      Object one = several != null && !several.isEmpty() ? several.get(0) : value;
      return one instanceof String ? (String) one : null;
    }
  }
}
