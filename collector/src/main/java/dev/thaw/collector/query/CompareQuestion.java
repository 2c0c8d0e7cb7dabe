package dev.thaw.collector.query;

import dev.thaw.collector.analysis.Contrast;
import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What differs between two sets of invocations, such as slow ones and the rest? Thread-safe. */
public final class CompareQuestion {

  /** Of each side the newest so many are counted. */
  private static final int MOST = 1000;

  /** Of each side the traces of so many are read. */
  private static final int MOST_READ = 100;

  private static final int MOST_SPANS = 20_000;
  private static final int MOST_ROWS = 40;

  private final Store store;

  public CompareQuestion(Store store) {
    this.store = store;
  }

  /**
   * @throws IllegalArgumentException when a filter asks for something that invocations don't have
   */
  public Answers.Comparison compare(Scope scope, Filter first, Filter second) {
    List<Invocation> ofFirst = find(scope, first, "a");
    List<Invocation> ofSecond = find(scope, second, "b");
    List<Contrast.Case> firstCases = cases(ofFirst);
    List<Contrast.Case> secondCases = cases(ofSecond);
    boolean isOneSided = firstCases.isEmpty() || secondCases.isEmpty();
    return new Answers.Comparison(
        side(ofFirst, firstCases.size()),
        side(ofSecond, secondCases.size()),
        isOneSided
            ? List.of()
            : Contrast.parts(firstCases, secondCases).stream()
                .limit(MOST_ROWS)
                .map(
                    part ->
                        new Answers.ComparedPart(
                            part.name(),
                            part.ns0() / 1e6,
                            part.ns1() / 1e6,
                            part.share0(),
                            part.share1(),
                            part.longest().traceId(),
                            part.longest().spanId()))
                .toList(),
        isOneSided
            ? List.of()
            : Contrast.traits(firstCases, secondCases).stream()
                .limit(MOST_ROWS)
                .map(
                    trait ->
                        new Answers.ComparedTrait(
                            trait.key(), trait.value(), trait.share0(), trait.share1()))
                .toList());
  }

  private List<Invocation> find(Scope scope, Filter filter, String name) {
    if (!filter.isAboutInvocations()) {
      throw new IllegalArgumentException(
          name
              + " may ask only for what an invocation has: "
              + Arrays.stream(Filter.Field.values())
                  .filter(Filter.Field::ofInvocation)
                  .map(Filter.Field::word)
                  .collect(Collectors.joining(", ")));
    }
    return store.invocations(
        new Store.InvocationQuery(
            scope, null, Set.of(), false, 0, Store.Order.NEWEST, MOST, filter, null));
  }

  private List<Contrast.Case> cases(List<Invocation> invocations) {
    List<Invocation> read = invocations.subList(0, Math.min(MOST_READ, invocations.size()));
    Set<String> traceIds = read.stream().map(Invocation::traceId).collect(Collectors.toSet());
    Map<String, List<Span>> traces = Span.byTrace(store.spans(traceIds, MOST_SPANS));
    List<Contrast.Case> cases = new ArrayList<>();
    for (Invocation invocation : read) {
      List<Span> trace = traces.getOrDefault(invocation.traceId(), List.of());
      trace.stream()
          .filter(span -> span.spanId().equals(invocation.spanId()))
          .findFirst()
          .ifPresent(span -> cases.add(new Contrast.Case(span, trace)));
    }
    return cases;
  }

  private static Answers.ComparedSide side(List<Invocation> invocations, int read) {
    Histogram micros = new Histogram(3);
    Histogram inits = new Histogram(3);
    int cold = 0;
    int failed = 0;
    for (Invocation invocation : invocations) {
      micros.recordValue(Math.max(0, invocation.durationNs() / 1000));
      if (invocation.cold()) {
        cold++;
        inits.recordValue(invocation.initNs() / 1000);
      }
      failed += invocation.outcome().isFailure() ? 1 : 0;
    }
    return new Answers.ComparedSide(
        invocations.size(),
        invocations.size() < MOST,
        read,
        cold,
        failed,
        invocations.isEmpty() ? null : Answers.Percentiles.ofMicros(micros),
        cold == 0 ? null : Answers.Percentiles.ofMicros(inits));
  }
}
