package dev.thaw.collector.store;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.FailureGroup;
import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.ThrottleGroup;
import dev.thaw.collector.model.TraceCount;
import dev.thaw.collector.model.TraceSummary;
import dev.thaw.collector.query.FilterText;
import dev.thaw.collector.rollup.Bucket;
import dev.thaw.collector.rollup.BucketTest;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.rollup.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine MUST do. An engine extends this. */
public abstract class StoreContract {

  private static final Scope HOUR =
      new Scope(NOW_NS - 60 * Bucket.MINUTE_NS, NOW_NS + 60 * Bucket.MINUTE_NS);

  protected Store store;

  /** What the store's clock shows. */
  protected long clockNs = NOW_NS;

  /**
   * Opens the store with {@link #clockNs} as its clock; the second time in one test with what the
   * first time left.
   */
  protected abstract Store open();

  @BeforeEach
  void openFirst() {
    store = open();
  }

  @AfterEach
  void closeLast() {
    store.close();
  }

  private Totals sum(String function) {
    Totals sum = new Totals();
    store.rollups(HOUR, function, Grain.MINUTE).stream()
        .map(FunctionBucket::bucket)
        .forEach(sum::add);
    return sum;
  }

  private List<Invocation> invocations(Outcome... outcomes) {
    return store.invocations(
        new Store.InvocationQuery(HOUR, null, Set.of(outcomes), false, 0, Store.Order.NEWEST, 100));
  }

  private List<TraceSummary> traces(Set<String> through, Outcome outcome) {
    return store.traces(new Store.TraceQuery(HOUR, through, outcome, false, 0, null, null, 100));
  }

  @Test
  void anEmptyStoreAnswersEverythingWithNothing() {
    assertThat(store.rollups(HOUR, null, Grain.MINUTE)).isEmpty();
    assertThat(invocations()).isEmpty();
    assertThat(traces(Set.of(), null)).isEmpty();
    assertThat(store.trace("0af7651916cd43dd8448eb211c80319c")).isEmpty();
    assertThat(store.spans(Set.of(), 10)).isEmpty();
    assertThat(store.chainSpans(HOUR, 10)).isEmpty();
    assertThat(store.countThrottles(HOUR, "x")).isZero();
  }

