package dev.thaw.agent.platform;

import static dev.thaw.agent.platform.LambdaEvents.put;

import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.invocation.Trigger;
import dev.thaw.agent.propagation.ItemId;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.propagation.XRayHeader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Batches of records: SQS, SNS, Kinesis, Kafka, DynamoDB streams and S3. One record with a context
 * makes a parent, several make links; the ids of what was sent let the collector find the sender
 * where no context is carried.
 */
final class LambdaRecords {

  /** A batch says no more ids than this. */
  private static final int MOST_IDS = 100;

  private static final String[] ENVELOPE = {"Type", "TopicArn", "Timestamp", "MessageAttributes"};

  private final Trigger trigger;
  private final StringBuilder ids = new StringBuilder();
  private int idCount;
  private long firstSentMs = Long.MAX_VALUE;
  private long mostReceives;

  private LambdaRecords(Trigger trigger) {
    this.trigger = trigger;
  }

  static Trigger read(List<Object> records) {
    Map<String, Object> first = JsonScan.map(records.get(0));
    Object lower = first == null ? null : first.get("eventSource");
    // SNS alone writes it with a capital.
    Object source = lower != null || first == null ? lower : first.get("EventSource");
    if (first == null || !(source instanceof String)) {
      return new Trigger("other");
    }
    String name = (String) source;
    boolean isStore = name.equals("aws:s3") || name.equals("aws:dynamodb");
    LambdaRecords batch = new LambdaRecords(new Trigger(isStore ? "datasource" : "pubsub"));
    batch.describe(name, first, records.size());
    for (int i = 0; i < records.size(); i++) {
      Map<String, Object> record = JsonScan.map(records.get(i));
      if (record != null) {
        batch.add(name, record);
      }
    }
    batch.end(records.size());
    return batch.trigger;
  }

  /**
   * @param byPartition lists of records, of Amazon's own Kafka or of any other one
   */
  static Trigger readKafka(Map<String, Object> byPartition) {
    LambdaRecords batch = new LambdaRecords(new Trigger("pubsub"));
    Map<String, Object> attributes = batch.trigger.attributes;
    Map<String, Object> first = null;
    int count = 0;
    for (Object partition : byPartition.values()) {
      List<Object> records = JsonScan.list(partition);
      for (int i = 0; records != null && i < records.size(); i++) {
        Map<String, Object> record = JsonScan.map(records.get(i));
        if (record != null) {
          first = first == null ? record : first;
          count++;
          batch.sent(number(record.get("timestamp"), Long.MAX_VALUE));
          List<Object> headers = JsonScan.list(record.get("headers"));
          batch.link(headers == null ? null : Propagation.read(new KafkaHeaders(headers)));
        }
      }
    }
    if (first != null) {
      put(batch.trigger, "messaging.destination.name", first.get("topic"));
    }
    if (count == 1) {
      put(batch.trigger, "messaging.destination.partition.id", first.get("partition"));
      attributes.put("messaging.kafka.offset", number(first.get("offset"), 0));
    }
    attributes.put("thaw.trigger", "kafka");
    attributes.put("messaging.system", "kafka");
    attributes.put("messaging.operation.type", "process");
    attributes.put("messaging.batch.message_count", (long) count);
    batch.end(count);
    return batch.trigger;
  }

  private void describe(String source, Map<String, Object> first, int count) {
    String word = source.startsWith("aws:") ? source.substring(4) : source;
    trigger.attributes.put("thaw.trigger", word);
    if (trigger.kind.equals("pubsub")) {
      trigger.attributes.put("messaging.system", "aws_" + word);
      trigger.attributes.put("messaging.operation.type", "process");
      trigger.attributes.put("messaging.batch.message_count", (long) count);
    } else {
      trigger.attributes.put("thaw.batch.size", (long) count);
    }
    String arn = text(first.get("eventSourceARN"));
    switch (source) {
      case "aws:sqs":
        put(trigger, "messaging.destination.name", last(arn, ':'));
        break;
      case "aws:sns":
        Map<String, Object> message = JsonScan.map(first.get("Sns"));
        String topic = message == null ? null : text(message.get("TopicArn"));
        put(trigger, "messaging.destination.name", last(topic, ':'));
        break;
      case "aws:kinesis":
        put(trigger, "messaging.destination.name", last(arn, '/'));
        break;
      case "aws:dynamodb":
        String table = table(arn);
        put(trigger, "faas.document.collection", table);
        put(trigger, "faas.document.operation", operation(text(first.get("eventName"))));
        break;
      case "aws:s3":
        Map<String, Object> s3 = JsonScan.map(first.get("s3"));
        Map<String, Object> bucket = s3 == null ? null : JsonScan.map(s3.get("bucket"));
        Map<String, Object> object = s3 == null ? null : JsonScan.map(s3.get("object"));
        put(trigger, "faas.document.collection", bucket == null ? null : bucket.get("name"));
        put(trigger, "faas.document.name", object == null ? null : object.get("key"));
        put(trigger, "faas.document.operation", operation(text(first.get("eventName"))));
        break;
      default:
        break;
    }
  }

