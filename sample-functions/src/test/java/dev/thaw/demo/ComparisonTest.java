package dev.thaw.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.local.Caller;
import dev.thaw.local.LedgerEntry;
import dev.thaw.local.Outcome;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the demo calls equal, and what it does not. */
class ComparisonTest {

  private static final String ONE_TIMEOUT =
      """
      {"functions":[{"function":"pay","invocations":1,"coldStarts":1,"timeouts":1}]}""";
  private static final String ITS_REQUEST =
      """
      {"function":"pay","requestId":"r1","outcome":"timeout","cold":true}""";
  private static final String FAILED_START =
      """
      {"function":"pay","requestId":"","outcome":"init_timeout","cold":false}""";

  private static LedgerEntry timedOut(String request, @Nullable Long initNs) {
    return new LedgerEntry(
        request,
        "pay",
        "pay-1",
        1,
        0,
        1,
        true,
        false,
        initNs,
        Outcome.TIMEOUT,
        new Caller(Caller.Kind.OUTSIDE, ""));
  }

  private static Comparison compare(List<LedgerEntry> ledger, String functions, String... items)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode invocations = json.readTree("{\"invocations\":[" + String.join(",", items) + "]}");
    return Comparison.of(ledger, json.readTree(functions), invocations);
  }

  @Test
  void aRequestInBothIsEqual() throws IOException {
    assertThat(compare(List.of(timedOut("r1", 5L)), ONE_TIMEOUT, ITS_REQUEST).equal()).isTrue();
  }

  @Test
  void aRequestThatTheCollectorLacksIsNamed() throws IOException {
    Comparison comparison = compare(List.of(timedOut("r1", 5L)), "{}");

    assertThat(comparison.equal()).isFalse();
    assertThat(comparison.table()).contains("only in the ledger:    pay r1 timeout cold");
  }

  @Test
  void aRequestThatNoProcessEverGotIsEqualWhenTheCollectorHasItsFailedStart() throws IOException {
    Comparison comparison =
        compare(
            List.of(timedOut("r1", 5L), timedOut("r2", null)),
            ONE_TIMEOUT,
            ITS_REQUEST,
            FAILED_START);

    assertThat(comparison.equal()).isTrue();
    assertThat(comparison.table()).contains("1 requests had no time left");
  }

  @Test
  void aRequestThatNoProcessEverGotIsADifferenceWithoutAFailedStart() throws IOException {
    Comparison comparison =
        compare(List.of(timedOut("r2", null), timedOut("r3", null)), "{}", FAILED_START);

    assertThat(comparison.equal()).isFalse();
    assertThat(comparison.table())
        .contains("2 requests whose start of pay failed; the collector has 1 failed starts");
  }
}