  @Test
  void anAppendThatFailsAddsNothingOfALargeBatchEither() {
    Span good = Spans.invocation("checkout", 2).build();
    // What the batch has in common with it is there already.
    store.append(List.of(Spans.call(Spans.invocation("checkout", 1).build(), 1).build()), 0, 3);
    List<Span> batch = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      batch.add(Spans.call(good, i).build());
    }
    Span call = batch.get(0);
    batch.add(
        new Span(
            "no id",
            call.spanId(),
            "",
            call.kind(),
            call.name(),
            call.function(),
            call.startEpochNs(),
            call.endEpochNs(),
            call.status(),
            "",
            Map.of(),
            List.of(),
            List.of(),
            call.resource()));
    assertThatThrownBy(() -> store.append(batch, 3, 4)).isInstanceOf(StoreException.class);
    assertThat(store.trace(good.traceId())).isEmpty();
    assertThat(store.position()).isEqualTo(3);
  }

  @Test
  void ofManyInvocationsAtOnceEachCountsOnceAndItsFinalRecordStays() {
    List<Span> announced = new ArrayList<>();
    List<Span> ended = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      announced.add(Spans.invocation("many", i).outcome("running").provisional().build());
      ended.add(Spans.invocation("many", i).outcome("ok").build());
    }
    store.append(announced);
    store.append(ended);
    store.append(announced);
    store.append(ended);
    assertThat(invocations(Outcome.OK)).hasSize(100);
    assertThat(invocations(Outcome.RUNNING)).isEmpty();
    assertThat(sum("many").invocations()).isEqualTo(100);
  }

  @Test
  void whoBelievesItElsewhereInTheJournalIsToldSo() {
    store.append(List.of(Spans.invocation("checkout", 1).build()), 0, 7);
    List<Span> batch = List.of(Spans.invocation("checkout", 2).build());
    assertThatThrownBy(() -> store.append(batch, 8, 9))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("7");
    assertThat(store.position()).isEqualTo(7);
    assertThat(invocations()).hasSize(1);
    store.append(batch, 7, 9);
    assertThat(invocations()).hasSize(2);
  }

  @Test
  void aCheckpointSaysUpToWhereEverythingLasts() {
    store.append(List.of(Spans.invocation("checkout", 1).build()), 0, 7);
    assertThat(store.checkpoint()).isEqualTo(7);
  }

  @Test
  void aPositionIsKeptWithTheSpans() {
    store.append(List.of(Spans.invocation("checkout", 1).build()), 0, 7);
    store.close();
    store = open();
    assertThat(store.position()).isEqualTo(7);
    store.append(List.of());
    assertThat(store.position()).isEqualTo(7);
  }

  @Test
  void aSpanComesBackAsItWas() {
    Span invocation =
        Spans.invocation("checkout", 1)
            .with("n", 7L)
            .with("share", 0.5)
            .with("flag", true)
            .with("list", List.of("a", "b"))
            .event("exception", java.util.Map.of("exception.type", "X"))
            .build();
    Span other = Spans.invocation("pricing", 2).linkedTo(invocation).build();
    store.append(List.of(invocation, other));
    assertThat(store.trace(invocation.traceId())).containsExactly(invocation);
    assertThat(store.trace(other.traceId())).containsExactly(other);
  }

  @Test
  void whatIsAppendedIsThereAfterReopening() {
    Span span = Spans.invocation("checkout", 1).build();
    store.append(List.of(span));
    store.close();
    store = open();
    assertThat(store.trace(span.traceId())).containsExactly(span);
    assertThat(sum("checkout").invocations()).isEqualTo(1);
  }

  @Test
  void aSpanThatComesTwiceCountsOnce() {
    Span span = Spans.invocation("checkout", 1).cold(0.5).build();
    store.append(List.of(span));
    store.append(List.of(span));
    store.append(List.of(span, span));
    assertThat(sum("checkout").invocations()).isEqualTo(1);
    assertThat(sum("checkout").coldStarts()).isEqualTo(1);
    assertThat(sum("checkout").durations().total()).isEqualTo(1);
    assertThat(invocations()).hasSize(1);
    assertThat(store.trace(span.traceId())).hasSize(1);
    assertThat(store.chainSpans(HOUR, 10)).hasSize(1);
  }

  @Test
  void aFinalRecordReplacesAProvisionalOne() {
    store.append(List.of(Spans.invocation("slow", 1).outcome("running").provisional().build()));
    assertThat(sum("slow").running()).isEqualTo(1);
    store.append(
        List.of(
            Spans.invocation("slow", 1)
                .outcome("timeout")
                .provisional()
                .lasting(3000 * MS)
                .build()));
    assertThat(sum("slow").timeouts()).isEqualTo(1);
    store.append(List.of(Spans.invocation("slow", 1).outcome("ok").lasting(2990 * MS).build()));

    Totals minute = sum("slow");
    assertThat(minute.invocations()).isEqualTo(1);
    assertThat(minute.running()).isZero();
    assertThat(minute.timeouts()).isZero();
    assertThat(minute.durations().total()).isEqualTo(1);
    assertThat(invocations()).singleElement().extracting(Invocation::outcome).isEqualTo(Outcome.OK);
    assertThat(store.trace(invocations().get(0).traceId()))
        .singleElement()
        .satisfies(span -> assertThat(span.provisional()).isFalse());
  }

  @Test
  void aProvisionalRecordThatComesLateChangesNothing() {
    store.append(List.of(Spans.invocation("slow", 1).outcome("ok").build()));
    store.append(List.of(Spans.invocation("slow", 1).outcome("timeout").provisional().build()));
    assertThat(sum("slow").timeouts()).isZero();
    assertThat(invocations(Outcome.TIMEOUT)).isEmpty();
    assertThat(store.trace(invocations().get(0).traceId()))
        .singleElement()
        .satisfies(span -> assertThat(span.provisional()).isFalse());
  }

  @Test
  void inOneBatchTheMostCertainRecordCounts() {
    store.append(
        List.of(
            Spans.invocation("slow", 1).outcome("ok").build(),
            Spans.invocation("slow", 1).outcome("running").provisional().build()));
    assertThat(sum("slow").invocations()).isEqualTo(1);
    assertThat(sum("slow").running()).isZero();
  }

  @Test
  void outcomesAreCountedByMinuteAndFunction() {
    store.append(
        List.of(
            Spans.invocation("a", 1).build(),
            Spans.invocation("a", 2).outcome("error").build(),
            Spans.invocation("a", 3).outcome("timeout").build(),
            Spans.invocation("a", 4).outcome("crash").startingAt(NOW_NS + Bucket.MINUTE_NS).build(),
            Spans.invocation("b", 5).cold(1.5).build()));
    Totals a = sum("a");
    assertThat(List.of(a.invocations(), a.errors(), a.timeouts(), a.crashes()))
        .containsExactly(4L, 1L, 1L, 1L);
    assertThat(store.rollups(HOUR, "a", Grain.MINUTE)).hasSize(2);
    assertThat(sum("b").inits().at(100)[0]).isBetween(1_499_000L, 1_501_000L);
  }

  @Test
  void whatEndedBelongsToTheMinuteInWhichItEnded() {
    store.append(
        List.of(
            Spans.invocation("a", 1)
                .startingAt(NOW_NS - 10 * Bucket.MINUTE_NS)
                .lasting(10 * Bucket.MINUTE_NS)
                .build()));
    assertThat(store.rollups(HOUR, "a", Grain.MINUTE))
        .extracting(FunctionBucket::epochMinute)
        .containsExactly(Bucket.minuteOf(NOW_NS));
  }

  @Test
  void functionsAreFoundByWhatTheirEnvironmentSays() {
    store.append(
        List.of(
            Spans.invocation("a", 1).in("team", "payments").build(),
            Spans.invocation("b", 2).in("team", "search").build(),
            Spans.invocation("c", 3).in("team", "payments").build()));
    Filter ofPayments = new Filter.OfAttribute(true, "team", Filter.Operator.EQUAL, "payments");
    assertThat(store.functions(HOUR, ofPayments)).containsExactly("a", "c");
    Scope before = new Scope(0, NOW_NS - 1);
    assertThat(store.functions(before, ofPayments)).isEmpty();
  }

  @Test
  void byTheHourTheRollupsAreWhatTheyAreByTheMinute() {
    long first = NOW_NS - 300 * Bucket.MINUTE_NS;
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Spans span = Spans.invocation("a", i).startingAt(first + i * Bucket.MINUTE_NS);
      spans.add((i % 10 == 0 ? span.cold(1) : span).lasting((i + 1) * MS).build());
    }
    store.append(spans.subList(0, 200));
    store.append(spans.subList(200, 300));
    Scope range = new Scope(first + 7 * Bucket.MINUTE_NS, first + 290 * Bucket.MINUTE_NS + 1);
    Totals byMinute = new Totals();
    Totals byHour = new Totals();
    List<FunctionBucket> hours = store.rollups(range, "a", Grain.HOUR);
    store.rollups(range, "a", Grain.MINUTE).forEach(row -> byMinute.add(row.bucket()));
    hours.forEach(row -> byHour.add(row.bucket()));
    assertThat(byHour.invocations()).isEqualTo(byMinute.invocations()).isEqualTo(284);
    assertThat(BucketTest.counts(byHour.warm())).isEqualTo(BucketTest.counts(byMinute.warm()));
    assertThat(BucketTest.counts(byHour.cold())).isEqualTo(BucketTest.counts(byMinute.cold()));
    assertThat(hours).hasSizeLessThan(150).isSortedAccordingTo(byTime());
  }

  @Test
  void manySmallAppendsAddUpExactly() {
    int functions = 40;
    int minutes = 60;
    int appends = 14;
    int number = 0;
    for (int i = 0; i < appends; i++) {
      List<Span> spans = new ArrayList<>();
      for (int function = 0; function < functions; function++) {
        for (int minute = 0; minute < minutes; minute++) {
          for (int k = 0; k < 3; k++) {
            spans.add(
                Spans.invocation("f" + function, ++number)
                    .startingAt(NOW_NS - minute * Bucket.MINUTE_NS)
                    .lasting((number * 7919L % 100_000 + 1) * 1000)
                    .build());
          }
        }
      }
      store.append(spans);
    }
    Scope range = new Scope(NOW_NS - 180 * Bucket.MINUTE_NS, NOW_NS + 180 * Bucket.MINUTE_NS);
    for (Grain grain : Grain.values()) {
      for (int function = 0; function < functions; function++) {
        Totals totals = new Totals();
        store.rollups(range, "f" + function, grain).forEach(row -> totals.add(row.bucket()));
        assertThat(totals.invocations()).isEqualTo(3L * minutes * appends);
        assertThat(totals.warm().total()).isEqualTo(3L * minutes * appends);
      }
    }
  }

  private static Comparator<FunctionBucket> byTime() {
    return Comparator.comparingLong(FunctionBucket::epochMinute);
  }

  @Test
  void versionsAndColdInvocationsAreCountedApart() {
    store.append(
        List.of(
            Spans.invocation("a", 1).version("1").build(),
            Spans.invocation("a", 2).version("2").cold(1).lasting(70 * MS).build()));
    assertThat(store.rollups(HOUR, "a", Grain.MINUTE))
        .extracting(FunctionBucket::version)
        .containsExactly("1", "2");
    assertThat(sum("a").warm().at(100)[0]).isBetween(9_990L, 10_010L);
    assertThat(sum("a").cold().at(100)[0]).isBetween(69_900L, 70_100L);
  }

  @Test
  void theRangeLimitsWhatIsFound() {
    store.append(List.of(Spans.invocation("a", 1).build()));
    Scope before = new Scope(0, NOW_NS);
    assertThat(
            store.invocations(
                new Store.InvocationQuery(
                    before, null, Set.of(), false, 0, Store.Order.NEWEST, 10)))
        .isEmpty();
    assertThat(store.rollups(before, null, Grain.MINUTE)).isEmpty();
  }

  @Test
  void invocationsComeInTheOrderAskedFor() {
    store.append(
        List.of(
            Spans.invocation("a", 1).cold(3).lasting(5 * MS).build(),
            Spans.invocation("a", 2).cold(1).lasting(50 * MS).startingAt(NOW_NS + MS).build()));
    assertThat(order(Store.Order.NEWEST)).containsExactly("request-2", "request-1");
    assertThat(order(Store.Order.SLOWEST)).containsExactly("request-2", "request-1");
    assertThat(order(Store.Order.SLOWEST_INIT)).containsExactly("request-1", "request-2");
  }

  @Test
  void pagesOfInvocationsHaveEachOnceInEveryOrderWhateverIsAddedMeanwhile() {
    for (int i = 0; i < 10; i++) {
      // Of some the start, the duration and the init are the same.
      store.append(
          List.of(
              Spans.invocation("a", i)
                  .cold(1 + i / 4)
                  .lasting((1 + i / 3) * MS)
                  .startingAt(NOW_NS + i / 2 * MS)
                  .build()));
    }
    int added = 100;
    for (Store.Order order : Store.Order.values()) {
      Store.InvocationQuery query =
          new Store.InvocationQuery(
              new Scope(NOW_NS, NOW_NS + 10 * MS), "a", Set.of(), true, 0, order, 3);
      List<Invocation> whole = store.invocations(query.limitedTo(100));
      List<Invocation> paged = new ArrayList<>();
      for (List<Invocation> page = store.invocations(query);
          !page.isEmpty();
          page = store.invocations(query.after(Cursor.after(order, paged.get(paged.size() - 1))))) {
        assertThat(page).hasSizeLessThanOrEqualTo(3);
        paged.addAll(page);
        store.append(
            List.of(Spans.invocation("b", added++).cold(1).startingAt(NOW_NS + 9 * MS).build()));
      }
      assertThat(whole).hasSize(10).doesNotHaveDuplicates();
      assertThat(paged).containsExactlyElementsOf(whole);
    }
  }

  @Test
  void pagesOfSpansHaveEachOnceAndWholeNanoseconds() {
    List<Span> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(Spans.invocation("a", i).startingAt(NOW_NS + i / 4 * MS).build());
    }
    store.append(all);
    store.append(List.of(Spans.invocation("later", 11).startingAt(HOUR.toEpochNs()).build()));
    List<List<Span>> pages = new ArrayList<>();
    long fromNs = 0;
    for (List<Span> page = store.spans(HOUR, fromNs, 3);
        !page.isEmpty();
        page = store.spans(HOUR, fromNs, 3)) {
      pages.add(page);
      fromNs = page.get(page.size() - 1).startEpochNs() + 1;
    }
    assertThat(pages).extracting(List::size).containsExactly(4, 4, 2);
    assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(all);
  }

  @Test
  void pagesOfTracesHaveEachOnce() {
    for (int i = 0; i < 7; i++) {
      store.append(List.of(Spans.invocation("a", i).startingAt(NOW_NS + i / 3 * MS).build()));
    }
    Store.TraceQuery query = new Store.TraceQuery(HOUR, Set.of("a"), null, false, 0, null, null, 2);
    List<TraceSummary> paged = new ArrayList<>();
    for (List<TraceSummary> page = store.traces(query);
        !page.isEmpty();
        page = store.traces(query.after(Cursor.after(paged.get(paged.size() - 1))))) {
      paged.addAll(page);
    }
    assertThat(paged).hasSize(7).containsExactlyElementsOf(store.traces(query.limitedTo(100)));
  }

  private List<String> order(Store.Order order) {
    return store
        .invocations(new Store.InvocationQuery(HOUR, "a", Set.of(), true, 0, order, 10))
        .stream()
        .map(Invocation::requestId)
        .toList();
  }

  @Test
  void whatIsKnownOfATraceIsOfAllItsInvocationsInTheRange() {
    Span first = Spans.invocation("pricing, eu", 1).lasting(100 * MS).cold(1).build();
    Span second =
        Spans.invocation("checkout", 2).childOf(first).startingAt(NOW_NS + 50 * MS).build();
    store.append(List.of(second, first));
    assertThat(traces(Set.of("checkout"), null))
        .singleElement()
        .satisfies(
            trace -> {
              assertThat(trace.rootFunction()).isEqualTo("pricing, eu");
              assertThat(trace.functions()).containsExactly("checkout", "pricing, eu");
              assertThat(trace.startEpochNs()).isEqualTo(first.startEpochNs());
              assertThat(trace.endEpochNs())
                  .isEqualTo(Math.max(first.endEpochNs(), second.endEpochNs()));
              assertThat(trace.coldStarts()).isEqualTo(1);
            });
  }

  @Test
  void questionsAreAnsweredWhileTheirPartsGo() throws Exception {
    int days = 12;
    for (int day = 0; day < days; day++) {
      store.append(List.of(Spans.invocation("a", day).with("n", day).startingAt(clockNs).build()));
      pass(25 * DAY_NS / 24);
    }
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Integer> asking =
        CompletableFuture.supplyAsync(
            () -> {
              int asked = 0;
              for (; asked == 0 || !isOver.get(); asked++) {
                found("attr[\"n\"] >= 0");
                store.trace(Spans.invocation("a", asked % days).build().traceId());
              }
              return asked;
            });
    for (int day = 0; day < days; day++) {
      store.forget(
          new Keep(
              Duration.ofHours(25L * (days - day)),
              Duration.ofHours(25L * (days - day)),
              0,
              Duration.ofDays(100),
              ROOM),
          clockNs);
    }
    isOver.set(true);
    assertThat(asking.get()).isPositive();
    assertThat(found("attr[\"n\"] >= 0")).hasSizeLessThan(days);
  }

  @Test
  void anAttributeIsFoundWhereverItWasPutAndAfterReopening() {
    Spans many = Spans.invocation("a", 1);
    for (int i = 0; i < 1500; i++) {
      many.with("k" + i, "v" + i);
    }
    store.append(List.of(Spans.invocation("a", 2).with("rare", "once").build()));
    assertThat(found("attr[\"rare\"] = \"once\"")).hasSize(1);
    assertThat(found("attr[\"never\"] = \"once\"")).isEmpty();
    store.close();
    store = open();
    store.append(List.of(Spans.invocation("a", 3).with("other", "once").build()));
    assertThat(found("attr[\"rare\"] = \"once\"")).hasSize(1);
    assertThat(found("attr[\"other\"] = \"once\"")).hasSize(1);
    store.append(List.of(many.build()));
    assertThat(found("attr[\"k1499\"] = \"v1499\"")).hasSize(1);
    assertThat(found("attr[\"rare\"] = \"once\"")).hasSize(1);
    assertThat(found("attr[\"never\"]")).isEmpty();
  }

  @Test
  void tracesAreFoundByTheFunctionsTheyRunThroughAndByOutcome() {
    Span checkout = Spans.invocation("checkout", 1).lasting(100 * MS).build();
    Span pricing = Spans.invocation("pricing", 2).childOf(checkout).outcome("error").build();
    store.append(List.of(checkout, pricing, Spans.invocation("report", 3).build()));

    assertThat(traces(Set.of("checkout", "pricing"), null))
        .singleElement()
        .satisfies(
            trace -> {
              assertThat(trace.functions()).containsExactly("checkout", "pricing");
              assertThat(trace.worst()).isEqualTo(Outcome.ERROR);
              assertThat(trace.invocations()).isEqualTo(2);
              assertThat(trace.traceId()).isEqualTo(checkout.traceId());
            });
    assertThat(traces(Set.of("checkout", "report"), null)).isEmpty();
    assertThat(traces(Set.of(), Outcome.ERROR)).hasSize(1);
    assertThat(traces(Set.of(), null)).hasSize(2);
  }

  @Test
  void throttlesAreCountedForBothSidesAndOnceOnly() {
    Span checkout = Spans.invocation("checkout", 1).build();
    Span early =
        Spans.call(checkout, 1).throttledBy("pricing", 1).with("thaw.unfinished", true).build();
    Span late = Spans.call(checkout, 1).throttledBy("pricing", 3).build();
    store.append(List.of(checkout, early));
    store.append(List.of(checkout, late));
    store.append(List.of(late));
    assertThat(sum("checkout").throttlesMet()).isEqualTo(3);
    assertThat(sum("pricing").throttled()).isEqualTo(3);
    assertThat(store.countThrottles(HOUR, "pricing")).isEqualTo(3);
  }

  @Test
  void spansOfSeveralTracesComeTogetherInTheOrderOfTheirStart() {
    Span late = Spans.invocation("a", 1).startingAt(NOW_NS + MS).build();
    Span early = Spans.invocation("a", 2).build();
    store.append(List.of(late, early, Spans.invocation("a", 3).build()));

    Set<String> ids = Set.of(late.traceId(), early.traceId());
    assertThat(store.spans(ids, 10)).containsExactly(early, late);
    assertThat(store.spans(ids, 1)).containsExactly(early);
  }

  private static Spans timeout(int number, String stack) {
    return Spans.invocation("pay", number)
        .outcome("timeout")
        .event("thaw.stack", Map.of("code.stacktrace", stack));
  }

  private List<FailureGroup> failures(Scope range, Outcome... outcomes) {
    return store.failures(new Store.FailureQuery(range, null, Set.of(outcomes), 4, 10));
  }

  @Test
  void failuresAreGroupedByWhereTheyStood() {
    String atBank = "at java.net.Socket.read(Socket.java:1)\nat shop.Bank.ask(Bank.java:7)";
    store.append(
        List.of(
            timeout(1, atBank).version("1").build(),
            timeout(2, atBank).version("2").startingAt(NOW_NS + 5 * MS).build(),
            timeout(3, "at shop.Mail.send(Mail.java:2)").build(),
            Spans.invocation("pay", 4).outcome("error").with("error.type", "Broken").build(),
            Spans.invocation("pay", 5).build()));

    List<FailureGroup> groups = failures(HOUR, Outcome.TIMEOUT);

    assertThat(groups).extracting(FailureGroup::count).containsExactly(2L, 1L);
    FailureGroup bank = groups.get(0);
    assertThat(bank.place()).isEqualTo("shop.Bank.ask(Bank.java:7)");
    assertThat(bank.versions()).containsExactly("1", "2");
    assertThat(bank.requestId()).isEqualTo("request-2");
    assertThat(bank.firstEpochNs()).isEqualTo(NOW_NS);
    assertThat(bank.lastEpochNs()).isEqualTo(NOW_NS + 5 * MS);
    assertThat(bank.counts()).containsExactly(0L, 0L, 2L, 0L);
    assertThat(failures(HOUR, Outcome.ERROR))
        .singleElement()
        .extracting(FailureGroup::errorType, FailureGroup::place)
        .containsExactly("Broken", "");
  }

  @Test
  void aFailureIsKnownSinceItsFirstTimeAlsoBeforeTheRange() {
    store.append(
        List.of(
            timeout(1, "at shop.A.a(A.java:1)").build(),
            timeout(2, "at shop.A.a(A.java:1)").startingAt(NOW_NS + 100 * MS).build(),
            timeout(3, "at shop.B.b(B.java:1)").build()));

    Scope later = new Scope(NOW_NS + 50 * MS, NOW_NS + 150 * MS);

    assertThat(failures(later, Outcome.TIMEOUT))
        .singleElement()
        .extracting(FailureGroup::place, FailureGroup::count, FailureGroup::firstEpochNs)
        .containsExactly("shop.A.a(A.java:1)", 1L, NOW_NS);
  }

  @Test
  void refusedCallsAreGroupedByWhoCalledWhat() {
    Span caller = Spans.invocation("checkout", 1).build();
    store.append(
        List.of(
            caller,
            Spans.call(caller, 1).throttledBy("pricing", 2).build(),
            Spans.call(caller, 2).throttledBy("pricing", 1).build()));

    ThrottleGroup group = store.throttles(HOUR, 2).get(0);

    assertThat(store.throttles(HOUR, 2)).hasSize(1);
    assertThat(group.caller()).isEqualTo("checkout");
    assertThat(group.target()).isEqualTo("pricing");
    assertThat(group.reason()).isEqualTo("Rate");
    assertThat(group.calls()).isEqualTo(2);
    assertThat(group.counts()).containsExactly(0L, 3L);
    assertThat(store.throttles(new Scope(0, 1), 2)).isEmpty();
  }

  @Test
  void theFinishedRecordOfACallIsShownRatherThanTheOpenOne() {
    Span checkout = Spans.invocation("checkout", 1).build();
    store.append(
        List.of(Spans.call(checkout, 1).with("thaw.unfinished", true).lasting(900 * MS).build()));
    store.append(List.of(Spans.call(checkout, 1).build()));
    assertThat(store.trace(checkout.traceId()))
        .singleElement()
        .satisfies(span -> assertThat(span.unfinished()).isFalse());
  }

  private static Relation led(Span from, Span to) {
    return new Relation(from.traceId(), from.spanId(), to.traceId(), to.spanId());
  }

  @Test
  void aLinkIsFoundFromBothSides() {
    Span checkout = Spans.invocation("checkout", 1).build();
    Span send = Spans.call(checkout, 2).kind(Span.Kind.PRODUCER).build();
    Span fulfilment = Spans.invocation("fulfilment", 3).linkedTo(send).build();
    store.append(List.of(fulfilment));
    store.append(List.of(checkout, send));
    store.append(List.of(fulfilment));
    assertThat(store.relations(Set.of(checkout.traceId()))).containsExactly(led(send, fulfilment));
    assertThat(store.relations(Set.of(fulfilment.traceId())))
        .containsExactly(led(send, fulfilment));
    assertThat(store.relations(Set.of("0af7651916cd43dd8448eb211c80319c"))).isEmpty();
  }

  @Test
  void whoSentAMessageIsFoundByWhoeverReceivedIt() {
    Span checkout = Spans.invocation("checkout", 1).build();
    Span put = Spans.call(checkout, 2).with("thaw.message.ids", "item:1,item:2").build();
    Span projection =
        Spans.invocation("projection", 3)
            .with("thaw.message.ids", "key:9,item:2")
            .startingAt(NOW_NS + 100 * MS)
            .build();
    store.append(List.of(checkout, put, projection));
    assertThat(store.relations(Set.of(checkout.traceId()))).containsExactly(led(put, projection));
    assertThat(store.relations(Set.of(projection.traceId()))).containsExactly(led(put, projection));
  }

  @Test
  void ofTwoEqualWritesTheOneBeforeTheReceiverCounts() {
    Span checkout = Spans.invocation("checkout", 1).build();
    Span other = Spans.invocation("other", 4).build();
    Span before = Spans.call(checkout, 2).with("thaw.message.ids", "item:1").build();
    Span after =
        Spans.call(other, 5)
            .with("thaw.message.ids", "item:1")
            .startingAt(NOW_NS + 500 * MS)
            .build();
    Span projection =
        Spans.invocation("projection", 3)
            .with("thaw.message.ids", "item:1")
            .startingAt(NOW_NS + 100 * MS)
            .build();
    store.append(List.of(before, after, projection));
    assertThat(store.relations(Set.of(projection.traceId())))
        .containsExactly(led(before, projection));
    assertThat(store.relations(Set.of(after.traceId()))).isEmpty();
  }

  private static final long DAY_NS = 24 * 60 * Bucket.MINUTE_NS;
  private static final long ROOM = Long.MAX_VALUE;

  private static Keep keep(double share, long bytes) {
    return new Keep(Duration.ofDays(7), Duration.ofDays(30), share, Duration.ofDays(400), bytes);
  }

  private void pass(long ns) {
    clockNs += ns;
  }

  /** Appends something much later, so that what is there is not the newest any more. */
  private Span appendOnTheNextDay(int number) {
    pass(DAY_NS);
    Span later = Spans.invocation("later", number).startingAt(clockNs).build();
    store.append(List.of(later));
    return later;
  }

  @Test
  void ordinaryTracesGoWhenTheirTimeIsOverAndTheirCountsStay() {
    Span ordinary = Spans.invocation("checkout", 1).build();
    Span call = Spans.call(ordinary, 2).with("thaw.message.ids", "item:1").build();
    store.append(List.of(ordinary, call));
    Span later = appendOnTheNextDay(9);
    pass(5 * DAY_NS);
    assertThat(store.forget(keep(0, ROOM), clockNs)).isZero();
    assertThat(store.trace(ordinary.traceId())).hasSize(2);
    pass(3 * DAY_NS);
    assertThat(store.forget(keep(0, ROOM), clockNs)).isEqualTo(2);
    assertThat(store.trace(ordinary.traceId())).isEmpty();
    assertThat(invocations()).isEmpty();
    assertThat(sum("checkout").invocations()).isEqualTo(1);
    assertThat(store.trace(later.traceId())).containsExactly(later);
  }

  @Test
  void notableTracesStayWholeAndGoLater() {
    Span cold = Spans.invocation("checkout", 1).cold(0.5).build();
    Span ofCold = Spans.call(cold, 1).build();
    Span failed = Spans.invocation("pricing", 2).outcome("timeout").build();
    Span ordinary = Spans.invocation("checkout", 3).build();
    Span throttled = Spans.call(ordinary, 3).throttledBy("stock", 2).build();
    Span dull = Spans.invocation("checkout", 4).build();
    Span other = Spans.invocation("edge", 5).build();
    Span failedCall = Spans.call(other, 5).outcome("error").build();
    store.append(List.of(cold, ofCold, failed, ordinary, throttled, dull, other, failedCall));
    appendOnTheNextDay(9);
    pass(8 * DAY_NS);
    assertThat(store.forget(keep(0, ROOM), clockNs)).isEqualTo(1);
    assertThat(store.forget(keep(0, ROOM), clockNs)).isZero();
    assertThat(store.trace(cold.traceId())).containsExactly(cold, ofCold);
    assertThat(store.trace(failed.traceId())).containsExactly(failed);
    assertThat(store.trace(ordinary.traceId())).containsExactly(ordinary, throttled);
    assertThat(store.trace(other.traceId())).containsExactly(other, failedCall);
    assertThat(store.trace(dull.traceId())).isEmpty();
    assertThat(invocations()).hasSize(4);
    assertThat(store.countThrottles(HOUR, "stock")).isEqualTo(2);
    pass(30 * DAY_NS);
    assertThat(store.forget(keep(0, ROOM), clockNs)).isEqualTo(7);
    assertThat(invocations()).isEmpty();
    assertThat(store.trace(cold.traceId())).isEmpty();
    assertThat(store.countThrottles(HOUR, "stock")).isZero();
    assertThat(sum("checkout").coldStarts()).isEqualTo(1);
  }

  @Test
  void ofOrdinaryTracesAShareIsKeptWhole() {
    List<Span> batch = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      // Their last digits are spread, as those of random ids are.
      Span span = Spans.invocation("f", i * 40_503).build();
      batch.add(span);
      batch.add(Spans.call(span, i).build());
    }
    store.append(batch);
    appendOnTheNextDay(9);
    pass(8 * DAY_NS);
    store.forget(keep(0.25, ROOM), clockNs);
    List<Invocation> kept = invocations();
    assertThat(kept.size()).isBetween(60, 140);
    kept.forEach(invocation -> assertThat(store.trace(invocation.traceId())).hasSize(2));
  }

  @Test
  void whatIsTooMuchGoesOldestFirstAndTheNewestStays() {
    Span cold = Spans.invocation("checkout", 1).cold(0.5).build();
    store.append(List.of(cold, Spans.invocation("checkout", 2).build()));
    Span second = appendOnTheNextDay(9);
    assertThat(store.forget(keep(0, 0), clockNs)).isEqualTo(2);
    assertThat(store.trace(cold.traceId())).isEmpty();
    assertThat(store.trace(second.traceId())).containsExactly(second);
    assertThat(sum("checkout").invocations()).isEqualTo(2);
  }

  @Test
  void rollupsGoWhenTheirTimeIsOver() {
    store.append(List.of(Spans.invocation("checkout", 1).build()));
    pass(399 * DAY_NS);
    store.forget(keep(0, ROOM), clockNs);
    assertThat(sum("checkout").invocations()).isEqualTo(1);
    pass(2 * DAY_NS);
    store.forget(keep(0, ROOM), clockNs);
    assertThat(sum("checkout").invocations()).isZero();
  }

  @Test
  void whatWasKeptCountsOnceWhenItComesAgainAndIsThereAfterReopening() {
    Span cold = Spans.invocation("checkout", 1).cold(0.5).with("user.id", "u7").build();
    store.append(List.of(cold));
    appendOnTheNextDay(9);
    pass(8 * DAY_NS);
    store.forget(keep(0, ROOM), clockNs);
    store.append(List.of(cold));
    store.close();
    store = open();
    assertThat(store.trace(cold.traceId())).containsExactly(cold);
    assertThat(invocations()).hasSize(1);
    assertThat(sum("checkout").invocations()).isEqualTo(1);
  }

  @Test
  void attributesOfAllKindsComeBackHoweverFrequentTheyAre() {
    List<Span> all = new ArrayList<>();
    Span invocation = Spans.invocation("checkout", 1).build();
    for (int i = 0; i < 900; i++) {
      Spans call = Spans.call(invocation, i).startingAt(NOW_NS + i);
      call.with("always", "text " + i).with("AlwaysNumber", (long) i).with("share", i / 7.0);
      call.with("flag", i % 2 == 0).with("mixed", i % 3 == 0 ? (Object) "x" : (Object) (long) i);
      call.with("list", List.of("a", (long) i)).with("empty", "").with("quote\"d", "\"'\n");
      call.with("always".toUpperCase(java.util.Locale.ROOT), "another key");
      for (int rare = 0; rare < 100; rare++) {
        if (i < 300) {
          call.with("rare." + rare, "r" + i);
        }
      }
      all.add(call.build());
    }
    for (int i = 0; i < 900; i += 100) {
      store.append(all.subList(i, i + 100));
      if (i == 500) {
        store.close();
        store = open();
        pass(2 * DAY_NS);
      }
    }
    assertThat(store.trace(invocation.traceId())).containsExactlyElementsOf(all);
  }

  /** By a filter as people write it, whenever it was. */
  protected final List<TraceSummary> found(String filter) {
    return store.traces(
        new Store.TraceQuery(
            new Scope(0, Long.MAX_VALUE),
            Set.of(),
            null,
            false,
            0,
            null,
            FilterText.read(filter),
            100));
  }

  private List<String> matching(Filter filter) {
    return store
        .traces(new Store.TraceQuery(HOUR, Set.of(), null, false, 0, null, filter, 100))
        .stream()
        .map(TraceSummary::traceId)
        .toList();
  }

  private static Filter is(Filter.Field field, Filter.Operator operator, Object value) {
    return new Filter.OfField(field, operator, value);
  }

  private static Filter attribute(String key, Filter.Operator operator, Object value) {
    return new Filter.OfAttribute(false, key, operator, value);
  }

  @Test
  void aFilterFindsTracesByOneOfTheirSpans() {
    Span cold = Spans.invocation("checkout", 1).cold(0.5).lasting(3_000 * MS).build();
    Span call =
        Spans.call(cold, 1)
            .name("GET /stock")
            .with("user.id", "u'7")
            .with("code", 500L)
            .with("od\"d/k~y", "x")
            .with("share", 0.25)
            .with("flag", true)
            .build();
    Span warm = Spans.invocation("checkout", 2).with("code", "500").build();
    Span failed = Spans.invocation("pricing", 3).outcome("timeout").build();
    store.append(List.of(cold, call, warm, failed));
    String one = cold.traceId();
    String two = warm.traceId();
    String three = failed.traceId();
    Filter ofCheckout = is(Filter.Field.FUNCTION, Filter.Operator.EQUAL, "checkout");
    Filter isCold = is(Filter.Field.COLD, Filter.Operator.EQUAL, true);
    Filter slow = is(Filter.Field.DURATION, Filter.Operator.GREATER, 2_000 * MS);
    assertThat(matching(ofCheckout)).containsExactlyInAnyOrder(one, two);
    assertThat(matching(new Filter.All(List.of(ofCheckout, slow, isCold)))).containsExactly(one);
    assertThat(matching(new Filter.Not(ofCheckout))).containsExactly(three);
    assertThat(
            matching(
                is(Filter.Field.OUTCOME, Filter.Operator.EQUAL, (long) Outcome.TIMEOUT.ordinal())))
        .containsExactly(three);
    assertThat(matching(is(Filter.Field.NAME, Filter.Operator.CONTAINS, "get /S")))
        .containsExactly(one);
    assertThat(matching(attribute("user.id", Filter.Operator.EQUAL, "u'7"))).containsExactly(one);
    assertThat(matching(attribute("user.id", Filter.Operator.EQUAL, "u7"))).isEmpty();
    assertThat(matching(attribute("code", Filter.Operator.EQUAL, 500.0)))
        .containsExactlyInAnyOrder(one, two);
    assertThat(matching(attribute("code", Filter.Operator.AT_LEAST, 501.0))).isEmpty();
    assertThat(matching(attribute("share", Filter.Operator.LESS, 0.3))).containsExactly(one);
    assertThat(matching(attribute("flag", Filter.Operator.EQUAL, "true"))).containsExactly(one);
    assertThat(matching(attribute("od\"d/k~y", Filter.Operator.EQUAL, "x"))).containsExactly(one);
    assertThat(matching(new Filter.HasAttribute(false, "user.id"))).containsExactly(one);
    assertThat(
            matching(new Filter.OfAttribute(true, "faas.name", Filter.Operator.EQUAL, "pricing")))
        .containsExactly(three);
    // One span must be all of it, not one this and another one that.
    assertThat(
            matching(
                new Filter.All(List.of(isCold, attribute("code", Filter.Operator.EQUAL, 500.0)))))
        .isEmpty();
    assertThat(
            matching(
                new Filter.All(
                    List.of(isCold, attribute("faas.trigger", Filter.Operator.EQUAL, "http")))))
        .containsExactly(one);
  }

  @Test
  void aFilterFindsAttributesHoweverFrequentTheyAre() {
    for (int batch = 0; batch < 4; batch++) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        int number = batch * 300 + i;
        spans.add(Spans.invocation("f", number).with("user.id", "u" + number).build());
      }
      store.append(spans);
    }
    for (int number : new int[] {0, 299, 300, 1199}) {
      assertThat(matching(attribute("user.id", Filter.Operator.EQUAL, "u" + number)))
          .containsExactly(Spans.invocation("f", number).build().traceId());
    }
    assertThat(matching(attribute("user.id", Filter.Operator.EQUAL, "u1200"))).isEmpty();
  }

  private static Span in(String environment, String function, int number) {
    return Spans.invocation(function, number)
        .in("deployment.environment.name", environment)
        .outcome("error")
        .build();
  }

  @Test
  void whatIsAskedOfOneEnvironmentIsOnlyOfThat() {
    Span live = in("live", "checkout", 1);
    Span trial = in("trial", "checkout", 2);
    Span none = Spans.invocation("checkout", 3).build();
    store.append(
        List.of(
            live,
            trial,
            none,
            Spans.call(live, 1)
                .in("deployment.environment.name", "live")
                .throttledBy("stock", 2)
                .build()));

    Scope ofLive = HOUR.in("live");
    assertThat(store.environments(HOUR)).containsExactly("", "live", "trial");
    for (Grain grain : Grain.values()) {
      assertThat(store.rollups(ofLive, "checkout", grain))
          .singleElement()
          .satisfies(row -> assertThat(row.bucket().invocations()).isEqualTo(1));
      assertThat(store.rollups(HOUR, "checkout", grain))
          .singleElement()
          .satisfies(row -> assertThat(row.bucket().invocations()).isEqualTo(3));
    }
    assertThat(
            store.invocations(
                new Store.InvocationQuery(
                    ofLive, null, Set.of(), false, 0, Store.Order.NEWEST, 10)))
        .extracting(Invocation::traceId)
        .containsExactly(live.traceId());
    assertThat(store.traces(new Store.TraceQuery(ofLive, Set.of(), null, false, 0, null, null, 9)))
        .extracting(TraceSummary::traceId)
        .containsExactly(live.traceId());
    assertThat(store.chainSpans(ofLive.in("trial"), 10)).containsExactly(trial);
    assertThat(store.failures(new Store.FailureQuery(ofLive, null, Set.of(Outcome.ERROR), 1, 10)))
        .singleElement()
        .satisfies(group -> assertThat(group.count()).isEqualTo(1));
    assertThat(store.throttles(HOUR.in("trial"), 1)).isEmpty();
    assertThat(store.throttles(ofLive, 1)).hasSize(1);
    assertThat(store.rollups(HOUR.in(""), "checkout", Grain.MINUTE)).hasSize(1);
  }

  @Test
  void invocationsAreFoundByAFilter() {
    store.append(
        List.of(
            in("live", "checkout", 1),
            in("trial", "checkout", 2),
            Spans.invocation("pricing", 3).build()));
    Filter filter =
        new Filter.All(
            List.of(
                is(Filter.Field.FUNCTION, Filter.Operator.EQUAL, "checkout"),
                is(Filter.Field.ENVIRONMENT, Filter.Operator.EQUAL, "live")));
    assertThat(
            store.invocations(
                new Store.InvocationQuery(
                    HOUR, null, Set.of(), false, 0, Store.Order.NEWEST, 10, filter, null)))
        .extracting(Invocation::requestId)
        .containsExactly("request-1");
  }

  @Test
  void tracesAreCountedByWhenTheyBeganAndHowTheyCameOut() {
    Span early = Spans.invocation("checkout", 1).startingAt(NOW_NS - 30 * Bucket.MINUTE_NS).build();
    Span late = Spans.invocation("checkout", 2).startingAt(NOW_NS + 30 * Bucket.MINUTE_NS).build();
    Span failed =
        Spans.invocation("pricing", 3)
            .outcome("timeout")
            .startingAt(NOW_NS + 31 * Bucket.MINUTE_NS)
            .childOf(late)
            .build();
    Span other = Spans.invocation("other", 4).startingAt(NOW_NS).build();
    store.append(List.of(early, late, failed, other));
    Store.TraceQuery query =
        new Store.TraceQuery(HOUR, Set.of("checkout"), null, false, 0, null, null, 1);
    assertThat(store.traceCounts(query, 4))
        .containsExactly(new TraceCount(1, Outcome.OK, 1), new TraceCount(3, Outcome.TIMEOUT, 1));
  }

  @Test
  void aTraceIsFoundInWhicheverPartsItIs() {
    List<Span> first = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      first.add(Spans.invocation("checkout", i).build());
    }
    for (int part = 0; part < 4; part++) {
      store.append(first.subList(part * 100, part * 100 + 100));
      // The call of an invocation of the part before comes late.
      store.append(List.of(Spans.call(first.get(part * 100), 10_000 + part).build()));
      clockNs += 25 * 60 * Bucket.MINUTE_NS;
    }
    store.append(
        List.of(Spans.call(first.get(0), 20_000).build(), Spans.invocation("now", 20_001).build()));
    for (int i = 0; i < 400; i++) {
      String traceId = first.get(i).traceId();
      int calls = i == 0 ? 2 : i % 100 == 0 ? 1 : 0;
      assertThat(store.trace(traceId)).as("trace " + i).hasSize(1 + calls);
    }
    assertThat(store.trace(first.get(499).traceId())).isEmpty();
    assertThat(store.spans(Set.of(first.get(0).traceId(), first.get(301).traceId()), 10))
        .hasSize(4);
  }
}
