package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;

/**
 * Lambda's event source mapping for one table's stream: reads its records in order and invokes the
 * function with a batch at a time; a batch that fails comes again.
 */
final class TableTrigger implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PAUSE_MS = 100;
  private static final int BATCH = 10;

  private final Tables tables;
  private final String table;
  private final Function function;
  private final Thread poller;
  private volatile boolean busy;
  private volatile boolean closed;
  private Instant lastLook = Instant.now();

  TableTrigger(Tables tables, String table, Function function) {
    this.tables = tables;
    this.table = table;
    this.function = function;
    poller = new Thread(this::poll, "table-trigger-" + table);
    poller.setDaemon(true);
  }

  void start() {
    poller.start();
  }

  /** Whether a batch is being worked on. */
  boolean isBusy() {
    return busy;
  }

  private void poll() {
    String iterator = null;
    try {
      while (!closed) {
        try {
          if (iterator == null) {
            iterator = first();
          }
          String at = iterator;
          Instant before = lastLook;
          lastLook = Instant.now();
          GetRecordsResponse answer =
              at == null
                  ? null
                  : tables.streams().getRecords(r -> r.shardIterator(at).limit(BATCH));
          if (answer == null || answer.records().isEmpty()) {
            Thread.sleep(PAUSE_MS);
          } else {
            busy = true;
            deliver(answer.records(), before);
            busy = false;
          }
          iterator = answer == null ? null : answer.nextShardIterator();
        } catch (SdkException e) {
          if (!closed) {
            System.err.println("[local] table " + table + ": " + e.getMessage());
            Thread.sleep(PAUSE_MS);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A local table has one shard. */
  private @Nullable String first() {
    String arn = tables.streamArn(table);
    List<Shard> shards =
        tables.streams().describeStream(r -> r.streamArn(arn)).streamDescription().shards();
    return shards.isEmpty()
        ? null
        : tables
            .streams()
            .getShardIterator(
                r ->
                    r.streamArn(arn)
                        .shardId(shards.get(0).shardId())
                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
            .shardIterator();
  }

  private void deliver(List<Record> records, Instant before) throws InterruptedException {
    byte[] event = event(records, before);
    while (!closed) {
      try {
        InvocationResult result =
            Functions.await(function.invoke(InvocationRequest.fromTrigger(table, event)));
        if (result.outcome() == Outcome.OK) {
          return;
        }
      } catch (ThrottledException e) {
        // Comes again, as with Lambda.
      }
      Thread.sleep(PAUSE_MS);
    }
  }

  /**
   * @param before when there was none of them yet: DynamoDB Local knows their minute only
   */
  private byte[] event(List<Record> records, Instant before) {
    ObjectNode event = JSON.createObjectNode();
    var list = event.putArray("Records");
    for (Record record : records) {
      ObjectNode to = list.addObject();
      to.put("eventID", record.eventID());
      to.put("eventName", record.eventNameAsString());
      to.put("eventVersion", "1.1");
      to.put("eventSource", "aws:dynamodb");
      to.put("awsRegion", Arns.REGION);
      to.put("eventSourceARN", Arns.table(table) + "/stream/local");
      ObjectNode change = to.putObject("dynamodb");
      Instant created = record.dynamodb().approximateCreationDateTime();
      change.put(
          "ApproximateCreationDateTime",
          (created.isBefore(before) ? before : created).getEpochSecond());
      change.put("SequenceNumber", record.dynamodb().sequenceNumber());
      change.put("SizeBytes", record.dynamodb().sizeBytes());
      change.put("StreamViewType", record.dynamodb().streamViewTypeAsString());
      write(record.dynamodb().keys(), change.putObject("Keys"));
      if (record.dynamodb().hasNewImage()) {
        write(record.dynamodb().newImage(), change.putObject("NewImage"));
      }
    }
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Map<String, AttributeValue> from, ObjectNode to) {
    from.forEach((name, value) -> write(value, to.putObject(name)));
  }

  private static void write(AttributeValue value, ObjectNode to) {
    if (value.s() != null) {
      to.put("S", value.s());
    } else if (value.n() != null) {
      to.put("N", value.n());
    } else if (value.bool() != null) {
      to.put("BOOL", value.bool());
    } else if (value.hasM()) {
      write(value.m(), to.putObject("M"));
    } else if (value.hasL()) {
      var list = to.putArray("L");
      value.l().forEach(element -> write(element, list.addObject()));
    } else {
      to.put("NULL", true);
    }
  }

  @Override
  public void close() {
    closed = true;
    poller.interrupt();
  }
}
