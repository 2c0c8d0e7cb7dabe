package dev.thaw.bench.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thaw.collector.model.Attributes;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.duckdb.DuckDbStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Writes a day of spans into a database, as the collector would have while the day went by: fifty
 * functions of which the second is called half as often as the first (Zipf), five spans an
 * invocation, twelve attributes a span. Runs in a process of its own with the collector's jar.
 */
public final class DayOfSpans {

  static final int FUNCTIONS = 50;
  static final int SPANS_PER_INVOCATION = 5;
  private static final int SPANS_PER_COMMIT = 50_000;
  private static final int EXAMPLES = 200;
  private static final long DAY_NS = 86_400_000_000_000L;
  private static final double COLD_SHARE = 0.02;

  private final Random random = new Random(1);
  private final double[] cumulated = new double[FUNCTIONS];
  private final List<Map<String, Object>> resources = new ArrayList<>();
  private final Map<Integer, Durations> warm = new HashMap<>();
  private final Map<Integer, Durations> cold = new HashMap<>();
  private final ArrayNode traces = new ObjectMapper().createArrayNode();
  private volatile long clockNs;

  private DayOfSpans() {
    double sum = 0;
    for (int i = 0; i < FUNCTIONS; i++) {
      sum += 1.0 / (i + 1);
      cumulated[i] = sum;
      resources.add(Map.of("faas.name", "function-" + i, "faas.version", Integer.toString(i % 3)));
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      cumulated[i] /= sum;
    }
  }

  /**
   * Prints as JSON what the day ends with, examples of traces, and the exact percentiles.
   *
   * @param args the data folder, the number of spans, the end of the day in milliseconds
   */
  public static void main(String[] args) throws Exception {
    long endNs = Long.parseLong(args[2]) * 1_000_000;
    new DayOfSpans().write(Path.of(args[0]), Long.parseLong(args[1]), endNs);
  }

  private void write(Path folder, long spans, long endNs) throws Exception {
    long invocations = spans / SPANS_PER_INVOCATION;
    long startNs = endNs - DAY_NS;
    clockNs = startNs;
    try (DuckDbStore store = DuckDbStore.open(folder, () -> clockNs)) {
      List<Span> batch = new ArrayList<>(SPANS_PER_COMMIT);
      long exampleEvery = Math.max(1, invocations / EXAMPLES);
      for (long i = 0; i < invocations; i++) {
        clockNs = startNs + (long) ((double) i / invocations * DAY_NS);
        invocation(batch, clockNs);
        if (i % exampleEvery == 0) {
          traces.add(batch.get(batch.size() - 1).traceId());
        }
        if (batch.size() >= SPANS_PER_COMMIT) {
          store.append(batch, store.position(), store.position() + 1);
          batch.clear();
        }
      }
      store.append(batch, store.position(), store.position() + 1);
      store.checkpoint();
    }
    ObjectNode printed = new ObjectMapper().createObjectNode();
    printed.set("traces", traces);
    ObjectNode functions = printed.putObject("functions");
    for (int i = 0; i < FUNCTIONS; i++) {
      ObjectNode function = functions.putObject("function-" + i);
      function.set("warmMs", exact(warm.get(i)));
      function.set("coldMs", exact(cold.get(i)));
    }
    System.out.println(printed);
  }

  private void invocation(List<Span> batch, long startNs) {
    int function = Arrays.binarySearch(cumulated, random.nextDouble());
    function = Math.min(FUNCTIONS - 1, function < 0 ? -function - 1 : function);
    boolean isCold = random.nextDouble() < COLD_SHARE;
    boolean isError = random.nextInt(200) == 0;
    long durationNs = (long) (Math.exp(random.nextGaussian() * 0.9 + 3 + function % 5) * 1e6);
    (isCold ? cold : warm).computeIfAbsent(function, absent -> new Durations()).add(durationNs);
    String traceId = hex(random.nextLong() | 1) + hex(random.nextLong());
    String rootId = hex(random.nextLong() | 1);
    Attributes.Builder attributes = attributes();
    attributes.put("faas.invocation_id", traceId);
    attributes.put("faas.coldstart", isCold);
    attributes.put("thaw.outcome", isError ? "error" : "ok");
    if (isCold) {
      attributes.put("thaw.init.duration", 0.4 + random.nextDouble());
    }
    String name = "function-" + function;
    batch.add(
        new Span(
            traceId,
            rootId,
            "",
            Span.Kind.SERVER,
            name,
            name,
            startNs,
            startNs + durationNs,
            isError ? Span.Status.ERROR : Span.Status.UNSET,
            "",
            attributes.build(),
            List.of(),
            List.of(),
            resources.get(function)));
    for (int i = 1; i < SPANS_PER_INVOCATION; i++) {
      batch.add(
          new Span(
              traceId,
              hex(random.nextLong() | 1),
              rootId,
              Span.Kind.CLIENT,
              "GET /orders",
              name,
              startNs + durationNs / 8 * i,
              startNs + durationNs / 8 * (i + 1),
              Span.Status.UNSET,
              "",
              attributes().build(),
              List.of(),
              List.of(),
              resources.get(function)));
    }
  }

  private Attributes.Builder attributes() {
    Attributes.Builder builder = new Attributes.Builder();
    builder.put("http.request.method", random.nextBoolean() ? "GET" : "POST");
    builder.put("url.path", "/orders/" + random.nextInt(1000));
    builder.put("http.response.status_code", random.nextInt(50) == 0 ? 500L : 200L);
    builder.put("server.address", "api-" + random.nextInt(20) + ".example.com");
    builder.put("cloud.region", "eu-west-" + random.nextInt(3));
    builder.put("faas.trigger", "http");
    builder.put("user.id", "user-" + random.nextInt(100_000));
    builder.put("tenant", "tenant-" + random.nextInt(200));
    builder.put("db.system.name", "postgresql");
    builder.put("db.operation.name", "SELECT");
    builder.put("thread.name", "worker-" + random.nextInt(16));
    builder.put("retries", (long) random.nextInt(3));
    return builder;
  }

  private static String hex(long value) {
    return HexFormat.of().toHexDigits(value);
  }

  private static ArrayNode exact(@Nullable Durations durations) {
    ArrayNode percentiles = new ObjectMapper().createArrayNode();
    long[] sorted = durations == null ? new long[0] : durations.sorted();
    for (double share : new double[] {0.5, 0.95, 0.99}) {
      if (sorted.length > 0) {
        int rank = (int) Math.max(1, Math.ceil(share * sorted.length));
        percentiles.add(sorted[rank - 1] / 1e6);
      }
    }
    return percentiles;
  }

  /** A growing list of numbers. */
  private static final class Durations {
    private long[] values = new long[1024];
    private int size;

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    long[] sorted() {
      long[] sorted = Arrays.copyOf(values, size);
      Arrays.sort(sorted);
      return sorted;
    }
  }
}
