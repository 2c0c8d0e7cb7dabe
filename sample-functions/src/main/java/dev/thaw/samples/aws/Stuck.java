package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/**
 * Charges a card with a payment provider that does not answer, and has forgotten to set a timeout.
 */
public final class Stuck implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final HttpClient http = HttpClient.newHttpClient();
  private final String paymentUrl = System.getenv("PAYMENT_URL");

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> order, Context context) {
    return Map.of("receipt", charge(order));
  }

  private String charge(Map<String, Object> order) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(paymentUrl + "/charges"))
            .POST(HttpRequest.BodyPublishers.ofString(order.toString()))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException("The payment provider does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
