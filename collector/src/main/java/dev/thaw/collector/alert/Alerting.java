package dev.thaw.collector.alert;

import dev.thaw.collector.alert.Preview.Result;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about alerts, put together: evaluates the rules on a thread of its own, tells the
 * channels, keeps what outlives a restart, and answers what the dashboard asks. Thread-safe.
 */
public final class Alerting implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_SILENCE = Duration.ofDays(90);
  private static final int MOST_SILENCES = 1_000;
  private static final int LONGEST_TEXT = 500;

  /**
   * @param file the operator's rules and channels, or null
   * @param folder keeps what outlives a restart, and the editor's rules
   * @param url by which people reach the dashboard, without a slash at its end
   * @param interval between two evaluations
   */
  public record Setup(
      @Nullable Path file, Path folder, String url, Duration interval, Prices prices) {}

  private final Store store;
  private final Setup setup;
  private final RuleBook book;
  private final Evaluator evaluator;
  private final Notifier notifier;
  private final Outbox outbox;
  private final Path keptFile;
  private final List<Silence> silences = new ArrayList<>();
  private final Timer evaluations;
  private final MultiGauge firing;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "alerts"));
  private volatile boolean isChanged;
  private long keptMs;
  private long refreshedMs;
  private volatile double tookMs;

  /**
   * Begins to evaluate after one interval.
   *
   * @throws IllegalArgumentException when the file can't be used; the message says what is wrong
   */
  public Alerting(
      Store store, Setup setup, UnaryOperator<String> environment, MeterRegistry metrics) {
    this.store = store;
    this.setup = setup;
    book = new RuleBook(setup.file(), setup.folder().resolve("dashboard-rules.yaml"), environment);
    keptFile = setup.folder().resolve("alerts.json");
    Kept kept = Kept.read(keptFile);
    silences.addAll(kept.silences());
    evaluator =
        new Evaluator(
            store,
            store::rollups,
            setup.prices(),
            System.currentTimeMillis(),
            kept.evaluatedMs(),
            kept.alerts());
    notifier = new Notifier(new Links(setup.url()), kept.groups());
    outbox = new Outbox(kept.deliveries(), metrics, () -> isChanged = true, FIRST_PAUSE);
    outbox.use(book.channels());
    evaluations =
        Timer.builder("thaw.alert.evaluation")
            .description("Time that one evaluation of all rules took")
            .register(metrics);
    firing =
        MultiGauge.builder("thaw.alert.firing")
            .description("Functions for which a rule fires")
            .register(metrics);
    long ms = setup.interval().toMillis();
    thread.scheduleWithFixedDelay(this::tick, ms, ms, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      if (book.reload()) {
        outbox.use(book.channels());
      }
      evaluate(System.currentTimeMillis());
    } catch (RuntimeException e) {
      LOG.error("Evaluating the alert rules failed", e);
    }
  }

  private void evaluate(long nowMs) {
    long begun = System.nanoTime();
    List<Rule> rules = book.rules();
    List<Stage> before = stages();
    List<Alert> resolved = evaluator.evaluate(rules, nowMs);
    List<Alert> current = current();
    tell(current, resolved, !stages().equals(before), nowMs);
    long tookNs = System.nanoTime() - begun;
    tookMs = tookNs / 1e6;
    evaluations.record(tookNs, TimeUnit.NANOSECONDS);
    measure(rules, current);
  }

  /** What must be on disk at once; how long something holds is kept once a minute. */
  private record Stage(Alert.Key key, String state, long sinceMs) {}

  private List<Stage> stages() {
    return evaluator.alerts().stream()
        .map(alert -> new Stage(alert.key(), alert.state(), alert.sinceMs()))
        .toList();
  }

  private synchronized void tell(
      List<Alert> current, List<Alert> resolved, boolean isNew, long nowMs) {
    boolean isExpired = silences.removeIf(silence -> silence.untilMs() <= nowMs);
    List<Notifier.Sending> sendings =
        notifier.tick(current, resolved, silences, book.grouping(), book.channelsOfRules(), nowMs);
    for (Notifier.Sending sending : sendings) {
      LOG.info("{}", sending.message().headline());
      outbox.add(sending.channels(), sending.message());
    }
    if (outbox.wantsRefresh() && nowMs - refreshedMs >= Recent.MINUTE_MS) {
      refreshedMs = nowMs;
      List<Alert> told =
          current.stream()
              .filter(alert -> alert.isFiring() && !Notifier.isSilenced(alert, silences, nowMs))
              .toList();
      if (!told.isEmpty()) {
        outbox.refresh(notifier.refresh(told, nowMs));
      }
    }
    if (isNew
        || isExpired
        || isChanged
        || !sendings.isEmpty()
        || nowMs - keptMs >= Recent.MINUTE_MS) {
      keep(nowMs);
    }
  }

  private List<Alert> current() {
    return evaluator.alerts().stream()
        .filter(alert -> !alert.state().equals(Alert.RESOLVED))
        .toList();
  }

  private void measure(List<Rule> rules, List<Alert> current) {
    Map<String, Integer> counts = new HashMap<>();
    current.stream()
        .filter(Alert::isFiring)
        .forEach(alert -> counts.merge(alert.rule(), 1, Integer::sum));
    firing.register(
        rules.stream()
            .<MultiGauge.Row<?>>map(
                rule ->
                    MultiGauge.Row.of(
                        Tags.of("rule", rule.name()), counts.getOrDefault(rule.name(), 0)))
            .toList(),
        true);
  }

  private void keep(long nowMs) {
    keptMs = nowMs;
    isChanged = false;
    Kept kept =
        new Kept(
            evaluator.evaluatedMs(),
            evaluator.alerts(),
            notifier.groups(),
            List.copyOf(silences),
            outbox.waiting());
    try {
      kept.write(keptFile);
    } catch (IOException e) {
      isChanged = true;
      LOG.error("The states of alerts can't be written to {}", keptFile, e);
    }
  }

  // What the dashboard asks and says

  /** A rule as its editor shows it. */
  public record RuleItem(
      Map<String, String> fields, List<String> channels, String sentence, String file) {}

  /**
   * A kind of rules, and what holds when a rule says nothing else.
   *
   * @param form what a threshold looks like
   * @param percentile p50 to p100, or empty when it has none
   */
  public record KindItem(
      String kind,
      String unit,
      String form,
      String threshold,
      String window,
      String percentile,
      int minimum) {}

  /** A message that did not get through. */
  public record WaitingItem(
      String channel, String headline, long sentMs, int attempts, String error) {}

  /** An alert, and whether anybody is told of it. */
  public record AlertItem(Alert alert, boolean silenced, List<String> channels) {}

  /**
   * All that the page of alerts shows.
   *
   * @param problems what is wrong with the operator's file as it is now
   * @param file the operator's file, or empty
   */
  public record View(
      List<AlertItem> alerts,
      List<RuleItem> rules,
      List<KindItem> kinds,
      List<Silence> silences,
      List<Outbox.Standing> channels,
      List<WaitingItem> waiting,
      List<WaitingItem> givenUp,
      List<Problem> problems,
      String file,
      long evaluatedMs,
      double tookMs) {}

  public synchronized View view() {
    long nowMs = System.currentTimeMillis();
    Map<String, List<String>> channels = book.channelsOfRules();
    return new View(
        evaluator.alerts().stream()
            .map(
                alert ->
                    new AlertItem(
                        alert,
                        Notifier.isSilenced(alert, silences, nowMs),
                        channels.getOrDefault(alert.rule(), List.of())))
            .toList(),
        book.rules().stream()
            .map(
                rule ->
                    new RuleItem(
                        RuleWriter.fields(rule),
                        rule.channels(),
                        rule.sentence(),
                        book.isOfEditor(rule.name()) ? "" : book.fileName()))
            .toList(),
        Arrays.stream(Kind.values()).map(Alerting::item).toList(),
        silences.stream().sorted(Comparator.comparingLong(Silence::untilMs)).toList(),
        outbox.standings(),
        items(outbox.waiting()),
        items(outbox.givenUp()),
        book.problems(),
        book.fileName(),
        evaluator.evaluatedMs(),
        tookMs);
  }

  private static KindItem item(Kind kind) {
    return new KindItem(
        kind.word(),
        kind.unit().word(),
        kind.unit().form(),
        RuleWriter.exactly(kind.unit(), kind.threshold()),
        RuleWriter.exactly(Unit.DURATION, kind.window().toMillis()),
        kind.hasPercentile() ? RuleWriter.percentile(kind.percentile()) : "",
        kind.minimum());
  }

  private static List<WaitingItem> items(List<Outbox.Delivery> deliveries) {
    return deliveries.stream()
        .filter(delivery -> delivery.attempts() > 0)
        .map(
            delivery ->
                new WaitingItem(
                    delivery.channel(),
                    delivery.message().headline(),
                    delivery.message().sentMs(),
                    delivery.attempts(),
                    delivery.error()))
        .toList();
  }

  /** All rules as one YAML file. */
  public String export() {
    return RuleWriter.yaml(book.rules());
  }

  /**
   * Adds a rule, or puts it in the place of another one.
   *
   * @param text the rule's fields, as YAML or JSON
   * @param replaced the name of the rule that it takes the place of, or empty
   * @throws IllegalArgumentException when there is something wrong with it
   */
  public void save(String text, String replaced) {
    Rule rule = RulesFile.rule(text);
    try {
      book.save(rule, replaced);
    } catch (IOException e) {
      throw new IllegalStateException("The rules can't be written: " + e.getMessage(), e);
    }
  }

  /**
   * @return whether there was such a one
   * @throws IllegalArgumentException when it stands in the operator's file
   */
  public boolean remove(String name) {
    if (!book.isOfEditor(name)
        && book.rules().stream().anyMatch(rule -> rule.name().equals(name))) {
      throw new IllegalArgumentException(
          "the rule '" + name + "' stands in " + book.fileName() + "; remove it there");
    }
    try {
      return book.remove(name);
    } catch (IOException e) {
      throw new IllegalStateException("The rules can't be written: " + e.getMessage(), e);
    }
  }

  /**
   * When a rule would have fired.
   *
   * @param text the rule's fields, as YAML or JSON
   * @param fromMs since when, at most seven days back
   * @throws IllegalArgumentException when there is something wrong with it
   */
  public Result preview(String text, long fromMs) {
    return preview(RulesFile.rule(text), fromMs);
  }

  /** Of a whole file, each rule by itself. Its channels are not looked at. */
  public List<Result> previewFile(String text, long fromMs) {
    return RulesFile.rules(text).stream().map(rule -> preview(rule, fromMs)).toList();
  }

  private Result preview(Rule rule, long fromMs) {
    return new Preview(
            store::rollups,
            new Members(store),
            setup.prices(),
            new Links(setup.url()),
            book.grouping())
        .of(rule, fromMs, System.currentTimeMillis());
  }

  public List<Suggestions.Suggestion> suggestions(String function) {
    return new Suggestions(store::rollups, setup.prices()).of(function, System.currentTimeMillis());
  }

  /**
   * Tells nobody of some alerts for a while.
   *
   * @param by who says so, or empty
   * @throws IllegalArgumentException when there is something wrong with it
   */
  public synchronized Silence silence(
      String rule, String function, long untilMs, String why, String by) {
    long nowMs = System.currentTimeMillis();
    if (rule.isEmpty() || function.isEmpty()) {
      throw new IllegalArgumentException("a silence needs a rule and a function; * is all of them");
    }
    if (rule.equals("*") && function.equals("*") && why.isBlank()) {
      throw new IllegalArgumentException("say why everything is silenced");
    }
    if (rule.length() > LONGEST_TEXT
        || function.length() > LONGEST_TEXT
        || why.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("at most " + LONGEST_TEXT + " characters");
    }
    if (untilMs <= nowMs || untilMs > nowMs + LONGEST_SILENCE.toMillis()) {
      throw new IllegalArgumentException(
          "a silence ends between now and " + LONGEST_SILENCE.toDays() + " days from now");
    }
    if (silences.size() >= MOST_SILENCES) {
      throw new IllegalArgumentException(
          "there are " + MOST_SILENCES + " silences, which is the most");
    }
    Silence made =
        new Silence(UUID.randomUUID().toString(), rule, function, nowMs, untilMs, why.strip(), by);
    silences.add(made);
    keep(nowMs);
    return made;
  }

  /**
   * @return whether there was such a one
   */
  public synchronized boolean endSilence(String id) {
    boolean was = silences.removeIf(silence -> silence.id().equals(id));
    if (was) {
      keep(System.currentTimeMillis());
    }
    return was;
  }

  /** To be called before the store is closed. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      outbox.close();
      keep(System.currentTimeMillis());
    }
  }
}
