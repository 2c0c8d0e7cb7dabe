package dev.thaw.collector.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.thaw.collector.alert.RulesException;
import dev.thaw.collector.query.FilterException;
import dev.thaw.collector.store.Patience;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns questions and changes into HTTP: an answer as JSON, a wrong parameter as a 400 that says
 * what to write, something that is not there as a 404, and what takes too long as a 503.
 */
public final class JsonService {

  private static final Logger LOG = LoggerFactory.getLogger(JsonService.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LOOK_MS = 200;
  private static final int LONGEST_BODY = 1 << 20;
  private static final int MOST_AT_ONCE = 200;
  private static final int IDLE_S = 60;

  /**
   * One question: from the parameters to an object that becomes JSON; null when there is no such
   * thing.
   */
  interface Question {
    @Nullable Object answer(Parameters parameters);
  }

  /** An answer that is no JSON. */
  record Bytes(MediaType type, byte[] bytes, Map<String, String> headers) {}

  /** One change, or a question that is too long for an address. */
  interface Change {
    @Nullable Object answer(Parameters parameters, String body) throws IOException;
  }

  /** As OpenTelemetry's conventions advise for it. */
  private static final Duration[] BOUNDS =
      IntStream.of(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Duration limit;

  /**
   * The thread that became free last answers next, for what it used is in the caches still: those
   * of the server's own pool take turns, two hundred of them, and took a tenth longer.
   */
  private final Executor threads;

  /** OpenTelemetry's conventions for HTTP metrics, «http.server.request.duration». */
  private final Meter.MeterProvider<Timer> durations;

  /**
   * @param limit how long the answer to one question may take
   */
  public JsonService(Duration limit, MeterRegistry metrics) {
    this(limit, metrics, MOST_AT_ONCE);
  }

  /**
   * @param atOnce how many may be asked before one is answered
   */
  JsonService(Duration limit, MeterRegistry metrics, int atOnce) {
    this.limit = limit;
    threads =
        new ThreadPoolExecutor(
            0,
            atOnce,
            IDLE_S,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            ThreadFactories.newThreadFactory("questions", true));
    durations =
        Timer.builder("http.server.request.duration")
            .description("Questions and changes of the API, from request to answer")
            .serviceLevelObjectives(BOUNDS)
            .withRegistry(metrics);
  }

  HttpService get(Question question) {
    return (context, request) -> {
      measure(context);
      return request.method() == HttpMethod.GET
          ? HttpResponse.of(
              later(() -> answer((parameters, body) -> question.answer(parameters), "", context)))
          : error(HttpStatus.METHOD_NOT_ALLOWED, "Only GET is served here");
    };
  }

  private void measure(ServiceRequestContext context) {
    context
        .log()
        .whenComplete()
        .thenAccept(
            log ->
                durations
                    .withTags(
                        "http.route",
                        context.config().route().patternString(),
                        "http.request.method",
                        context.method().name(),
                        "http.response.status_code",
                        log.responseStatus().codeAsText())
                    .record(log.totalDurationNanos(), TimeUnit.NANOSECONDS));
  }

  /** For POST and DELETE. */
  HttpService change(Change change) {
    return (context, request) -> {
      measure(context);
      return HttpResponse.of(
          request
              .aggregate()
              .thenCompose(
                  whole ->
                      whole.content().length() > LONGEST_BODY
                          ? CompletableFuture.completedFuture(
                              error(
                                  HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                                  "At most " + LONGEST_BODY + " bytes are taken"))
                          : later(() -> answer(change, whole.contentUtf8(), context))));
    };
  }

  private CompletableFuture<HttpResponse> later(Supplier<HttpResponse> answer) {
    try {
      return CompletableFuture.supplyAsync(answer, threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(
          error(HttpStatus.SERVICE_UNAVAILABLE, "Too many questions are being asked at once"));
    }
  }

  private HttpResponse answer(Change change, String body, ServiceRequestContext context) {
    if (context.isCancelled()) {
      return error(HttpStatus.SERVICE_UNAVAILABLE, "Nobody waits for the answer any more");
    }
    try (Patience patience = Patience.begin()) {
      long end = System.nanoTime() + limit.toNanos();
      Runnable look =
          () -> {
            if (context.isCancelled() || System.nanoTime() - end > 0) {
              patience.giveUp();
            }
          };
      // Again and again: one question may be several for the store, and each begins anew.
      Future<?> looking =
          context.eventLoop().scheduleAtFixedRate(look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
      try {
        return answer(change, body, context, patience);
      } finally {
        looking.cancel(false);
      }
    }
  }

  private HttpResponse answer(
      Change change, String body, ServiceRequestContext context, Patience patience) {
    try {
      Object answer = change.answer(new Parameters(context, System.currentTimeMillis()), body);
      if (answer instanceof Bytes raw) {
        ResponseHeadersBuilder headers =
            ResponseHeaders.builder(HttpStatus.OK).contentType(raw.type());
        raw.headers().forEach(headers::set);
        return HttpResponse.of(headers.build(), HttpData.wrap(raw.bytes()));
      }
      return answer == null
          ? error(HttpStatus.NOT_FOUND, "There is no such thing in this time range")
          : HttpResponse.of(
              HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(JSON.writeValueAsBytes(answer)));
    } catch (FilterException e) {
      ObjectNode problem = JSON.createObjectNode();
      problem.put("message", e.getMessage()).put("position", e.position());
      return HttpResponse.of(HttpStatus.BAD_REQUEST, MediaType.JSON_UTF_8, problem.toString());
    } catch (RulesException e) {
      ObjectNode problem = JSON.createObjectNode().put("message", e.getMessage());
      problem.set("problems", JSON.valueToTree(e.problems()));
      return HttpResponse.of(HttpStatus.BAD_REQUEST, MediaType.JSON_UTF_8, problem.toString());
    } catch (IllegalArgumentException e) {
      return error(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      if (patience.isOver()) {
        return error(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The answer would take more than "
                + limit.toSeconds()
                + " s; ask for a shorter time, or for less of it. THAW_QUERY_SECONDS sets the limit");
      }
      LOG.error("{} could not be answered", context.path(), e);
      return error(
          HttpStatus.INTERNAL_SERVER_ERROR,
          "The question could not be answered; see the collector's log");
    }
  }

  static HttpResponse error(HttpStatus status, String message) {
    String body = JSON.createObjectNode().put("message", message).toString();
    return HttpResponse.of(status, MediaType.JSON_UTF_8, body);
  }
}
