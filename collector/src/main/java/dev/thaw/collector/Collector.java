package dev.thaw.collector;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.TlsProvider;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.encoding.EncodingService;
import dev.thaw.collector.alert.Alerting;
import dev.thaw.collector.journal.Commits;
import dev.thaw.collector.journal.DiskFiles;
import dev.thaw.collector.query.AgentQuestion;
import dev.thaw.collector.query.ChainsQuestion;
import dev.thaw.collector.query.ColdStartQuestion;
import dev.thaw.collector.query.CompareQuestion;
import dev.thaw.collector.query.FailuresQuestion;
import dev.thaw.collector.query.FunctionTotals;
import dev.thaw.collector.query.Questions;
import dev.thaw.collector.query.ThrottlesQuestion;
import dev.thaw.collector.query.TraceQuestion;
import dev.thaw.collector.receive.Bodies;
import dev.thaw.collector.receive.ImportService;
import dev.thaw.collector.receive.Intake;
import dev.thaw.collector.receive.Otlp;
import dev.thaw.collector.receive.Redaction;
import dev.thaw.collector.receive.ZipkinService;
import dev.thaw.collector.serve.Acceptor;
import dev.thaw.collector.serve.Access;
import dev.thaw.collector.serve.AlertsApi;
import dev.thaw.collector.serve.Api;
import dev.thaw.collector.serve.Certificate;
import dev.thaw.collector.serve.Condition;
import dev.thaw.collector.serve.Dashboard;
import dev.thaw.collector.serve.FunctionMetrics;
import dev.thaw.collector.serve.Guard;
import dev.thaw.collector.serve.JsonService;
import dev.thaw.collector.serve.Losses;
import dev.thaw.collector.store.LastTry;
import dev.thaw.collector.store.PassedOver;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import dev.thaw.collector.verdict.Verdicts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collector: wires the rooms in the order in which data flows, and runs until it is stopped.
 *
 * <p>{@link #close} takes nothing more, finishes what was taken, and closes the store.
 */
public final class Collector implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final long SEGMENT_BYTES = 16L << 20;
  private static final int VERDICT_INTERVAL_SECONDS = 2;
  private static final int FORGET_INTERVAL_SECONDS = 600;
  private static final Duration CERTIFICATE_INTERVAL = Duration.ofSeconds(5);
  private static final String HEALTH = "/health";
  private static final String METRICS = "/metrics";
  private static final String IMPORT = "/api/v1/import";

  /** Of the heap; another eighth holds what is decoded and waits for the store. */
  private static final int EIGHTHS_FOR_WHAT_COMES_IN = 3;

  /**
   * Longer than load balancers and senders that send once a minute keep a connection, so that it is
   * never ended just when they use it.
   */
  private static final Duration IDLE = Duration.ofSeconds(75);

  /** As much as is read at once; every part of a body costs the web server some work. */
  private static final int HTTP1_CHUNK_BYTES = 64 << 10;

  private final Store store;
  private final Intake intake;
  private final Alerting alerting;
  private final ScheduledExecutorService periodic =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "periodic"));
  private final Server server;

  /** Starts everything; returns when it serves. */
  public Collector(Settings settings) {
    long startedMs = System.currentTimeMillis();
    // The engine and the web server take as long as each other, and neither needs the other.
    CompletableFuture<Store> opening =
        CompletableFuture.supplyAsync(() -> Stores.open(settings.store, settings.data));
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ServerBuilder builder = beforeTheStore(settings, metrics, opening);
    store = opened(opening);
    Redaction redaction =
        new Redaction(settings.redactsSecrets, settings.redactsEmails, settings.redactKeys);
    intake = intake(settings, store, redaction);
    measure(metrics);
    Gauge.builder("thaw.intake.redacted", redaction, Redaction::redacted)
        .baseUnit("values")
        .description("Values out of which something secret was taken")
        .register(metrics);
    metrics
        .getPrometheusRegistry()
        .register(new FunctionMetrics(new FunctionTotals(store, startedMs * 1_000_000)));
    alerting = alerting(settings, metrics);
    Verdicts verdicts =
        new Verdicts(store, intake::add, TimeUnit.SECONDS.toNanos(settings.verdictGraceSeconds));
    every(
        VERDICT_INTERVAL_SECONDS,
        "Deciding about silent invocations",
        () -> verdicts.decide(System.currentTimeMillis() * 1_000_000));
    Counter forgotten =
        Counter.builder("thaw.store.forgotten")
            .baseUnit("spans")
            .description("Spans that were removed because they were older than they are kept")
            .register(metrics);
    every(
        FORGET_INTERVAL_SECONDS,
        "Removing what is too old",
        () ->
            intake.between(
                () ->
                    forgotten.increment(
                        store.forget(settings.keep, System.currentTimeMillis() * 1_000_000))));
    JsonService json = new JsonService(settings.queryLimit, metrics);
    Bodies bodies =
        new Bodies(
            settings.maxRequestBytes,
            Runtime.getRuntime().maxMemory() / 8 * EIGHTHS_FOR_WHAT_COMES_IN);
    Otlp.addTo(builder, intake, bodies, metrics);
    Bodies.route(builder)
        .path(ZipkinService.PATH)
        .build(new ZipkinService(intake, bodies, metrics));
    Bodies.route(builder)
        .path(IMPORT)
        .methods(HttpMethod.POST)
        .build(new ImportService(intake, bodies));
    new Api(
            new Questions(store, settings.prices),
            new ColdStartQuestion(store),
            new TraceQuestion(store),
            new ChainsQuestion(store),
            new FailuresQuestion(store),
            new ThrottlesQuestion(store),
            new CompareQuestion(store),
            new AgentQuestion(store),
            store,
            json,
            () -> new Losses(intake.damage().records(), intake.skippedSpans(), store.damage()),
            () -> Condition.of(startedMs, metrics, intake.waitingBytes(), settings.data))
        .addTo(builder);
    new AlertsApi(alerting, json).addTo(builder);
    server = builder.build();
    server.start().join();
  }

  private static Store opened(CompletableFuture<Store> opening) {
    try {
      return opening.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : e;
    }
  }

  /** A store that nobody will use is not left open. */
  private static ServerBuilder beforeTheStore(
      Settings settings, PrometheusMeterRegistry metrics, CompletableFuture<Store> opening) {
    try {
      return server(settings, metrics);
    } catch (RuntimeException e) {
      opened(opening).close();
      throw e;
    }
  }

  /** Health, metrics, and all ways in which spans come. */
  private static boolean isForPrograms(String path) {
    return path.equals(HEALTH) || path.equals(METRICS) || isForIngest(path);
  }

  private static boolean isForIngest(String path) {
    return Otlp.isPath(path) || path.equals(ZipkinService.PATH) || path.equals(IMPORT);
  }

  /** What of the server needs no store. */
  private static ServerBuilder server(Settings settings, PrometheusMeterRegistry metrics) {
    ServerBuilder builder = Server.builder();
    builder.bossGroupFactory(Acceptor::named);
    InetSocketAddress port = new InetSocketAddress(settings.bind, settings.port);
    InetSocketAddress grpcPort = new InetSocketAddress(settings.bind, settings.grpcPort);
    if (settings.tlsCertificate != null && settings.tlsKey != null) {
      builder.https(port).https(grpcPort);
      Certificate certificate = new Certificate(settings.tlsCertificate, settings.tlsKey);
      builder.tlsProvider(TlsProvider.ofScheduled(certificate::now, CERTIFICATE_INTERVAL));
    } else {
      builder.http(port).http(grpcPort);
    }
    builder.requestTimeoutMillis(TimeUnit.SECONDS.toMillis(settings.requestSeconds));
    builder.idleTimeout(IDLE);
    builder.maxNumConnections(settings.maxConnections);
    builder.http1MaxChunkSize(HTTP1_CHUNK_BYTES);
    builder.service(
        HEALTH,
        (context, request) ->
            HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, "{\"status\":\"ok\"}"));
    builder.service(
        METRICS,
        (context, request) ->
            HttpResponse.of(
                CompletableFuture.supplyAsync(metrics::scrape, context.blockingTaskExecutor())
                    .thenApply(
                        text -> HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, text))));
    Dashboard.addTo(builder);
    Access.of(
            settings.tokens,
            settings.login,
            settings.data,
            settings.tlsCertificate != null || settings.url.startsWith("https://"),
            Collector::isForIngest)
        .addTo(builder);
    builder.decorator(EncodingService.newDecorator());
    builder.decorator(Guard.of(settings.hosts, Collector::isForPrograms));
    return builder;
  }

  private static Intake intake(Settings settings, Store store, Redaction redaction) {
    try {
      return new Intake(
          store,
          new DiskFiles(settings.data.resolve("journal")),
          new LastTry(settings.data.resolve("last-try")),
          new PassedOver(settings.data.resolve("passed-over")),
          new Intake.Limits(
              SEGMENT_BYTES, settings.journalBytes, settings.maxQueueBytes, settings.minFreeBytes),
          redaction);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The journal's folder in " + settings.data + " can't be made: " + e.getMessage(), e);
    }
  }

  /** A file of rules that can't be used must not leave the store open behind it. */
  private Alerting alerting(Settings settings, MeterRegistry metrics) {
    try {
      return new Alerting(
          store,
          new Alerting.Setup(
              settings.alerts,
              settings.data,
              settings.url,
              Duration.ofSeconds(settings.alertIntervalSeconds),
              settings.prices),
          System::getenv,
          metrics);
    } catch (IllegalArgumentException e) {
      periodic.shutdown();
      intake.close();
      store.close();
      throw e;
    }
  }

  private void measure(MeterRegistry metrics) {
    Gauge.builder("thaw.intake.waiting", intake, Intake::waitingBytes)
        .baseUnit("bytes")
        .description("Requests that wait for the disk or the store")
        .register(metrics);
    Gauge.builder("thaw.index.skipped", intake, Intake::skippedSpans)
        .baseUnit("spans")
        .description("Spans that the store could not take; they are in the journal")
        .register(metrics);
    Gauge.builder("thaw.journal.missing", intake, known -> known.damage().records())
        .baseUnit("records")
        .description("Acknowledged requests that the journal has lost before the database had them")
        .register(metrics);
    Gauge.builder("thaw.journal.unreadable", intake, known -> known.damage().bytes())
        .baseUnit("bytes")
        .description("Bytes of the journal that could not be read")
        .register(metrics);
    Gauge.builder("thaw.store.damaged", store, known -> known.damage().isEmpty() ? 0 : 1)
        .description(
            "Whether the database was damaged and set aside since the start, or can't be read in parts")
        .register(metrics);
    FunctionCounter.builder("thaw.store.appended", intake, Intake::appendedSpans)
        .baseUnit("spans")
        .description("Spans that the database has taken; what came twice counts twice")
        .register(metrics);
    time(
        metrics,
        "thaw.journal.commit",
        "Requests forced to the disk, as many at once as had come",
        Intake::journalCommits);
    time(
        metrics,
        "thaw.store.commit",
        "Transactions of the database, each with what had gathered",
        Intake::storeCommits);
  }

  private void time(
      MeterRegistry metrics, String name, String description, Function<Intake, Commits> commits) {
    FunctionTimer.builder(
            name,
            intake,
            known -> commits.apply(known).count(),
            known -> commits.apply(known).totalNs(),
            TimeUnit.NANOSECONDS)
        .description(description)
        .register(metrics);
  }

  /** Does it again and again; what goes wrong once is logged, and does not end it. */
  private void every(int seconds, String what, Runnable task) {
    periodic.scheduleWithFixedDelay(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.error("{} failed", what, e);
          }
        },
        seconds,
        seconds,
        TimeUnit.SECONDS);
  }

  public int port() {
    return server.activeLocalPort();
  }

  /** Completed when questions see everything that was acknowledged so far. */
  public CompletableFuture<Void> settled() {
    return intake.settled();
  }

  @Override
  public void close() {
    server.stop().join();
    periodic.shutdown();
    alerting.close();
    intake.close();
    store.close();
  }

  public static void main(String[] args) {
    try {
      SettingSources sources = new SettingSources();
      Map<String, String> values = sources.read(args, System.getenv());
      if (values == null) {
        System.out.print(sources.help());
        return;
      }
      Settings settings = Settings.read(values);
      Collector collector = new Collector(settings);
      Runtime.getRuntime().addShutdownHook(new Thread(collector::close, "shutdown"));
      String host = settings.bind.equals("0.0.0.0") ? "localhost" : settings.bind;
      String scheme = settings.tlsKey == null ? "http" : "https";
      System.out.println(
          "Thaw collects and serves at " + scheme + "://" + host + ":" + collector.port());
      System.out.println("Data: " + settings.data);
    } catch (IllegalArgumentException e) {
      System.err.println("thaw collector: " + e.getMessage());
      System.exit(2);
    } catch (CompletionException e) {
      System.err.println("thaw collector: the port can't be opened: " + e.getCause());
      System.exit(2);
    }
  }
}
