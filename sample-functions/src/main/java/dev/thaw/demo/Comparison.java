package dev.thaw.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thaw.local.Caller;
import dev.thaw.local.LedgerEntry;
import dev.thaw.local.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the platform's ledger has beside what the collector has: by outcome in numbers, and request
 * by request.
 *
 * <p>An agent sees a throttle only in the caller, so throttles are compared for the calls that
 * functions made. A request whose process was killed before it was handed over is known to the
 * platform alone; the collector must have a failed start of that function instead.
 */
public final class Comparison {

  private static final int MOST_SHOWN = 10;

  /** The file's keys are a promise to those who read it; the table may show more. */
  private static final List<String> JSON_KEYS =
      List.of("invocations", "coldStarts", "errors", "timeouts", "throttles");

  private final Map<String, Long> ledger = new LinkedHashMap<>();
  private final Map<String, Long> collector = new LinkedHashMap<>();
  private final List<String> differences = new ArrayList<>();
  private long throttlesOfOutsiders;

  /** By function: requests that never reached a process. */
  private final Map<String, Long> neverDelivered = new TreeMap<>();

  /** By function: what the collector heard of starts that failed. They have no request. */
  private final Map<String, Long> failedStarts = new TreeMap<>();

  private Comparison() {}

  /**
   * @param functions the collector's answer to /api/v1/functions for the whole time
   * @param invocations its answer to /api/v1/invocations for the whole time
   */
  public static Comparison of(List<LedgerEntry> entries, JsonNode functions, JsonNode invocations) {
    Comparison comparison = new Comparison();
    comparison.readLedger(entries);
    comparison.readCollector(functions);
    comparison.compareRequests(entries, invocations);
    comparison.compareStarts();
    return comparison;
  }

  private void readLedger(List<LedgerEntry> entries) {
    ledger.put("invocations", count(entries, entry -> true));
    ledger.put("coldStarts", count(entries, LedgerEntry::cold));
    ledger.put("errors", count(entries, entry -> entry.outcome() == Outcome.ERROR));
    ledger.put("timeouts", count(entries, entry -> entry.outcome() == Outcome.TIMEOUT));
    ledger.put("crashes", count(entries, entry -> entry.outcome() == Outcome.CRASH));
    long throttles =
        throttled(entries).filter(entry -> entry.caller().kind() == Caller.Kind.FUNCTION).count();
    ledger.put("throttles", throttles);
    throttlesOfOutsiders = throttled(entries).count() - throttles;
  }

  private static long count(List<LedgerEntry> entries, Predicate<LedgerEntry> which) {
    return entries.stream().filter(LedgerEntry::delivered).filter(which).count();
  }

  private static Stream<LedgerEntry> throttled(List<LedgerEntry> entries) {
    return entries.stream().filter(entry -> entry.outcome() == Outcome.THROTTLED);
  }

  private void readCollector(JsonNode functions) {
    collector.put("invocations", sum(functions, "invocations"));
    collector.put("coldStarts", sum(functions, "coldStarts"));
    collector.put("errors", sum(functions, "errors"));
    collector.put("timeouts", sum(functions, "timeouts"));
    collector.put("crashes", sum(functions, "crashes"));
    collector.put("throttles", sum(functions, "throttlesMet"));
  }

  private static long sum(JsonNode functions, String field) {
    long sum = 0;
    for (JsonNode function : functions.path("functions")) {
      sum += function.path(field).asLong();
    }
    return sum;
  }

  /**
   * Each request must be there as often as it ran, with the same function, outcome and temperature.
   */
  private void compareRequests(List<LedgerEntry> entries, JsonNode invocations) {
    Map<String, Integer> balance = new TreeMap<>();
    for (LedgerEntry entry : entries) {
      if (entry.delivered()) {
        balance.merge(
            key(entry.function(), entry.requestId(), entry.outcome().word(), entry.cold()),
            1,
            Integer::sum);
      } else if (entry.outcome() != Outcome.THROTTLED) {
        neverDelivered.merge(entry.function(), 1L, Long::sum);
      }
    }
    for (JsonNode item : invocations.path("invocations")) {
      if (item.path("requestId").asText().isEmpty()
          && item.path("outcome").asText().startsWith("init_")) {
        failedStarts.merge(item.path("function").asText(), 1L, Long::sum);
        continue;
      }
      balance.merge(
          key(
              item.path("function").asText(),
              item.path("requestId").asText(),
              item.path("outcome").asText(),
              item.path("cold").asBoolean()),
          -1,
          Integer::sum);
    }
    balance.forEach(
        (key, difference) -> {
          if (difference != 0) {
            differences.add(
                (difference > 0 ? "only in the ledger:    " : "only in the collector: ") + key);
          }
        });
  }

  private void compareStarts() {
    neverDelivered.forEach(
        (function, requests) -> {
          long told = failedStarts.getOrDefault(function, 0L);
          if (told < requests) {
            differences.add(
                "only in the ledger:    %d requests whose start of %s failed; the collector has %d failed starts"
                    .formatted(requests, function, told));
          }
        });
  }

  private static String key(String function, String requestId, String outcome, boolean cold) {
    return function + " " + requestId + " " + outcome + (cold ? " cold" : "");
  }

  public boolean equal() {
    return ledger.equals(collector) && differences.isEmpty();
  }

  /** The table that the demo prints. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%-14s %10s %10s%n", "", "ledger", "collector"));
    ledger.forEach(
        (what, count) ->
            text.append(
                String.format(
                    "%-14s %10d %10d  %s%n",
                    what,
                    count,
                    collector.get(what),
                    count.equals(collector.get(what)) ? "equal" : "DIFFERENT")));
    text.append(
        String.format(
            "%-14s %10d %10s  (of callers outside: only the platform sees them)%n",
            "throttles", throttlesOfOutsiders, "-"));
    if (!failedStarts.isEmpty() || !neverDelivered.isEmpty()) {
      text.append(
          String.format(
              "%-14s %10s %10d  (tried again inside the request; %d requests had no time left after it)%n",
              "failed starts", "-", sum(failedStarts), sum(neverDelivered)));
    }
    differences.stream().limit(MOST_SHOWN).forEach(line -> text.append(line).append('\n'));
    if (differences.size() > MOST_SHOWN) {
      text.append("... and ").append(differences.size() - MOST_SHOWN).append(" more\n");
    }
    return text.toString();
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Long> inJson(Map<String, Long> counts) {
    Map<String, Long> kept = new LinkedHashMap<>(counts);
    kept.keySet().retainAll(JSON_KEYS);
    return kept;
  }

  /** {@code {"ledger": {...}, "collector": {...}, "equal": true}}. */
  public void write(Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.set("ledger", json.valueToTree(inJson(ledger)));
    root.set("collector", json.valueToTree(inJson(collector)));
    root.put("equal", equal());
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.write(file, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }
}
