package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;

/** Says how many of an article there are: {@code GET /inventory/{sku}}. */
public final class Inventory
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    String path = event.getRawPath();
    String sku = path.substring(path.lastIndexOf('/') + 1);
    int available = sku.equals("unicorn") ? 0 : 3 + Math.floorMod(sku.hashCode(), 40);
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(200)
        .withHeaders(Map.of("Content-Type", "application/json"))
        .withBody("{\"sku\":\"" + sku + "\",\"available\":" + available + "}")
        .build();
  }
}
