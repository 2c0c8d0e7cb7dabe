package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/**
 * Takes placed orders in batches, writes each shipment down, and has the customer notified without
 * waiting for it.
 */
public final class Fulfilment implements RequestHandler<SQSEvent, SQSBatchResponse> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LambdaClient lambda = Aws.lambda();
  private final DynamoDbClient dynamoDb = Aws.dynamoDb();
  private final String shipments = System.getenv("SHIPMENTS_TABLE");

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    List<SQSBatchResponse.BatchItemFailure> failures = new ArrayList<>();
    for (SQSEvent.SQSMessage message : event.getRecords()) {
      try {
        ship(message.getBody());
      } catch (IOException | RuntimeException e) {
        context.getLogger().log("Order " + message.getMessageId() + " comes again: " + e);
        failures.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private void ship(String envelope) throws IOException {
    String text = JSON.readTree(envelope).path("Message").asText();
    JsonNode order = JSON.readTree(text);
    dynamoDb.putItem(
        request ->
            request
                .tableName(shipments)
                .item(
                    Map.of(
                        "id", AttributeValue.fromS(order.path("orderId").asText()),
                        "sku", AttributeValue.fromS(order.path("sku").asText()),
                        "total", AttributeValue.fromN(order.path("total").asText()))));
    lambda.invoke(
        request ->
            request
                .functionName("notify")
                .invocationType(InvocationType.EVENT)
                .payload(SdkBytes.fromUtf8String(text)));
  }
}
