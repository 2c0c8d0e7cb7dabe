package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.propagation.ItemId;
import dev.thaw.agent.propagation.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of single AWS services, whichever SDK calls them: what a request goes to, how it
 * can carry the context, and by which ids the other side will name what was sent. Immutable; public
 * for the classes below the libraries' loaders.
 */
public final class AwsServices {

  /** How a request carries the context beside its HTTP header. */
  public enum Carrier {
    NONE,
    /** Message attributes of the request. */
    ATTRIBUTES,
    /** Message attributes of each of its entries. */
    ENTRY_ATTRIBUTES,
    /** A field for X-Ray's header. */
    TRACE_HEADER,
    /** Such a field of each of its entries. */
    ENTRY_TRACE_HEADERS,
    /** Lambda's client context. */
    CLIENT_CONTEXT
  }

  /** SQS refuses a message with more; SNS drops it on the way to a queue. */
  public static final int MOST_ATTRIBUTES = 10;

  /** Lambda's limit, Base64 included. */
  private static final int MOST_CLIENT_CONTEXT = 3583;

  /** A batch says no more ids than this; none of the services takes larger ones but Kinesis. */
  private static final int MOST_IDS = 100;

  private static final int HTTP_OK = 200;

  private final String service;
  private final String operation;

  /**
   * @param service the SDK's name for it
   */
  public AwsServices(String service, String operation) {
    String lower = service.toLowerCase(Locale.ROOT);
    this.service =
        lower.startsWith("amazon")
            ? lower.substring(6)
            : lower.startsWith("aws") ? lower.substring(3) : lower;
    this.operation = operation;
  }

  /** Whether the call hands messages over and does not wait for what comes of them. */
  public boolean isProducer() {
    switch (service) {
      case "sqs":
        return operation.startsWith("SendMessage");
      case "sns":
        return operation.startsWith("Publish");
      case "eventbridge":
        return operation.equals("PutEvents");
      case "kinesis":
        return operation.startsWith("PutRecord");
      default:
        return false;
    }
  }

  public Carrier carrier() {
    switch (service + "/" + operation) {
      case "sqs/SendMessage":
      case "sns/Publish":
        return Carrier.ATTRIBUTES;
      case "sqs/SendMessageBatch":
      case "sns/PublishBatch":
        return Carrier.ENTRY_ATTRIBUTES;
      case "sfn/StartExecution":
      case "sfn/StartSyncExecution":
      case "stepfunctions/StartExecution":
        return Carrier.TRACE_HEADER;
      case "eventbridge/PutEvents":
        return Carrier.ENTRY_TRACE_HEADERS;
      case "lambda/Invoke":
        return Carrier.CLIENT_CONTEXT;
      default:
        return Carrier.NONE;
    }
  }

  /** Lambda's client context with a trace context in it; null when it would be too long. */
  public static @Nullable String clientContext(TraceContext context) {
    String json = "{\"custom\":{\"traceparent\":\"" + TraceParent.format(context) + "\"}}";
    String encoded = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    return encoded.length() > MOST_CLIENT_CONTEXT ? null : encoded;
  }

  /** The field that holds a batch. */
  public String entries() {
    return service.equals("sns") ? "PublishBatchRequestEntries" : "Entries";
  }

  /**
   * Puts on the call what the request says (OpenTelemetry conventions: messaging, database, AWS).
   *
   * @return what it goes to: the name that a throttle is put down to
   */
  public String describe(Call call, AwsFields request) {
    switch (service) {
      case "lambda":
        return describeLambda(call, request);
      case "sqs":
        return destination(call, "aws_sqs", last(request.text("QueueUrl"), '/'));
      case "sns":
        String topic = request.text("TopicArn");
        String arn = topic == null ? request.text("TargetArn") : topic;
        put(call, "aws.sns.topic.arn", topic);
        return destination(call, "aws_sns", last(arn, ':'));
      case "eventbridge":
        return describeEvents(call, request);
      case "kinesis":
        String stream = request.text("StreamName");
        String name = stream == null ? last(request.text("StreamARN"), '/') : stream;
        put(call, "aws.kinesis.stream_name", name);
        return destination(call, "aws_kinesis", name);
      case "dynamodb":
        return describeTable(call, request);
      case "s3":
        String bucket = first(request.text("Bucket"), request.text("BucketName"));
        put(call, "aws.s3.bucket", bucket);
        put(call, "aws.s3.key", request.text("Key"));
        return bucket == null ? "s3" : bucket;
      case "sfn":
      case "stepfunctions":
        String machine = request.text("StateMachineArn");
        put(call, "aws.step_functions.state_machine.arn", machine);
        return machine == null ? "stepfunctions" : machine.substring(machine.lastIndexOf(':') + 1);
      default:
        return service;
    }
  }

  private String describeLambda(Call call, AwsFields request) {
    String function = request.text("FunctionName");
    if (function == null) {
      return service;
    }
    String name = functionName(function);
    if (operation.startsWith("Invoke")) {
      call.attribute("faas.invoked_name", name);
      call.attribute("faas.invoked_provider", "aws");
      if ("Event".equals(request.text("InvocationType"))) {
        call.attribute("thaw.invocation_type", "Event");
      }
    }
    return name;
  }

