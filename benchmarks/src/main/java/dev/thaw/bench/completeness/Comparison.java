package dev.thaw.bench.completeness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thaw.local.Caller;
import dev.thaw.local.LedgerEntry;
import dev.thaw.local.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The platform's ledger beside what the collector has, request by request. */
final class Comparison {

  private static final int MOST_SHOWN = 20;

  /** One row of the table. */
  private static final class Row {
    long ledger;
    long recorded;
    long otherwise;
  }

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final List<String> differences = new ArrayList<>();
  private long twice;
  private long unknown;
  private long throttlesInLedger;
  private long throttlesRecorded;
  private long neverDelivered;
  private long failedStarts;

  /**
   * @param entries what happened
   * @param asked what each request was asked to do
   * @param invocations the collector's items
   * @param functions the collector's answer to /api/v1/functions for the whole time
   */
  Comparison(
      List<LedgerEntry> entries,
      Map<String, Kind> asked,
      List<JsonNode> invocations,
      JsonNode functions) {
    Map<String, JsonNode> byRequest = new HashMap<>();
    for (JsonNode item : invocations) {
      String request = item.path("requestId").asText();
      if (request.isEmpty()) {
        failedStarts++;
      } else if (byRequest.put(request, item) != null) {
        twice++;
        differences.add("twice: " + request + " " + item.path("outcome").asText());
      }
    }
    Set<String> known = new HashSet<>();
    for (LedgerEntry entry : entries) {
      known.add(entry.requestId());
      if (entry.outcome() == Outcome.THROTTLED) {
        throttlesInLedger += entry.caller().kind() == Caller.Kind.FUNCTION ? 1 : 0;
      } else {
        compare(entry, asked.get(entry.requestId()), byRequest.get(entry.requestId()));
      }
    }
    for (String request : byRequest.keySet()) {
      if (!known.contains(request)) {
        unknown++;
        differences.add("only in the collector: " + request);
      }
    }
    for (JsonNode function : functions.path("functions")) {
      throttlesRecorded += function.path("throttlesMet").asLong();
    }
  }

  private void compare(LedgerEntry entry, Kind kind, JsonNode item) {
    String word = entry.outcome().word();
    String row = word;
    String expected = word;
    if (entry.outcome() == Outcome.CRASH && kind != null) {
      row = kind == Kind.EXIT ? "exit" : kind.event();
    } else if (entry.outcome() == Outcome.TIMEOUT && item == null && !entry.delivered()) {
      // The process was killed before the request was handed to it: nobody in it knew of it.
      neverDelivered++;
      return;
    }
    Row counts = rows.computeIfAbsent(row, absent -> new Row());
    counts.ledger++;
    if (item == null) {
      if (kind != Kind.HALT_EARLY) {
        differences.add("missing: " + describe(entry, kind));
      }
    } else if (item.path("outcome").asText().equals(expected)) {
      counts.recorded++;
    } else {
      counts.otherwise++;
      differences.add(
          "recorded as " + item.path("outcome").asText() + ": " + describe(entry, kind));
    }
  }

  private static String describe(LedgerEntry entry, Kind kind) {
    return entry.outcome().word()
        + " "
        + entry.requestId()
        + " of "
        + entry.environment()
        + (entry.cold() ? ", cold" : "")
        + (entry.suppressedInit() ? ", re-init" : "")
        + (kind == null ? "" : ", asked to " + kind.event());
  }

  boolean isComplete() {
    return differences.isEmpty() && throttlesInLedger == throttlesRecorded;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append("| outcome | ledger | recorded so | recorded otherwise | share |\n");
    text.append("| --- | ---: | ---: | ---: | ---: |\n");
    rows.forEach(
        (name, row) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %.3f %% |%n",
                    label(name),
                    row.ledger,
                    row.recorded,
                    row.otherwise,
                    100.0 * row.recorded / row.ledger)));
    text.append(
        String.format(
            Locale.ROOT,
            "| throttled, seen by the caller | %d | %d | 0 | %.3f %% |%n",
            throttlesInLedger,
            throttlesRecorded,
            throttlesInLedger == 0 ? 100.0 : 100.0 * throttlesRecorded / throttlesInLedger));
    text.append(
        String.format("%nRecorded twice: %d; unknown to the ledger: %d.%n", twice, unknown));
    text.append(
        String.format(
            "Timed out before the request reached the process (its re-init took all the time): %d; failed starts recorded: %d.%n",
            neverDelivered, failedStarts));
    differences.stream().limit(MOST_SHOWN).forEach(line -> text.append(line).append('\n'));
    if (differences.size() > MOST_SHOWN) {
      text.append("... and ").append(differences.size() - MOST_SHOWN).append(" more\n");
    }
    return text.toString();
  }

  private static String label(String row) {
    return switch (row) {
      case "halt-late" -> "killed without warning, after its announcement";
      case "halt-early" -> "killed without warning, before it";
      default -> row;
    };
  }
}