  /** The words of OpenTelemetry's conventions for what happened to a document. */
  private static @Nullable String operation(@Nullable String name) {
    if (name == null) {
      return null;
    }
    if (name.equals("REMOVE") || name.contains("ObjectRemoved")) {
      return "delete";
    }
    return name.equals("MODIFY") ? "edit" : "insert";
  }

  /** Of {@code arn:aws:dynamodb:region:account:table/orders/stream/time}. */
  private static @Nullable String table(@Nullable String arn) {
    int at = arn == null ? -1 : arn.indexOf("table/");
    if (arn == null || at < 0) {
      return null;
    }
    int end = arn.indexOf('/', at + 6);
    return arn.substring(at + 6, end < 0 ? arn.length() : end);
  }

  private void add(String source, Map<String, Object> record) {
    switch (source) {
      case "aws:sqs":
        addMessage(record);
        break;
      case "aws:sns":
        Map<String, Object> notification = JsonScan.map(record.get("Sns"));
        if (notification != null) {
          sent(epochMillis(notification.get("Timestamp")));
          id(text(notification.get("MessageId")));
          link(attributes(notification.get("MessageAttributes"), "Value"));
        }
        break;
      case "aws:kinesis":
        Map<String, Object> data = JsonScan.map(record.get("kinesis"));
        if (data != null) {
          sent(epochMillis(data.get("approximateArrivalTimestamp")));
          id(text(data.get("sequenceNumber")));
        }
        break;
      case "aws:dynamodb":
        addChange(record);
        break;
      case "aws:s3":
        sent(epochMillis(record.get("eventTime")));
        Map<String, Object> answer = JsonScan.map(record.get("responseElements"));
        id(answer == null ? null : text(answer.get("x-amz-request-id")));
        break;
      default:
        break;
    }
  }

  private void addMessage(Map<String, Object> record) {
    Map<String, Object> attributes = JsonScan.map(record.get("attributes"));
    if (attributes != null) {
      sent(number(attributes.get("SentTimestamp"), Long.MAX_VALUE));
      mostReceives = Math.max(mostReceives, number(attributes.get("ApproximateReceiveCount"), 0));
    }
    id(text(record.get("messageId")));
    describeDeadLetter(attributes, JsonScan.map(record.get("messageAttributes")));
    TraceContext carried = attributes(record.get("messageAttributes"), "stringValue");
    if (carried == null && record.get("body") instanceof JsonScan.Unread) {
      carried = fromEnvelope(((JsonScan.Unread) record.get("body")).fields(ENVELOPE));
    }
    if (carried == null && attributes != null) {
      carried = XRayHeader.parse(text(attributes.get("AWSTraceHeader")));
    }
    link(carried);
  }

  /**
   * Of a message that nobody could process: SQS names the queue it came from, Lambda the
   * asynchronous invocation that it gave up. Of several in a batch the first is described.
   */
  private void describeDeadLetter(
      @Nullable Map<String, Object> system, @Nullable Map<String, Object> own) {
    if (trigger.attributes.containsKey("thaw.dead_letter")) {
      return;
    }
    String queue = system == null ? null : text(system.get("DeadLetterQueueSourceArn"));
    if (queue != null) {
      deadLetter(trigger, null, null);
      put(trigger, "thaw.dead_letter.source", last(queue, ':'));
    } else if (own != null && own.containsKey("RequestID") && own.containsKey("ErrorCode")) {
      Attributes message = new Attributes(own, "stringValue");
      deadLetter(trigger, message.get("RequestID"), message.get("ErrorMessage"));
    }
  }

  static void deadLetter(Trigger trigger, @Nullable Object requestId, @Nullable Object reason) {
    trigger.attributes.put("thaw.dead_letter", true);
    put(trigger, "thaw.dead_letter.request_id", requestId);
    put(trigger, "thaw.dead_letter.reason", reason);
  }

  /** A topic's message in a queue, where the topic does not deliver it as it was. */
  private @Nullable TraceContext fromEnvelope(Map<String, Object> envelope) {
    String topic = text(envelope.get("TopicArn"));
    if (topic == null || !"Notification".equals(envelope.get("Type"))) {
      return null;
    }
    trigger.attributes.put("aws.sns.topic.arn", topic);
    return attributes(envelope.get("MessageAttributes"), "Value");
  }

