package dev.thaw.samples.aws;

import java.util.Map;

/** Prices an order. A plain method, no interface of Lambda's. */
public final class Pricing {

  private static final Map<String, Double> PRICES =
      Map.of("tea", 4.20, "kettle", 39.90, "cup", 7.50, "sieve", 5.80);

  /** The order, as the runtime reads it from JSON. */
  public static final class Order {
    private String sku = "";
    private int quantity = 1;

    public String getSku() {
      return sku;
    }

    public void setSku(String sku) {
      this.sku = sku;
    }

    public int getQuantity() {
      return quantity;
    }

    public void setQuantity(int quantity) {
      this.quantity = quantity;
    }
  }

  public Map<String, Object> price(Order order) throws InterruptedException {
    // The tax service takes its time.
    Thread.sleep(40);
    double unit = PRICES.getOrDefault(order.getSku(), 9.99);
    return Map.of("sku", order.getSku(), "unit", unit, "total", unit * order.getQuantity());
  }
}
