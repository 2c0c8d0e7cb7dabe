package dev.thaw.collector.query;

import dev.thaw.collector.analysis.Advice;
import dev.thaw.collector.analysis.Blame;
import dev.thaw.collector.analysis.InitProfile;
import dev.thaw.collector.analysis.Work;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why was this start slow? Thread-safe. */
public final class ColdStartQuestion {

  /** Warm invocations are looked for within this time on either side. */
  private static final long AROUND_NS = 3_600_000_000_000L;

  private static final int MOST_WARM = 500;
  private static final int MOST_ROWS = 20;

  private final Store store;

  public ColdStartQuestion(Store store) {
    this.store = store;
  }

  /** Empty when there is no such invocation, or its process did not start for it. */
  public Optional<Answers.ColdStartDetail> coldStart(String traceId, String spanId) {
    List<Span> trace = store.trace(traceId);
    Span span = trace.stream().filter(s -> s.spanId().equals(spanId)).findFirst().orElse(null);
    if (span == null || !Boolean.TRUE.equals(span.attributes().get("faas.coldstart"))) {
      return Optional.empty();
    }
    Span init =
        trace.stream()
            .filter(s -> s.parentSpanId().equals(spanId) && s.name().equals("init"))
            .findFirst()
            .orElse(null);
    return Invocation.of(span).map(invocation -> detail(invocation, span, init, trace));
  }

  private Answers.ColdStartDetail detail(
      Invocation invocation, Span span, @Nullable Span init, List<Span> trace) {
    InitProfile profile = null;
    String note = "";
    String encoded = init == null ? "" : init.text("thaw.init.profile");
    if (encoded.isEmpty()) {
      note = "This start carries no profile: it is switched off, or another agent sent the span.";
    } else {
      try {
        profile = InitProfile.decode(encoded);
      } catch (IllegalArgumentException e) {
        note = "The profile can't be read: " + e.getMessage();
      }
    }
    List<Invocation> others = others(invocation);
    return new Answers.ColdStartDetail(
        Questions.item(invocation),
        init == null ? "" : init.text("thaw.init.type"),
        Invocation.wasFelt(span),
        span.number("thaw.init.idle") * 1000,
        warmMs(others),
        phases(init, trace),
        new Answers.AgentItem(
            init == null ? 0 : init.number("thaw.agent.start") * 1000, sendMs(invocation, others)),
        profile == null ? List.of() : Advice.of(profile).stream().map(this::item).toList(),
        profile == null ? null : item(profile, init == null ? 0 : init.number("thaw.init.gc")),
        note);
  }

  private List<Invocation> others(Invocation of) {
    Scope around = new Scope(of.startEpochNs() - AROUND_NS, of.startEpochNs() + AROUND_NS);
    return store.invocations(
        new Store.InvocationQuery(
            around, of.function(), Set.of(), false, 0, Store.Order.NEWEST, MOST_WARM));
  }

  private static @Nullable Double warmMs(List<Invocation> others) {
    List<Long> warm =
        others.stream()
            .filter(i -> !i.cold() && i.initNs() == 0 && i.outcome() == Outcome.OK)
            .map(Invocation::durationNs)
            .sorted()
            .toList();
    return warm.isEmpty() ? null : warm.get(warm.size() / 2) / 1e6;
  }

  /** The next invocation of the environment says how long the sending of this one held it. */
  private @Nullable Double sendMs(Invocation first, List<Invocation> others) {
    return others.stream()
        .filter(i -> i.instance().equals(first.instance()))
        .filter(i -> i.startEpochNs() > first.startEpochNs())
        .min(Comparator.comparingLong(Invocation::startEpochNs))
        .flatMap(
            next ->
                store.trace(next.traceId()).stream()
                    .filter(span -> span.spanId().equals(next.spanId()))
                    .findFirst())
        .map(span -> span.number("thaw.agent.last_send") * 1000)
        .filter(ms -> ms > 0)
        .orElse(null);
  }

  private static List<Answers.PhaseItem> phases(@Nullable Span init, List<Span> trace) {
    List<Answers.PhaseItem> phases = new ArrayList<>();
    if (init != null) {
      trace.stream()
          .filter(span -> span.parentSpanId().equals(init.spanId()))
          .filter(span -> !span.text("thaw.phase").isEmpty())
          .sorted(Comparator.comparingLong(Span::startEpochNs).thenComparing(Span::endEpochNs))
          .forEach(
              span ->
                  phases.add(
                      new Answers.PhaseItem(
                          span.text("thaw.phase"),
                          (span.startEpochNs() - init.startEpochNs()) / 1e6,
                          span.durationNs() / 1e6)));
    }
    return phases;
  }

  private Answers.AdviceItem item(Advice advice) {
    return new Answers.AdviceItem(
        advice.rule(),
        advice.title(),
        advice.text(),
        advice.us() / 1e3,
        advice.places().stream()
            .map(place -> new Answers.ShareItem(place.frame(), place.us() / 1e3))
            .toList());
  }

  private static Answers.ProfileItem item(InitProfile profile, double gcSeconds) {
    Blame blame = Blame.of(profile);
    List<Answers.ShareItem> kinds = new ArrayList<>();
    blame.kinds().forEach(k -> kinds.add(new Answers.ShareItem(k.work().words(), k.us() / 1e3)));
    if (gcSeconds > 0) {
      kinds.add(new Answers.ShareItem(Work.GC.words(), gcSeconds * 1e3));
    }
    return new Answers.ProfileItem(
        profile.periodUs() / 1e3,
        profile.samples(),
        blame.totalUs() / 1e3,
        kinds,
        blame.jars().stream()
            .limit(MOST_ROWS)
            .map(
                of ->
                    new Answers.JarItem(
                        of.jar().name(), of.jar().version(), of.us() / 1e3, of.loadingUs() / 1e3))
            .toList(),
        blame.initialisers().stream()
            .limit(MOST_ROWS)
            .map(
                of ->
                    new Answers.InitialiserItem(
                        of.type(), of.jar().name(), of.ownUs() / 1e3, of.us() / 1e3))
            .toList(),
        profile.phases().stream().map(ColdStartQuestion::frame).toList());
  }

  private static Answers.FrameItem frame(InitProfile.Node node) {
    return new Answers.FrameItem(
        node.text(),
        node.jar().name(),
        node.totalUs() / 1e3,
        node.selfUs() / 1e3,
        node.children().stream().map(ColdStartQuestion::frame).toList());
  }
}