  private void addChange(Map<String, Object> record) {
    Map<String, Object> change = JsonScan.map(record.get("dynamodb"));
    String table = table(text(record.get("eventSourceARN")));
    if (change == null || table == null) {
      return;
    }
    sent(epochMillis(change.get("ApproximateCreationDateTime")));
    Map<String, Object> keys = JsonScan.map(change.get("Keys"));
    Map<String, Object> image = JsonScan.map(change.get("NewImage"));
    if (keys != null) {
      id(ItemId.ofKey(table, values(keys)));
    }
    if (image != null) {
      id(ItemId.ofItem(table, values(image)));
    }
  }

  /** The scalar values, as a write has them. */
  private static Map<String, String> values(Map<String, Object> attributes) {
    Map<String, String> values = new TreeMap<>();
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      Map<String, Object> typed = JsonScan.map(attribute.getValue());
      if (typed != null) {
        Object value = typed.containsKey("S") ? typed.get("S") : typed.get("N");
        if (value instanceof String) {
          values.put(attribute.getKey(), (String) value);
        }
      }
    }
    return values;
  }

  private void sent(long epochMs) {
    firstSentMs = Math.min(firstSentMs, epochMs);
  }

  private void id(@Nullable String id) {
    if (id != null && idCount < MOST_IDS) {
      ids.append(idCount++ == 0 ? "" : ",").append(id);
    }
  }

  private void link(@Nullable TraceContext carried) {
    if (carried != null) {
      trigger.links.add(carried);
    }
  }

  private void end(int count) {
    waited(trigger, firstSentMs);
    if (mostReceives > 0) {
      trigger.attributes.put("thaw.queue.receive_count", mostReceives);
    }
    boolean isMessage = trigger.kind.equals("pubsub");
    if (isMessage && idCount == 1) {
      trigger.attributes.put("messaging.message.id", ids.toString());
    } else if (idCount > 0) {
      trigger.attributes.put("thaw.message.ids", ids.toString());
    }
    if (count == 1 && trigger.links.size() == 1) {
      trigger.parent = trigger.links.remove(0);
    }
  }

  /**
   * How long what came had waited.
   *
   * @param sentMs milliseconds since the Unix epoch; Long.MAX_VALUE when it is not known
   */
  static void waited(Trigger trigger, long sentMs) {
    if (sentMs != Long.MAX_VALUE) {
      trigger.attributes.put(
          "thaw.queue.wait", Math.max(0, System.currentTimeMillis() - sentMs) / 1000.0);
    }
  }

  private static @Nullable TraceContext attributes(@Nullable Object attributes, String valueField) {
    Map<String, Object> known = JsonScan.map(attributes);
    return known == null ? null : Propagation.read(new Attributes(known, valueField));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String ? (String) value : null;
  }

  private static @Nullable String last(@Nullable String text, char separator) {
    return text == null ? null : text.substring(text.lastIndexOf(separator) + 1);
  }

  private static long number(@Nullable Object value, long otherwise) {
    try {
      return value == null ? otherwise : Long.parseLong(value.toString());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /**
   * From {@code 2026-11-21T13:45:00.123Z}, or seconds with or without decimals.
   *
   * @return Long.MAX_VALUE for anything else
   */
  static long epochMillis(@Nullable Object value) {
    if (!(value instanceof String)) {
      return Long.MAX_VALUE;
    }
    String text = (String) value;
    try {
      return text.indexOf('T') > 0
          ? java.time.Instant.parse(text).toEpochMilli()
          : (long) (Double.parseDouble(text) * 1000);
    } catch (NumberFormatException | java.time.DateTimeException e) {
      return Long.MAX_VALUE;
    }
  }

  /** A list of objects with one name each, whose value is a list of bytes. */
  private static final class KafkaHeaders implements Propagation.Carrier {
    private final List<Object> headers;

    KafkaHeaders(List<Object> headers) {
      this.headers = headers;
    }

    @Override
    public @Nullable String get(String name) {
      for (int i = 0; i < headers.size(); i++) {
        Map<String, Object> header = JsonScan.map(headers.get(i));
        List<Object> bytes = header == null ? null : JsonScan.list(header.get(name));
        if (bytes != null) {
          StringBuilder text = new StringBuilder(bytes.size());
          for (int j = 0; j < bytes.size(); j++) {
            text.append((char) (number(bytes.get(j), '?') & 0xff));
          }
          return text.toString();
        }
      }
      return null;
    }
  }

  /** Message attributes, each with its type beside its value. */
  private static final class Attributes implements Propagation.Carrier {
    private final Map<String, Object> attributes;
    private final String valueField;

    Attributes(Map<String, Object> attributes, String valueField) {
      this.attributes = attributes;
      this.valueField = valueField;
    }

    @Override
    public @Nullable String get(String name) {
      Map<String, Object> attribute = JsonScan.map(attributes.get(name));
      return attribute == null ? null : text(attribute.get(valueField));
    }
  }
}
