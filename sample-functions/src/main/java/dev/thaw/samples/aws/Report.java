package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * A monthly report whose start is slow for the usual reasons: clients built in a static block, an
 * object mapper that is made to learn its types at once, and a data file parsed before the first
 * request. It logs what each took.
 */
public final class Report implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private static final LambdaClient LAMBDA;
  private static final SqsClient SQS;
  private static final ObjectMapper JSON;
  private static final Map<String, NavigableMap<LocalDate, Double>> RATES;

  static {
    long start = System.nanoTime();
    LAMBDA = Aws.lambda();
    SQS = Aws.sqs();
    start = log("sdk clients", start);
    JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    JSON.findAndRegisterModules();
    try {
      JSON.readValue(JSON.writeValueAsBytes(new Line("", "", 0, new HashMap<>())), Line.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start = log("object mapper", start);
    RATES = readRates();
    log("data file", start);
  }

  /** One line of the report. */
  public record Line(String currency, String month, double average, Map<String, Double> days) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> request, Context context) {
    String currency = String.valueOf(request.getOrDefault("currency", "USD"));
    NavigableMap<LocalDate, Double> days = RATES.getOrDefault(currency, new TreeMap<>());
    double average = days.values().stream().mapToDouble(rate -> rate).average().orElse(0);
    return Map.of("currency", currency, "days", days.size(), "average", average);
  }

  private static Map<String, NavigableMap<LocalDate, Double>> readRates() {
    Map<String, NavigableMap<LocalDate, Double>> rates = new HashMap<>();
    try (InputStream in = Report.class.getResourceAsStream("rates.csv");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("[,;]");
        rates
            .computeIfAbsent(fields[1], currency -> new TreeMap<>())
            .put(LocalDate.parse(fields[0]), Double.valueOf(fields[2]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("rates.csv can't be read", e);
    }
    return rates;
  }

  private static long log(String what, long startNanoTime) {
    long ms = (System.nanoTime() - startNanoTime) / 1_000_000;
    System.out.println("report init: " + what + " " + ms + " ms");
    // The next one does not count the printing of this one.
    return System.nanoTime();
  }
}
