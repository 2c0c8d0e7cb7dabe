package dev.thaw.collector.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.alert.Month.Incident;
import dev.thaw.collector.alert.Month.Usual;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thirty days with incidents that are known, evaluated every minute, with restarts in between:
 * every incident is alerted once and in time, and nothing else is.
 */
class MonthTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Prices PRICES = new Prices(0.0000166667, 0.20);
  private static final int DAY = 24 * 60;
  private static final int HOUR = 60;

  /** A Monday, at midnight. */
  private static final long BEGIN_MS = 1_779_667_200_000L;

  private static final List<Usual> FUNCTIONS =
      List.of(
          new Usual("checkout", 12, 3, 120),
          new Usual("pricing", 20, 4, 40),
          new Usual("inventory", 8, 3, 60),
          new Usual("nightly-report", 3, 3, 2000),
          new Usual("thumbnails", 15, 5, 300),
          new Usual("notify", 6, 3, 80));

  private static final List<Rule> RULES =
      List.of(
          Rules.rule("name: timeouts, kind: timeouts, window: 5m"),
          Rules.rule("name: errors, kind: error-rate, threshold: 25%, window: 5m, for: 3m"),
          Rules.rule("name: throttles, kind: throttles, threshold: 50, window: 5m"),
          Rules.rule(
              "name: slow, kind: duration, percentile: p95, threshold: 5s, function: nightly-*,"
                  + " window: 10m, for: 5m"),
          Rules.rule("name: starts, kind: slow-cold-starts, slower-than: 3s, threshold: 3"),
          Rules.rule("name: memory, kind: memory, threshold: 90%, window: 15m"),
          Rules.rule("name: silence, kind: silence, window: 15m"),
          Rules.rule(
              "name: busier, kind: errors, compared-with: last-week, threshold: +2000%,"
                  + " window: 1h, for: 10m, function: inventory"));

  private static final List<Incident> INCIDENTS =
      List.of(
          new Incident("timeouts", "checkout", 2 * DAY + 3 * HOUR + 7, 1, 0),
          new Incident("timeouts", "pricing", 2 * DAY + 9 * HOUR, 90, 0),
          new Incident("timeouts", "checkout", 5 * DAY + 14 * HOUR, 12, 25),
          new Incident("timeouts", "notify", 20 * DAY + 60, 3, 50),
          new Incident("errors", "thumbnails", 4 * DAY + 30, 45, 0),
          new Incident("errors", "notify", 11 * DAY + 12 * HOUR, 8, 0),
          new Incident("throttles", "checkout", 7 * DAY + 18 * HOUR, 30, 0),
          new Incident("throttles", "pricing", 21 * DAY, 6, 0),
          new Incident("slow", "nightly-report", 9 * DAY + 2 * HOUR, 60, 0),
          new Incident("starts", "inventory", 13 * DAY + 4 * HOUR, 10, 0),
          new Incident("starts", "thumbnails", 26 * DAY + 23 * HOUR + 50, 20, 0),
          new Incident("memory", "thumbnails", 15 * DAY + HOUR, 120, 0),
          new Incident("memory", "checkout", 24 * DAY + 7, 1, 0),
          new Incident("silence", "nightly-report", 17 * DAY, 40, 0),
          new Incident("silence", "pricing", 28 * DAY + 12 * HOUR, 16 * 60, 0));

  /** What an alert did, in minutes since the month began. */
  private record Life(String rule, String function, int fired, int resolved) {}

  @TempDir Path folder;

  private final Month month = new Month(BEGIN_MS, FUNCTIONS, INCIDENTS);
  private final List<String> messages = new ArrayList<>();
  private Evaluator evaluator;
  private Notifier notifier;

  private void startProcess(Store store, int minute, Kept kept) {
    evaluator =
        new Evaluator(
            store, month::rollups, PRICES, month.timeOf(minute), kept.evaluatedMs(), kept.alerts());
    notifier = new Notifier(new Links("http://thaw.example"), kept.groups());
  }

  @Test
  void everyIncidentIsAlertedOnceAndInTimeAndNothingElseIs() throws Exception {
    Random random = new Random(17);
    int restarts = 0;
    try (Store store = Stores.open("duckdb", folder)) {
      startProcess(store, 0, Kept.NOTHING);
      for (int minute = 0; minute < Month.DAYS * DAY; minute++) {
        month.happen(minute);
        if (random.nextInt(500) == 0) {
          restarts++;
          Kept kept =
              new Kept(
                  evaluator.evaluatedMs(),
                  evaluator.alerts(),
                  notifier.groups(),
                  List.of(),
                  List.of());
          startProcess(store, minute, JSON.readValue(JSON.writeValueAsBytes(kept), Kept.class));
        }
        // At the end of the minute: what happened in it is known.
        long nowMs = month.timeOf(minute) + Month.MINUTE_MS - 1;
        List<Alert> resolved = evaluator.evaluate(RULES, nowMs);
        List<Alert> current =
            evaluator.alerts().stream().filter(alert -> alert.resolvedMs() == null).toList();
        notifier
            .tick(current, resolved, List.of(), Grouping.DEFAULT, Map.of(), nowMs)
            .forEach(sending -> messages.add(sending.message().headline()));
      }
    }
    List<Life> lives = lives();
    System.out.println(table(lives, restarts));
    check(lives);
    checkPreview();
  }

  /** A preview of the last week tells of the same incidents. */
  private void checkPreview() {
    long nowMs = month.timeOf(Month.DAYS * DAY) - 1;
    int first = (Month.DAYS - 7) * DAY;
    try (Store store = Stores.open("duckdb", folder.resolve("preview"))) {
      for (Rule rule : RULES) {
        Preview.Result result =
            new Preview(
                    month::rollups,
                    new Members(store),
                    PRICES,
                    new Links("http://thaw.example"),
                    Grouping.DEFAULT)
                .of(rule, month.timeOf(first), nowMs);
        List<String> expected =
            INCIDENTS.stream()
                .filter(incident -> incident.rule().equals(rule.name()) && incident.from() >= first)
                .map(Incident::function)
                .toList();
        assertThat(result.periods())
            .as("preview of %s", rule.name())
            .extracting(Preview.Period::function)
            .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(result.messages().stream().filter(one -> one.headline().startsWith("Firing")))
            .hasSize(expected.size());
      }
    }
  }

  private List<Life> lives() {
    return evaluator.alerts().stream()
        .filter(alert -> alert.sinceMs() > 0)
        .map(
            alert -> {
              Long resolved = alert.resolvedMs();
              return new Life(
                  alert.rule(),
                  alert.function(),
                  minuteOf(alert.sinceMs()),
                  resolved == null ? Integer.MAX_VALUE : minuteOf(resolved));
            })
        .toList();
  }

  private static int minuteOf(long ms) {
    return (int) ((ms - BEGIN_MS) / Month.MINUTE_MS);
  }

  private static Rule rule(String name) {
    return RULES.stream().filter(rule -> rule.name().equals(name)).findFirst().orElseThrow();
  }

  /** When it is told, and has held for as long as the rule says. */
  private static int earliest(Incident incident) {
    return incident.from()
        + incident.lateBy()
        + (int) rule(incident.rule()).pendingFor().toMinutes();
  }

  /** How many minutes the value itself takes to get there. */
  private static int reaches(Incident incident) {
    return switch (incident.rule()) {
      // Fifteen whole minutes without anything, and the one that runs.
      case "silence" -> (int) rule("silence").window().toMinutes();
      // Twenty in a minute, fifty are needed.
      case "throttles" -> 2;
      // Of six minutes two and a half must be bad, if half of what is bad fails.
      case "errors" -> 2;
      // Three, of about as many in a minute.
      case "starts" -> 1;
      default -> 0;
    };
  }

  private static boolean isOf(Life life, Incident incident) {
    return life.rule().equals(incident.rule())
        && life.function().equals(incident.function())
        && life.fired() >= incident.from()
        && life.fired() <= incident.from() + incident.minutes() + 60;
  }

  private void check(List<Life> lives) {
    for (Incident incident : INCIDENTS) {
      List<Life> own = lives.stream().filter(life -> isOf(life, incident)).toList();
      assertThat(own).as("alerts of %s", incident).hasSize(1);
      assertThat(own.get(0).fired())
          .as("when %s was alerted", incident)
          .isBetween(earliest(incident), earliest(incident) + reaches(incident) + 1);
      assertThat(own.get(0).resolved()).as("end of %s", incident).isLessThan(Integer.MAX_VALUE);
    }
    assertThat(lives)
        .as("alerts without an incident")
        .allMatch(life -> INCIDENTS.stream().anyMatch(incident -> isOf(life, incident)));
    Map<String, Long> byHeadline =
        messages.stream()
            .filter(message -> !message.startsWith("Still"))
            .collect(
                Collectors.groupingBy(text -> text.replaceAll(":.*", ""), Collectors.counting()));
    assertThat(byHeadline.get("Firing")).isEqualTo(INCIDENTS.size());
    assertThat(byHeadline.get("Resolved")).isEqualTo(INCIDENTS.size());
  }

  private String table(List<Life> lives, int restarts) {
    Map<Incident, Life> found = new LinkedHashMap<>();
    for (Incident incident : INCIDENTS) {
      found.put(
          incident, lives.stream().filter(life -> isOf(life, incident)).findFirst().orElse(null));
    }
    StringBuilder table =
        new StringBuilder(
            "\nincident                      begins    lasts  told late  alert after  over after its end\n");
    found.forEach(
        (incident, life) ->
            table.append(
                String.format(
                    Locale.ROOT,
                    "%-28s  d%02d %02d:%02d  %5d  %9d  %11s  %s%n",
                    incident.rule() + " of " + incident.function(),
                    incident.from() / DAY + 1,
                    incident.from() % DAY / HOUR,
                    incident.from() % HOUR,
                    incident.minutes(),
                    incident.lateBy(),
                    life == null ? "NEVER" : life.fired() - incident.from() + " min",
                    life == null
                        ? "-"
                        : life.resolved() - incident.from() - incident.minutes() + " min")));
    return table
        + "%d evaluations, %d restarts, %d incidents, %d alerts, %d messages%n"
            .formatted(Month.DAYS * DAY, restarts, INCIDENTS.size(), lives.size(), messages.size());
  }
}
