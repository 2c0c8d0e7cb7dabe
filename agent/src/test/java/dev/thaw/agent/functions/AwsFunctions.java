package dev.thaw.agent.functions;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.eventbridge.EventBridgeAsyncClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.sfn.SfnAsyncClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Functions that make the one AWS call that the event names, at the endpoint that it gives. They
 * know nothing of the agent, and answer {@code ok} or the exception's class.
 */
public final class AwsFunctions {

  static {
    // Kinesis's own binary form is nothing that the tests' server answers in.
    System.setProperty("aws.cborEnabled", "false");
  }

  private AwsFunctions() {}

  private static void start() {
    // Runs the initialiser above.
  }

  /** What the event asks for. */
  private record Asked(Map<String, Object> event) {
    String call() {
      return (String) event.get("call");
    }

    URI endpoint() {
      return URI.create((String) event.get("endpoint"));
    }

    String queue() {
      return (String) event.get("queue");
    }

    int attributes() {
      return ((Number) event.getOrDefault("attributes", 0)).intValue();
    }

    InvokeRequest invoke() {
      return InvokeRequest.builder()
          .functionName("target")
          .payload(SdkBytes.fromUtf8String("{}"))
          .build();
    }

    SendMessageRequest message() {
      Map<String, MessageAttributeValue> own = new HashMap<>();
      for (int i = 0; i < attributes(); i++) {
        own.put(
            "a" + i, MessageAttributeValue.builder().dataType("String").stringValue("v").build());
      }
      return SendMessageRequest.builder()
          .queueUrl(queue())
          .messageBody("m")
          .messageAttributes(own)
          .build();
    }

    SendMessageBatchRequest messages() {
      return SendMessageBatchRequest.builder()
          .queueUrl(queue())
          .entries(
              SendMessageBatchRequestEntry.builder().id("1").messageBody("m1").build(),
              SendMessageBatchRequestEntry.builder().id("2").messageBody("m2").build())
          .build();
    }

    PublishRequest publish() {
      return PublishRequest.builder().topicArn("arn:aws:sns:us-east-1:1:news").message("m").build();
    }

    PutEventsRequest events() {
      return PutEventsRequest.builder()
          .entries(
              PutEventsRequestEntry.builder()
                  .eventBusName("orders")
                  .source("shop")
                  .detailType("OrderPlaced")
                  .detail("{}")
                  .build())
          .build();
    }

    PutRecordRequest streamRecord() {
      return PutRecordRequest.builder()
          .streamName("clicks")
          .partitionKey("k")
          .data(SdkBytes.fromUtf8String("d"))
          .build();
    }

    PutRecordsRequest streamRecords() {
      PutRecordsRequestEntry entry =
          PutRecordsRequestEntry.builder()
              .partitionKey("k")
              .data(SdkBytes.fromUtf8String("d"))
              .build();
      return PutRecordsRequest.builder().streamName("clicks").records(entry, entry).build();
    }

    PutItemRequest item() {
      return PutItemRequest.builder()
          .tableName("orders")
          .item(
              Map.of(
                  "id", AttributeValue.builder().s("o1").build(),
                  "total", AttributeValue.builder().n("17").build()))
          .build();
    }

    PutObjectRequest object() {
      return PutObjectRequest.builder().bucket("pictures").key("cat.png").build();
    }

    StartExecutionRequest execution() {
      return StartExecutionRequest.builder()
          .stateMachineArn("arn:aws:states:us-east-1:1:stateMachine:flow")
          .input("{}")
          .build();
    }

    IllegalArgumentException unknown() {
      return new IllegalArgumentException(call());
    }
  }

  /** The SDK 2, waiting for each answer. */
  public static final class Aws2 {
    public String handle(Map<String, Object> event) {
      start();
      Asked asked = new Asked(event);
      try {
        make(asked);
        return "ok";
      } catch (RuntimeException e) {
        return e.getClass().getSimpleName();
      }
    }

    private static <B extends AwsClientBuilder<B, ?>> B at(B builder, Asked asked) {
      return builder.endpointOverride(asked.endpoint());
    }

