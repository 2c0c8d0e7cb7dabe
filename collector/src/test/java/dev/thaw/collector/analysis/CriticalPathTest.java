package dev.thaw.collector.analysis;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Chain;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CriticalPathTest {

  private int number;

  private Span function(String name, long fromMs, long toMs) {
    return Spans.invocation(name, ++number)
        .startingAt(NOW_NS + fromMs * MS)
        .lasting((toMs - fromMs) * MS)
        .build();
  }

  private Span called(String name, Span by, long fromMs, long toMs) {
    return Spans.invocation(name, ++number)
        .childOf(by)
        .startingAt(NOW_NS + fromMs * MS)
        .lasting((toMs - fromMs) * MS)
        .build();
  }

  private Span call(Span of, String target, long fromMs, long toMs) {
    return Spans.call(of, ++number)
        .startingAt(NOW_NS + fromMs * MS)
        .lasting((toMs - fromMs) * MS)
        .with("faas.invoked_name", target)
        .build();
  }

  private Span sent(Span of, String queue, long fromMs, long toMs) {
    return Spans.call(of, ++number)
        .kind(Span.Kind.PRODUCER)
        .startingAt(NOW_NS + fromMs * MS)
        .lasting((toMs - fromMs) * MS)
        .with("messaging.destination.name", queue)
        .build();
  }

  private static Relation led(Span from, Span to) {
    return new Relation(from.traceId(), from.spanId(), to.traceId(), to.spanId());
  }

  /** Such as {@code work checkout 0-10}, times in milliseconds. */
  private static List<String> path(List<Relation> relations, Span... spans) {
    return CriticalPath.of(new Chain(List.of(spans), List.of(), relations, true)).stream()
        .map(
            part ->
                "%s %s %d-%d"
                    .formatted(
                        part.kind().name().toLowerCase(java.util.Locale.ROOT),
                        part.what(),
                        (part.startEpochNs() - NOW_NS) / MS,
                        (part.endEpochNs() - NOW_NS) / MS))
        .toList();
  }

  @Test
  void aSynchronousCallIsPartOfItsCallersTime() {
    Span checkout = function("checkout", 0, 100);
    Span call = call(checkout, "pricing", 20, 80);
    Span pricing = called("pricing", call, 30, 75);
    assertThat(path(List.of(), checkout, call, pricing))
        .containsExactly(
            "work checkout 0-20",
            "call pricing 20-30",
            "work pricing 30-75",
            "call pricing 75-80",
            "work checkout 80-100");
  }

  @Test
  void aCallOverHttpIsNamedAfterTheFunctionThatAnswered() {
    Span checkout = function("checkout", 0, 100);
    Span get =
        Spans.call(checkout, ++number)
            .with("server.address", "10.0.0.1")
            .startingAt(NOW_NS)
            .lasting(100 * MS)
            .build();
    Span inventory = called("inventory", get, 50, 100);
    assertThat(path(List.of(), checkout, get, inventory))
        .containsExactly("call inventory 0-50", "work inventory 50-100");
  }

  @Test
  void ofCallsAtTheSameTimeTheLongerOneCounts() {
    Span checkout = function("checkout", 0, 100);
    Span quick = call(checkout, "quick", 10, 40);
    Span slow = call(checkout, "slow", 10, 90);
    assertThat(path(List.of(), checkout, quick, slow))
        .containsExactly("work checkout 0-10", "call slow 10-90", "work checkout 90-100");
  }

  @Test
  void callsThatOverlapAreFollowedFromTheEnd() {
    Span checkout = function("checkout", 0, 100);
    Span first = call(checkout, "first", 10, 50);
    Span second = call(checkout, "second", 30, 90);
    assertThat(path(List.of(), checkout, first, second))
        .containsExactly(
            "work checkout 0-10", "call first 10-30", "call second 30-90", "work checkout 90-100");
  }

  @Test
  void whatIsSentWaitsAndTheChainEndsWithWhatCameOfIt() {
    Span checkout = function("checkout", 0, 50);
    Span sent = sent(checkout, "orders", 30, 35);
    Span fulfilment = function("fulfilment", 200, 260);
    assertThat(path(List.of(led(sent, fulfilment)), checkout, sent, fulfilment))
        .containsExactly(
            "work checkout 0-30",
            "call orders 30-35",
            "wait orders 35-200",
            "work fulfilment 200-260");
  }

  @Test
  void aColdStartOnTheWayIsItsOwnPartAndShortensTheWait() {
    Span checkout = function("checkout", 0, 50);
    Span sent = sent(checkout, "orders", 30, 35);
    Span fulfilment =
        Spans.invocation("fulfilment", ++number)
            .cold(0.1)
            .startingAt(NOW_NS + 200 * MS)
            .lasting(60 * MS)
            .build();
    assertThat(path(List.of(led(sent, fulfilment)), checkout, sent, fulfilment))
        .containsExactly(
            "work checkout 0-30",
            "call orders 30-35",
            "wait orders 35-100",
            "start fulfilment 100-200",
            "work fulfilment 200-260");
  }

  @Test
  void whatARefusalCostIsToldApart() {
    Span checkout = function("checkout", 0, 100);
    Span call =
        Spans.call(checkout, ++number)
            .startingAt(NOW_NS + 10 * MS)
            .lasting(80 * MS)
            .with("faas.invoked_name", "pricing")
            .event(
                "thaw.throttle",
                java.util.Map.of("thaw.throttle.target", "pricing", "thaw.throttle.wait", 0.05))
            .build();
    assertThat(path(List.of(), checkout, call))
        .containsExactly(
            "work checkout 0-10",
            "throttled pricing 10-60",
            "call pricing 60-90",
            "work checkout 90-100");
  }

  @Test
  void aCalleeWhoseClockIsAnHourOffIsPutIntoItsCall() {
    Span checkout = function("checkout", 0, 100);
    Span call = call(checkout, "pricing", 20, 80);
    Span pricing = called("pricing", call, -3_600_000, -3_599_960);
    assertThat(path(List.of(), checkout, call, pricing))
        .containsExactly(
            "work checkout 0-20",
            "call pricing 20-30",
            "work pricing 30-70",
            "call pricing 70-80",
            "work checkout 80-100");
  }

  @Test
  void aReceiverThatSeemsToBeginBeforeTheSendingIsMovedBehindItsBeginning() {
    Span checkout = function("checkout", 0, 50);
    Span sent = sent(checkout, "orders", 30, 35);
    Span fulfilment = function("fulfilment", 10, 70);
    assertThat(path(List.of(led(sent, fulfilment)), checkout, sent, fulfilment))
        .containsExactly("work checkout 0-30", "work fulfilment 30-90");
  }

  @Test
  void ofABatchesMessagesTheLastOneSentLetItBegin() {
    Span early = function("early", 0, 20);
    Span first = sent(early, "orders", 5, 6);
    Span late = function("late", 50, 70);
    Span second = sent(late, "orders", 60, 62);
    Span batch = function("batch", 100, 120);
    assertThat(
            path(List.of(led(first, batch), led(second, batch)), early, first, late, second, batch))
        .containsExactly(
            "work late 50-60", "call orders 60-62", "wait orders 62-100", "work batch 100-120");
  }

  @Test
  void anEmptyChainHasNoPath() {
    assertThat(path(List.of())).isEmpty();
  }

  @Test
  void theSentenceNamesWhatTookLongest() {
    Span checkout = function("checkout", 0, 100);
    Span sent = sent(checkout, "orders", 40, 100);
    Span fulfilment = function("fulfilment", 900, 1000);
    List<CriticalPath.Part> path =
        CriticalPath.of(
            new Chain(
                List.of(checkout, sent, fulfilment),
                List.of(),
                List.of(led(sent, fulfilment)),
                true));
    assertThat(WhereTimeWent.sentence(path))
        .isEqualTo(
            "Of 1.00 s: 800 ms waiting in orders (80 %), 100 ms own work of fulfilment (10 %), 60 ms calling orders (6 %), 40 ms own work of checkout (4 %).");
  }

  /** Whatever the spans are: the parts lie one behind the other, and none is empty. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void thePartsAddUpToTheWhole(int seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<Span> spans = new ArrayList<>();
      List<Relation> relations = new ArrayList<>();
      grow(random, spans, relations);
      List<CriticalPath.Part> path = CriticalPath.of(new Chain(spans, List.of(), relations, true));
      assertThat(path).isNotEmpty();
      long sum = 0;
      for (int i = 0; i < path.size(); i++) {
        assertThat(path.get(i).lengthNs()).isPositive();
        sum += path.get(i).lengthNs();
        if (i > 0) {
          assertThat(path.get(i).startEpochNs()).isEqualTo(path.get(i - 1).endEpochNs());
        }
      }
      assertThat(sum)
          .isEqualTo(path.get(path.size() - 1).endEpochNs() - path.get(0).startEpochNs());
    }
  }

  /** Any tree: calls within and beyond their callers, clocks that are off, links, circles. */
  private void grow(Random random, List<Span> spans, List<Relation> relations) {
    spans.add(function("f0", 0, 1 + random.nextInt(1000)));
    int count = random.nextInt(30);
    for (int i = 0; i < count; i++) {
      Span by = spans.get(random.nextInt(spans.size()));
      long from = (by.startEpochNs() - NOW_NS) / MS + random.nextInt(400) - 100;
      long to = from + random.nextInt(500);
      switch (random.nextInt(4)) {
        case 0 -> spans.add(call(by, "x", from, to));
        case 1 -> spans.add(sent(by, "q", from, to));
        case 2 -> spans.add(called("f" + random.nextInt(4), by, from, to));
        default -> {
          Span linked =
              Spans.invocation("g" + random.nextInt(3), ++number)
                  .cold(random.nextDouble() / 2)
                  .startingAt(NOW_NS + from * MS)
                  .lasting((to - from) * MS)
                  .build();
          spans.add(linked);
          relations.add(led(by, linked));
          if (random.nextInt(5) == 0) {
            relations.add(led(linked, by));
          }
        }
      }
    }
  }
}
