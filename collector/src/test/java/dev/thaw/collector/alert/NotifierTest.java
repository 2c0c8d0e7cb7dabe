package dev.thaw.collector.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NotifierTest {

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 3_600_000;
  private static final Links LINKS = new Links("http://thaw.example");

  private Notifier notifier = new Notifier(LINKS, List.of());
  private final List<Silence> silences = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private Grouping grouping = Grouping.DEFAULT;

  private static Alert alert(String rule, String function) {
    return Alert.pending(
            Rules.rule("name: " + rule + ", kind: timeouts"),
            function,
            0,
            new Reading(3, Double.NaN))
        .firing(0, false, null);
  }

  private void tick(long nowMs, List<Alert> firing, Alert... resolved) {
    notifier
        .tick(firing, List.of(resolved), silences, grouping, Map.of(), nowMs)
        .forEach(sending -> sent.add(sending.message().headline()));
  }

  @Test
  void aHundredFunctionsOfOneRuleAreOneMessage() {
    List<Alert> alerts = IntStream.range(0, 100).mapToObj(i -> alert("late", "f" + i)).toList();
    for (int second = 0; second <= 60; second++) {
      tick(second * SECOND, alerts.subList(0, Math.min(100, 1 + second * 20)));
    }
    assertThat(sent).containsExactly("Firing: late: 100 functions");
    tick(
        2 * MINUTE,
        List.of(),
        alerts.stream().map(alert -> alert.resolved(2 * MINUTE)).toArray(Alert[]::new));
    assertThat(sent).hasSize(2).last().isEqualTo("Resolved: late: 100 functions");
  }

  @Test
  void whatJoinsLaterIsToldWhenTheIntervalHasPassed() {
    List<Alert> one = List.of(alert("late", "a"));
    List<Alert> two = List.of(alert("late", "a"), alert("late", "b"));
    tick(0, one);
    tick(10 * SECOND, one);
    tick(20 * SECOND, two);
    tick(4 * MINUTE, two);
    assertThat(sent).containsExactly("Firing: late: a");
    tick(6 * MINUTE, two);
    assertThat(sent).containsExactly("Firing: late: a", "Firing: late: 2 functions");
  }

  @Test
  void whatGoesOnIsToldAgainAfterTheRepeatInterval() {
    List<Alert> one = List.of(alert("late", "a"));
    for (long minute = 0; minute <= 9 * 60; minute++) {
      tick(minute * MINUTE, one);
    }
    assertThat(sent)
        .containsExactly("Firing: late: a", "Still firing: late: a", "Still firing: late: a");
  }

  @Test
  void nothingIsRepeatedWhenThatIsSwitchedOff() {
    grouping = new Grouping(Grouping.By.RULE, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    tick(0, List.of(alert("late", "a")));
    tick(100 * HOUR, List.of(alert("late", "a")));
    assertThat(sent).hasSize(1);
  }

  @Test
  void whatIsOverBeforeItWasToldIsToldAtOnceAndThenResolved() {
    Alert alert = alert("late", "a");
    tick(0, List.of(alert));
    tick(SECOND, List.of(), alert.resolved(SECOND));
    tick(2 * SECOND, List.of());
    assertThat(sent).containsExactly("Firing: late: a", "Resolved: late: a");
  }

  @Test
  void nobodyIsToldOfWhatIsSilencedUntilThatEnds() {
    silences.add(new Silence("1", "late", "a*", 0, HOUR, "we know", "anna"));
    List<Alert> both = List.of(alert("late", "a"), alert("late", "b"));
    tick(0, both);
    tick(MINUTE, both);
    assertThat(sent).containsExactly("Firing: late: b");
    tick(HOUR + MINUTE, both);
    assertThat(sent).containsExactly("Firing: late: b", "Firing: late: 2 functions");
  }

  @Test
  void aSilencedAlertIsNotRepeatedButItsEndIsTold() {
    Alert alert = alert("late", "a");
    tick(0, List.of(alert));
    tick(MINUTE, List.of(alert));
    silences.add(new Silence("1", "*", "*", 0, 100 * HOUR, "we know", "anna"));
    tick(10 * HOUR, List.of(alert));
    tick(11 * HOUR, List.of(), alert.resolved(11 * HOUR));
    assertThat(sent).containsExactly("Firing: late: a", "Resolved: late: a");
  }

  @Test
  void differentRulesAreToldApartUnlessTheyAreGroupedTogether() {
    List<Alert> alerts = List.of(alert("late", "a"), alert("broken", "a"), alert("broken", "b"));
    tick(0, alerts);
    tick(MINUTE, alerts);
    assertThat(sent).containsExactly("Firing: broken: 2 functions", "Firing: late: a");

    sent.clear();
    notifier = new Notifier(LINKS, List.of());
    grouping = new Grouping(Grouping.By.ALL, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    tick(0, alerts);
    assertThat(sent).containsExactly("Firing: 2 rules: 2 functions");
  }

  @Test
  void anotherProcessTellsNothingTwice() {
    List<Alert> one = List.of(alert("late", "a"));
    tick(0, one);
    tick(MINUTE, one);
    notifier = new Notifier(LINKS, notifier.groups());
    tick(2 * MINUTE, one);
    tick(3 * MINUTE, List.of(), one.get(0).resolved(3 * MINUTE));
    assertThat(sent).containsExactly("Firing: late: a", "Resolved: late: a");
  }
}