    private static void make(Asked asked) {
      UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
      switch (asked.call()) {
        case "Lambda/Invoke" ->
            at(LambdaClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .invoke(asked.invoke());
        case "Sqs/SendMessage" ->
            at(SqsClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .sendMessage(asked.message());
        case "Sqs/SendMessageBatch" ->
            at(SqsClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .sendMessageBatch(asked.messages());
        case "Sns/Publish" ->
            at(SnsClient.builder(), asked).httpClientBuilder(http).build().publish(asked.publish());
        case "EventBridge/PutEvents" ->
            at(EventBridgeClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .putEvents(asked.events());
        case "Kinesis/PutRecord" ->
            at(KinesisClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .putRecord(asked.streamRecord());
        case "Kinesis/PutRecords" ->
            at(KinesisClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .putRecords(asked.streamRecords());
        case "DynamoDb/PutItem" ->
            at(DynamoDbClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .putItem(asked.item());
        case "S3/PutObject" ->
            at(S3Client.builder(), asked)
                .serviceConfiguration(
                    S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .httpClientBuilder(http)
                .build()
                .putObject(asked.object(), RequestBody.fromString("x"));
        case "Sfn/StartExecution" ->
            at(SfnClient.builder(), asked)
                .httpClientBuilder(http)
                .build()
                .startExecution(asked.execution());
        default -> throw asked.unknown();
      }
    }
  }

  /** The SDK 2 over Netty; waits in the end only. */
  public static final class Aws2Async {
    public String handle(Map<String, Object> event) {
      start();
      Asked asked = new Asked(event);
      try {
        make(asked);
        return "ok";
      } catch (CompletionException e) {
        return e.getCause().getClass().getSimpleName();
      }
    }

    private static <B extends AwsClientBuilder<B, ?>> B at(B builder, Asked asked) {
      return builder.endpointOverride(asked.endpoint());
    }

    private static void make(Asked asked) {
      switch (asked.call()) {
        case "Lambda/Invoke" ->
            at(LambdaAsyncClient.builder(), asked).build().invoke(asked.invoke()).join();
        case "Sqs/SendMessage" ->
            at(SqsAsyncClient.builder(), asked).build().sendMessage(asked.message()).join();
        case "Sqs/SendMessageBatch" ->
            at(SqsAsyncClient.builder(), asked).build().sendMessageBatch(asked.messages()).join();
        case "Sns/Publish" ->
            at(SnsAsyncClient.builder(), asked).build().publish(asked.publish()).join();
        case "EventBridge/PutEvents" ->
            at(EventBridgeAsyncClient.builder(), asked).build().putEvents(asked.events()).join();
        case "Kinesis/PutRecord" ->
            at(KinesisAsyncClient.builder(), asked)
                .httpClientBuilder(
                    software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient.builder()
                        .protocol(software.amazon.awssdk.http.Protocol.HTTP1_1))
                .build()
                .putRecord(asked.streamRecord())
                .join();
        case "Kinesis/PutRecords" ->
            at(KinesisAsyncClient.builder(), asked)
                .httpClientBuilder(
                    software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient.builder()
                        .protocol(software.amazon.awssdk.http.Protocol.HTTP1_1))
                .build()
                .putRecords(asked.streamRecords())
                .join();
        case "DynamoDb/PutItem" ->
            at(DynamoDbAsyncClient.builder(), asked).build().putItem(asked.item()).join();
        case "S3/PutObject" ->
            at(S3AsyncClient.builder(), asked)
                .serviceConfiguration(
                    S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build()
                .putObject(asked.object(), AsyncRequestBody.fromString("x"))
                .join();
        case "Sfn/StartExecution" ->
            at(SfnAsyncClient.builder(), asked).build().startExecution(asked.execution()).join();
        default -> throw asked.unknown();
      }
    }
  }

  /** The SDK 1. */
  public static final class Aws1 {
    public String handle(Map<String, Object> event) {
      start();
      Asked asked = new Asked(event);
      try {
        make(asked);
        return "ok";
      } catch (RuntimeException e) {
        return e.getClass().getSimpleName();
      }
    }

    private static <B extends com.amazonaws.client.builder.AwsClientBuilder<B, C>, C> C at(
        B builder, Asked asked) {
      return builder
          .withEndpointConfiguration(
              new EndpointConfiguration(asked.endpoint().toString(), "us-east-1"))
          .withCredentials(
              new AWSStaticCredentialsProvider(new BasicAWSCredentials("test", "test")))
          .build();
    }

    private static void make(Asked asked) {
      switch (asked.call()) {
        case "Lambda/Invoke" ->
            at(com.amazonaws.services.lambda.AWSLambdaClientBuilder.standard(), asked)
                .invoke(
                    new com.amazonaws.services.lambda.model.InvokeRequest()
                        .withFunctionName("target")
                        .withPayload("{}"));
        case "Sqs/SendMessage" -> send(asked);
        case "Sqs/SendMessageBatch" ->
            at(com.amazonaws.services.sqs.AmazonSQSClientBuilder.standard(), asked)
                .sendMessageBatch(
                    new com.amazonaws.services.sqs.model.SendMessageBatchRequest(
                        asked.queue(),
                        List.of(
                            new com.amazonaws.services.sqs.model.SendMessageBatchRequestEntry(
                                "1", "m1"),
                            new com.amazonaws.services.sqs.model.SendMessageBatchRequestEntry(
                                "2", "m2"))));
        case "Sns/Publish" ->
            at(com.amazonaws.services.sns.AmazonSNSClientBuilder.standard(), asked)
                .publish("arn:aws:sns:us-east-1:1:news", "m");
        case "DynamoDb/PutItem" ->
            at(com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder.standard(), asked)
                .putItem(
                    "orders",
                    Map.of(
                        "id",
                        new com.amazonaws.services.dynamodbv2.model.AttributeValue("o1"),
                        "total",
                        new com.amazonaws.services.dynamodbv2.model.AttributeValue().withN("17")));
        case "S3/PutObject" ->
            at(
                    com.amazonaws.services.s3.AmazonS3ClientBuilder.standard()
                        .withPathStyleAccessEnabled(true),
                    asked)
                .putObject("pictures", "cat.png", "x");
        default -> throw asked.unknown();
      }
    }

    private static void send(Asked asked) {
      Map<String, com.amazonaws.services.sqs.model.MessageAttributeValue> own = new HashMap<>();
      for (int i = 0; i < asked.attributes(); i++) {
        own.put(
            "a" + i,
            new com.amazonaws.services.sqs.model.MessageAttributeValue()
                .withDataType("String")
                .withStringValue("v"));
      }
      at(com.amazonaws.services.sqs.AmazonSQSClientBuilder.standard(), asked)
          .sendMessage(
              new com.amazonaws.services.sqs.model.SendMessageRequest(asked.queue(), "m")
                  .withMessageAttributes(own));
    }
  }
}
