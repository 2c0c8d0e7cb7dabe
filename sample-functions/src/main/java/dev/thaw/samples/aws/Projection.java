package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import java.util.HashMap;
import java.util.Map;

/** Follows the shipments and keeps count of what was sold; a view that a page would read. */
public final class Projection implements RequestHandler<DynamodbEvent, Map<String, Integer>> {

  private final Map<String, Integer> soldBySku = new HashMap<>();

  @Override
  public Map<String, Integer> handleRequest(DynamodbEvent event, Context context) {
    for (DynamodbEvent.DynamodbStreamRecord change : event.getRecords()) {
      if (change.getDynamodb().getNewImage() != null) {
        soldBySku.merge(change.getDynamodb().getNewImage().get("sku").getS(), 1, Integer::sum);
      }
    }
    return soldBySku;
  }
}
