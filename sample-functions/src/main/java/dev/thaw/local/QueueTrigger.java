package dev.thaw.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * Lambda's event source mapping for one queue: receives batches, invokes the function, deletes what
 * succeeded.
 *
 * <p>A failed batch becomes visible again after the queue's visibility timeout, and ends in its
 * dead-letter queue; a function that answers {@code batchItemFailures} gets only those messages
 * again.
 */
final class QueueTrigger implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Queues queues;
  private final Function function;
  private final FunctionConfig.QueueTrigger config;
  private final PlatformContext platform;
  private final Thread poller;
  private volatile boolean closed;

  QueueTrigger(
      Queues queues,
      Function function,
      FunctionConfig.QueueTrigger config,
      PlatformContext platform) {
    this.queues = queues;
    this.function = function;
    this.config = config;
    this.platform = platform;
    poller = new Thread(this::poll, "queue-trigger-" + config.queue());
    poller.setDaemon(true);
  }

  void start() {
    poller.start();
  }

  private void poll() {
    try {
      while (!closed) {
        // Like Lambda's pollers at their maximum concurrency: what can't be worked on stays in the
        // queue.
        if (!function.hasCapacity()) {
          Thread.sleep(20);
          continue;
        }
        List<Message> messages = receive();
        if (!messages.isEmpty()) {
          dispatch(messages);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Message> receive() {
    try {
      return queues
          .client()
          .receiveMessage(
              request ->
                  request
                      .queueUrl(queues.url(config.queue()))
                      .maxNumberOfMessages(config.batchSize())
                      .waitTimeSeconds(1)
                      .messageAttributeNames("All")
                      .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
          .messages();
    } catch (SdkException e) {
      if (!closed) {
        System.err.println("[local] queue " + config.queue() + ": " + e.getMessage());
      }
      return List.of();
    }
  }

  private void dispatch(List<Message> messages) throws InterruptedException {
    InvocationRequest request = InvocationRequest.fromTrigger(config.queue(), event(messages));
    try {
      function
          .invoke(request)
          .thenAcceptAsync(result -> settle(messages, result), platform.executor());
    } catch (ThrottledException e) {
      // Stays invisible until its visibility timeout and comes back, as with Lambda.
    }
  }

  private void settle(List<Message> messages, InvocationResult result) {
    if (result.outcome() != Outcome.OK || closed) {
      return;
    }
    Set<String> failed = failures(result.payload());
    SqsClient client = queues.client();
    for (Message message : messages) {
      if (!failed.contains(message.messageId())) {
        client.deleteMessage(
            request ->
                request
                    .queueUrl(queues.url(config.queue()))
                    .receiptHandle(message.receiptHandle()));
      }
    }
  }

  private static Set<String> failures(byte[] payload) {
    Set<String> failed = new HashSet<>();
    try {
      JsonNode answer = JSON.readTree(payload);
      for (JsonNode item :
          answer == null ? JSON.createArrayNode() : answer.path("batchItemFailures")) {
        failed.add(item.path("itemIdentifier").asText());
      }
    } catch (IOException e) {
      // Not JSON: a handler that answers something else reports no failures.
    }
    return failed;
  }

  private byte[] event(List<Message> messages) {
    ObjectNode event = JSON.createObjectNode();
    var records = event.putArray("Records");
    for (Message message : messages) {
      ObjectNode record = records.addObject();
      record.put("messageId", message.messageId());
      record.put("receiptHandle", message.receiptHandle());
      record.put("body", message.body());
      ObjectNode attributes = record.putObject("attributes");
      message.attributesAsStrings().forEach(attributes::put);
      ObjectNode messageAttributes = record.putObject("messageAttributes");
      message
          .messageAttributes()
          .forEach(
              (name, value) -> {
                ObjectNode attribute = messageAttributes.putObject(name);
                attribute.put("dataType", value.dataType());
                if (value.stringValue() != null) {
                  attribute.put("stringValue", value.stringValue());
                }
                if (value.binaryValue() != null) {
                  attribute.put("binaryValue", value.binaryValue().asByteArray());
                }
              });
      record.put("md5OfBody", message.md5OfBody());
      record.put("eventSource", "aws:sqs");
      record.put("eventSourceARN", Arns.queue(config.queue()));
      record.put("awsRegion", Arns.REGION);
    }
    return event.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    closed = true;
    poller.interrupt();
  }
}
