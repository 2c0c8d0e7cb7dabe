package dev.thaw.local;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A real ElasticMQ server on a loopback port, with the queues that functions.yaml declares. */
final class Queues implements AutoCloseable {

  private final SQSRestServer server;
  private final SqsClient client;
  private final String endpoint;
  private final Map<String, String> urls = new HashMap<>();

  Queues(Map<String, FunctionsFile.Queue> queues) {
    server = SQSRestServerBuilder.withInterface("127.0.0.1").withPort(0).start();
    int port = server.waitUntilStarted().localAddress().getPort();
    endpoint = "http://127.0.0.1:" + port;
    client =
        SqsClient.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.of(Arns.REGION))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    queues.forEach(
        (name, queue) ->
            create(
                name,
                Map.of(
                    QueueAttributeName.VISIBILITY_TIMEOUT,
                    Long.toString(Math.max(1, queue.visibilityTimeout().toSeconds())))));
    queues.forEach(
        (name, queue) -> {
          if (queue.deadLetter() != null) {
            String policy =
                "{\"deadLetterTargetArn\":\""
                    + arn(queue.deadLetter())
                    + "\",\"maxReceiveCount\":\""
                    + queue.maxReceives()
                    + "\"}";
            client.setQueueAttributes(
                request ->
                    request
                        .queueUrl(url(name))
                        .attributes(Map.of(QueueAttributeName.REDRIVE_POLICY, policy)));
          }
        });
  }

  private void create(String name, Map<QueueAttributeName, String> attributes) {
    urls.put(
        name,
        client.createQueue(request -> request.queueName(name).attributes(attributes)).queueUrl());
  }

  /** The server's own name for the queue: its ARN carries the server's account and region. */
  private String arn(String name) {
    return client
        .getQueueAttributes(
            request -> request.queueUrl(url(name)).attributeNames(QueueAttributeName.QUEUE_ARN))
        .attributes()
        .get(QueueAttributeName.QUEUE_ARN);
  }

  SqsClient client() {
    return client;
  }

  String endpoint() {
    return endpoint;
  }

  /**
   * @throws IllegalArgumentException when no such queue was declared
   */
  String url(String name) {
    String url = urls.get(name);
    if (url == null) {
      throw new IllegalArgumentException("Queue '" + name + "' is not declared under 'queues:'");
    }
    return url;
  }

  /** Messages that wait or are being worked on. */
  int depth(String name) {
    Map<QueueAttributeName, String> attributes =
        client
            .getQueueAttributes(
                request ->
                    request
                        .queueUrl(url(name))
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes();
    return attributes.values().stream().mapToInt(Integer::parseInt).sum();
  }

  @Override
  public void close() {
    client.close();
    server.stopAndWait();
  }
}
