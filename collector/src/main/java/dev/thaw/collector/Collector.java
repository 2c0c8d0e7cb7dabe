package dev.thaw.collector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.encoding.EncodingService;
import dev.thaw.collector.alert.Alert;
import dev.thaw.collector.alert.Evaluator;
import dev.thaw.collector.alert.RulesFile;
import dev.thaw.collector.alert.channel.Channels;
import dev.thaw.collector.query.ChainsQuestion;
import dev.thaw.collector.query.ColdStartQuestion;
import dev.thaw.collector.query.Questions;
import dev.thaw.collector.query.TraceQuestion;
import dev.thaw.collector.receive.ImportService;
import dev.thaw.collector.receive.OtlpHttpService;
import dev.thaw.collector.serve.Api;
import dev.thaw.collector.serve.Dashboard;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import dev.thaw.collector.store.Writer;
import dev.thaw.collector.verdict.Verdicts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collector: wires the rooms in the order in which data flows, and runs until it is stopped.
 *
 * <p>{@link #close} takes nothing more, finishes what was taken, and closes the store.
 */
public final class Collector implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERDICT_INTERVAL_SECONDS = 2;

  private final Store store;
  private final Writer writer;
  private final Channels channels;
  private final ScheduledExecutorService periodic =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "periodic"));
  private final Server server;

  /** Starts everything; returns when it serves. */
  public Collector(Settings settings) {
    RulesFile rules = settings.alerts == null ? RulesFile.NONE : RulesFile.read(settings.alerts);
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    store = Stores.open(settings.store, settings.data);
    writer = new Writer(store, settings.maxQueueBytes);
    Gauge.builder("thaw.writer.queued.bytes", writer, Writer::queuedBytes).register(metrics);
    channels = new Channels(rules.webhooks(), metrics);
    Evaluator evaluator = new Evaluator(rules.rules(), store, this::send);
    every(
        settings.alertIntervalSeconds,
        "Evaluating the alert rules",
        () -> evaluator.evaluate(System.currentTimeMillis()));
    Verdicts verdicts =
        new Verdicts(store, writer, TimeUnit.SECONDS.toNanos(settings.verdictGraceSeconds));
    every(
        VERDICT_INTERVAL_SECONDS,
        "Deciding about silent invocations",
        () -> verdicts.decide(System.currentTimeMillis() * 1_000_000));
    server =
        server(
            settings,
            new OtlpHttpService(writer, settings.maxRequestBytes, metrics),
            new ImportService(writer),
            new Api(
                new Questions(store),
                new ColdStartQuestion(store),
                new TraceQuestion(store),
                new ChainsQuestion(store),
                evaluator),
            metrics);
    server.start().join();
  }

  private static Server server(
      Settings settings,
      OtlpHttpService otlp,
      ImportService logs,
      Api api,
      PrometheusMeterRegistry metrics) {
    ServerBuilder builder = Server.builder();
    builder.http(new InetSocketAddress(settings.bind, settings.port));
    builder.maxRequestLength(settings.maxRequestBytes);
    builder.requestTimeoutMillis(TimeUnit.SECONDS.toMillis(60));
    builder.service(Route.builder().path("/v1/traces").methods(HttpMethod.POST).build(), otlp);
    builder.service(Route.builder().path("/api/v1/import").methods(HttpMethod.POST).build(), logs);
    api.addTo(builder);
    builder.service(
        "/health",
        (context, request) ->
            HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, "{\"status\":\"ok\"}"));
    builder.service(
        "/metrics",
        (context, request) ->
            HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, metrics.scrape()));
    Dashboard.addTo(builder);
    builder.decorator(EncodingService.newDecorator());
    return builder.build();
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

  private void send(Alert alert) {
    LOG.info(
        "Alert {} for {}: {} ({} {} within {} s)",
        alert.rule(),
        alert.function(),
        alert.state(),
        alert.value(),
        alert.kind(),
        alert.windowSeconds());
    try {
      channels.send(JSON.writeValueAsString(alert));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An alert is always JSON", e);
    }
  }

  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    server.stop().join();
    periodic.shutdown();
    channels.close();
    writer.close();
    store.close();
  }

  public static void main(String[] args) {
    try {
      Settings settings = Settings.read(System.getenv());
      Collector collector = new Collector(settings);
      Runtime.getRuntime().addShutdownHook(new Thread(collector::close, "shutdown"));
      String host = settings.bind.equals("0.0.0.0") ? "localhost" : settings.bind;
      System.out.println("Thaw collects and serves at http://" + host + ":" + collector.port());
      System.out.println("Data: " + settings.data);
    } catch (IllegalArgumentException e) {
      System.err.println("thaw collector: " + e.getMessage());
      System.exit(2);
    } catch (java.util.concurrent.CompletionException e) {
      System.err.println("thaw collector: the port can't be opened: " + e.getCause());
      System.exit(2);
    }
  }
}