  /** From a name, a partial or a full ARN, with or without a version. */
  private static String functionName(String nameOrArn) {
    int at = nameOrArn.indexOf(":function:");
    String rest = at < 0 ? nameOrArn : nameOrArn.substring(at + ":function:".length());
    int version = rest.indexOf(':');
    return version < 0 ? rest : rest.substring(0, version);
  }

  private String describeEvents(Call call, AwsFields request) {
    List<AwsFields> entries = request.list("Entries");
    String bus = entries.isEmpty() ? null : entries.get(0).text("EventBusName");
    if (entries.size() > 1) {
      call.attribute("messaging.batch.message_count", (long) entries.size());
    }
    if (!entries.isEmpty()) {
      put(call, "thaw.event.type", entries.get(0).text("DetailType"));
    }
    String name = bus == null ? "default" : bus.substring(bus.lastIndexOf('/') + 1);
    return destination(call, "aws_eventbridge", name);
  }

  private String describeTable(Call call, AwsFields request) {
    call.attribute("db.system.name", "aws.dynamodb");
    call.attribute("db.operation.name", operation);
    String table = request.text("TableName");
    if (table == null) {
      return service;
    }
    String name = table.substring(table.lastIndexOf('/') + 1);
    call.attribute("db.collection.name", name);
    // A stream's record has no trace of the write that made it but what was written.
    if (operation.equals("PutItem")) {
      call.attribute("thaw.message.ids", itemId(name, request.map("Item")));
    } else if (operation.equals("UpdateItem") || operation.equals("DeleteItem")) {
      call.attribute("thaw.message.ids", keyId(name, request.map("Key")));
    }
    return name;
  }

  /**
   * What came back: the ids by which the other side will name what was sent, and the parts of a
   * batch that were refused though the whole was not.
   */
  public void answered(Call call, AwsFields response, String target) {
    List<String> ids = new ArrayList<>();
    String refusal = null;
    switch (service + "/" + operation) {
      case "sqs/SendMessage":
      case "sns/Publish":
        add(ids, response.text("MessageId"));
        break;
      case "sqs/SendMessageBatch":
      case "sns/PublishBatch":
        refusal = collect(response.list("Successful"), "MessageId", ids, response.list("Failed"));
        break;
      case "eventbridge/PutEvents":
        List<AwsFields> entries = response.list("Entries");
        refusal = collect(entries, "EventId", ids, entries);
        break;
      case "kinesis/PutRecord":
        add(ids, response.text("SequenceNumber"));
        break;
      case "kinesis/PutRecords":
        List<AwsFields> records = response.list("Records");
        refusal = collect(records, "SequenceNumber", ids, records);
        break;
      default:
        if (service.equals("s3") && !operation.startsWith("Get") && !operation.startsWith("List")) {
          Object requestId = call.attribute("aws.request_id");
          add(ids, requestId == null ? null : requestId.toString());
        }
    }
    if (isProducer() && ids.size() == 1) {
      call.attribute("messaging.message.id", ids.get(0));
    } else if (!ids.isEmpty()) {
      call.attribute("thaw.message.ids", joined(ids));
    }
    if (refusal != null) {
      call.throttled(target, refusal, HTTP_OK, -1);
    }
  }

  /**
   * @return the word for a refusal among the failed; null when there is none
   */
  private static @Nullable String collect(
      List<AwsFields> sent, String id, List<String> ids, List<AwsFields> failed) {
    for (int i = 0; i < sent.size(); i++) {
      add(ids, sent.get(i).text(id));
    }
    for (int i = 0; i < failed.size(); i++) {
      String code = first(failed.get(i).text("ErrorCode"), failed.get(i).text("Code"));
      if (code != null && AwsThrottle.is(HTTP_OK, code, false)) {
        return code;
      }
    }
    return null;
  }

  private static void add(List<String> ids, @Nullable String id) {
    if (id != null && !id.isEmpty() && ids.size() < MOST_IDS) {
      ids.add(id);
    }
  }

  private static String joined(List<String> ids) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ids.size(); i++) {
      text.append(i == 0 ? "" : ",").append(ids.get(i));
    }
    return text.toString();
  }

  private static String destination(Call call, String system, @Nullable String name) {
    call.attribute("messaging.system", system);
    call.attribute("messaging.operation.type", "send");
    if (name == null) {
      return system;
    }
    call.attribute("messaging.destination.name", name);
    return name;
  }

  private static void put(Call call, String key, @Nullable String value) {
    if (value != null) {
      call.attribute(key, value);
    }
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  private static @Nullable String last(@Nullable String text, char separator) {
    return text == null ? null : text.substring(text.lastIndexOf(separator) + 1);
  }

  private static String itemId(String table, Map<String, AwsFields> item) {
    return ItemId.ofItem(table, values(item));
  }

  private static String keyId(String table, Map<String, AwsFields> key) {
    return ItemId.ofKey(table, values(key));
  }

  /** The scalar values, as a stream's record writes them. */
  private static Map<String, String> values(Map<String, AwsFields> attributes) {
    Map<String, String> values = new TreeMap<>();
    for (Map.Entry<String, AwsFields> attribute : attributes.entrySet()) {
      AwsFields value = attribute.getValue();
      String text = first(value.text("S"), value.text("N"));
      if (text != null) {
        values.put(attribute.getKey(), text);
      }
    }
    return values;
  }
}
