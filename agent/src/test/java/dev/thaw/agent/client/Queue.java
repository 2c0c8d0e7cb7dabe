package dev.thaw.agent.client;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** Takes messages from a queue of the local platform. */
final class Queue {

  /** A message that was taken. */
  record Received(String id, Map<String, String> attributes) {
    String attribute(String name) {
      return attributes.getOrDefault(name, "");
    }
  }

  private final String url;

  Queue(String url) {
    this.url = url;
  }

  /** The next message, which is deleted. */
  Received receive() {
    try (SqsClient sqs =
        SqsClient.builder()
            .endpointOverride(URI.create(url).resolve("/"))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      List<Message> messages =
          sqs.receiveMessage(
                  request -> request.queueUrl(url).messageAttributeNames("All").waitTimeSeconds(5))
              .messages();
      Message message = messages.get(0);
      sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
      Map<String, String> attributes = new HashMap<>();
      message.messageAttributes().forEach((key, value) -> attributes.put(key, value.stringValue()));
      return new Received(message.messageId(), attributes);
    }
  }
}
