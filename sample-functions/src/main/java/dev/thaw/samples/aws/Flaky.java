package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** Fails for orders without a customer, with a cause below the exception that the caller sees. */
public final class Flaky implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> order, Context context) {
    try {
      return Map.of("greeting", "Dear " + customerName(order));
    } catch (NullPointerException e) {
      throw new IllegalStateException("The order can't be answered", e);
    }
  }

  private static String customerName(Map<String, Object> order) {
    Map<?, ?> customer = (Map<?, ?>) order.get("customer");
    return customer.get("name").toString();
  }
}
