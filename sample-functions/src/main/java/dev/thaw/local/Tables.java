package dev.thaw.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * A real DynamoDB Local as a process of its own, in memory, with the tables that functions.yaml
 * declares; each has a stream.
 */
final class Tables implements AutoCloseable {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);

  private final Process process;
  private final String endpoint;
  private final DynamoDbClient client;
  private final DynamoDbStreamsClient streams;
  private final Map<String, String> streamArns = new HashMap<>();

  /**
   * @param lib DynamoDB Local's jars and native libraries
   * @param tables by name, the attribute that is the key
   */
  Tables(Map<String, String> tables, Path lib, Path java, Path workDir) throws IOException {
    if (!Files.isDirectory(lib)) {
      throw new IOException(
          "DynamoDB Local is missing at " + lib + ". Build it with: mvn -DskipTests package");
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    endpoint = "http://127.0.0.1:" + port;
    process =
        new ProcessBuilder(
                java.resolve("bin/java").toString(),
                "-Xmx128m",
                "-Djava.library.path=" + lib,
                "-cp",
                lib + "/*",
                "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
                "-inMemory",
                // One database, whichever function's key is used.
                "-sharedDb",
                "-disableTelemetry",
                "-port",
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(workDir.resolve("dynamodb.log").toFile())
            .start();
    StaticCredentialsProvider credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
    client =
        DynamoDbClient.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.of(Arns.REGION))
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    streams =
        DynamoDbStreamsClient.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.of(Arns.REGION))
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    try {
      awaitStart(workDir);
      tables.forEach(this::create);
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void awaitStart(Path workDir) throws IOException {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (true) {
      try {
        client.listTables();
        return;
      } catch (SdkClientException e) {
        if (System.nanoTime() > end || !process.isAlive()) {
          throw new IOException(
              "DynamoDB Local does not start; see " + workDir.resolve("dynamodb.log"), e);
        }
        try {
          Thread.sleep(100);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", interrupted);
        }
      }
    }
  }

  private void create(String name, String key) {
    streamArns.put(
        name,
        client
            .createTable(
                request ->
                    request
                        .tableName(name)
                        .billingMode(BillingMode.PAY_PER_REQUEST)
                        .keySchema(
                            KeySchemaElement.builder()
                                .attributeName(key)
                                .keyType(KeyType.HASH)
                                .build())
                        .attributeDefinitions(
                            AttributeDefinition.builder()
                                .attributeName(key)
                                .attributeType(ScalarAttributeType.S)
                                .build())
                        .streamSpecification(
                            StreamSpecification.builder()
                                .streamEnabled(true)
                                .streamViewType(StreamViewType.NEW_IMAGE)
                                .build()))
            .tableDescription()
            .latestStreamArn());
  }

  String endpoint() {
    return endpoint;
  }

  DynamoDbStreamsClient streams() {
    return streams;
  }

  /**
   * @throws IllegalArgumentException when no such table was declared
   */
  String streamArn(String table) {
    String arn = streamArns.get(table);
    if (arn == null) {
      throw new IllegalArgumentException("Table '" + table + "' is not declared under 'tables:'");
    }
    return arn;
  }

  @Override
  public void close() {
    client.close();
    streams.close();
    process.destroyForcibly();
  }
}
