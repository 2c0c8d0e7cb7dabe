package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * Takes an order over HTTP: asks pricing (a direct invoke) and inventory (HTTP), and tells
 * everybody who wants to know that an order was placed.
 */
public final class Checkout
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LambdaClient lambda = Aws.lambda();
  private final SnsClient sns = Aws.sns();
  private final HttpClient http = HttpClient.newHttpClient();
  private final String inventoryUrl = System.getenv("INVENTORY_URL");
  private final String ordersTopic = System.getenv("ORDERS_TOPIC");

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    try {
      JsonNode order = JSON.readTree(event.getBody());
      JsonNode price = price(order);
      if (!inStock(order.path("sku").asText())) {
        return answer(409, Map.of("message", "Out of stock"));
      }
      String accepted =
          JSON.createObjectNode()
              .put("orderId", context.getAwsRequestId())
              .put("sku", order.path("sku").asText())
              .put("total", price.path("total").asDouble())
              .toString();
      sns.publish(request -> request.topicArn(ordersTopic).message(accepted));
      return answer(
          202, Map.of("orderId", context.getAwsRequestId(), "total", price.path("total")));
    } catch (TooManyRequestsException e) {
      return answer(503, Map.of("message", "Pricing is busy, try again"));
    } catch (IOException e) {
      return answer(502, Map.of("message", "Inventory does not answer"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return answer(503, Map.of("message", "Interrupted"));
    }
  }

  private JsonNode price(JsonNode order) throws IOException {
    InvokeResponse answer =
        lambda.invoke(
            request ->
                request.functionName("pricing").payload(SdkBytes.fromUtf8String(order.toString())));
    if (answer.functionError() != null) {
      throw new IllegalStateException("Pricing failed: " + answer.payload().asUtf8String());
    }
    return JSON.readTree(answer.payload().asByteArray());
  }

  private boolean inStock(String sku) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(inventoryUrl + "/" + sku)).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() == 429) {
      // The last known stock is good enough for an order; fulfilment checks again.
      return true;
    }
    return JSON.readTree(answer.body()).path("available").asInt() > 0;
  }

  private static APIGatewayV2HTTPResponse answer(int status, Map<String, ?> body) {
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(status)
        .withHeaders(Map.of("Content-Type", "application/json"))
        .withBody(JSON.valueToTree(body).toString())
        .build();
  }
}
