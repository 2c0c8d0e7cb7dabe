package dev.thaw.collector.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.thaw.collector.alert.Alert;
import dev.thaw.collector.alert.Evaluator;
import dev.thaw.collector.alert.Rule;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.TimeRange;
import dev.thaw.collector.query.ChainsQuestion;
import dev.thaw.collector.query.ColdStartQuestion;
import dev.thaw.collector.query.FilterException;
import dev.thaw.collector.query.FilterText;
import dev.thaw.collector.query.Questions;
import dev.thaw.collector.query.TraceQuestion;
import dev.thaw.collector.store.Patience;
import dev.thaw.collector.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JSON API under {@code /api/v1}, as openapi.yaml describes it. A wrong parameter is a 400 that
 * says what to write, something that is not there a 404.
 */
public final class Api {

  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long HOUR_MS = 3_600_000;
  private static final int LOOK_MS = 200;

  /**
   * One question: from the parameters to an object that becomes JSON; null when there is no such
   * thing.
   */
  private interface Handler {
    @Nullable Object answer(Parameters parameters);
  }

  private final Questions questions;
  private final ColdStartQuestion coldStarts;
  private final TraceQuestion traces;
  private final ChainsQuestion chains;
  private final Evaluator alerts;
  private final Duration limit;
  private final Supplier<Losses> losses;

  /**
   * @param limit how long the answer to one question may take
   */
  public Api(
      Questions questions,
      ColdStartQuestion coldStarts,
      TraceQuestion traces,
      ChainsQuestion chains,
      Evaluator alerts,
      Duration limit,
      Supplier<Losses> losses) {
    this.questions = questions;
    this.coldStarts = coldStarts;
    this.traces = traces;
    this.chains = chains;
    this.alerts = alerts;
    this.limit = limit;
    this.losses = losses;
  }

  public void addTo(ServerBuilder server) {
    server.service("/api/v1/functions", json(p -> questions.functions(p.range())));
    server.service(
        "/api/v1/functions/{name}",
        json(p -> orNull(questions.function(p.path("name"), p.range()))));
    server.service("/api/v1/invocations", json(p -> questions.invocations(invocationQuery(p))));
    server.service(
        "/api/v1/cold-starts",
        json(p -> questions.coldStarts(p.range(), p.text("function"), p.limit())));
    server.service(
        "/api/v1/cold-starts/{traceId}/{spanId}",
        json(p -> orNull(coldStarts.coldStart(p.traceId(), p.spanId()))));
    server.service("/api/v1/traces", json(p -> questions.traces(traceQuery(p))));
    server.service("/api/v1/traces/{traceId}", json(p -> orNull(traces.trace(p.traceId()))));
    server.service("/api/v1/chains", json(p -> questions.chains(p.range())));
    server.service("/api/v1/slow-chains", json(p -> chains.slowest(p.range())));
    server.service("/api/v1/alerts", json(p -> alertList()));
    server.service("/api/v1/losses", json(p -> losses.get()));
    server.service("/api/v1/openapi.yaml", (context, request) -> openApi());
  }

  private record RuleItem(
      String name,
      String kind,
      String function,
      int count,
      long windowSeconds,
      long slowerThanMs) {}

  private record AlertList(List<Alert> alerts, List<RuleItem> rules) {}

  private AlertList alertList() {
    return new AlertList(alerts.alerts(), alerts.rules().stream().map(Api::item).toList());
  }

  private static RuleItem item(Rule rule) {
    return new RuleItem(
        rule.name(),
        rule.kind().word(),
        rule.function(),
        rule.count(),
        rule.window().toSeconds(),
        rule.slowerThan().toMillis());
  }

  private static Store.InvocationQuery invocationQuery(Parameters p) {
    String outcome = p.text("outcome");
    return new Store.InvocationQuery(
        p.range(),
        p.text("function"),
        outcome == null ? Set.of() : Set.of(Outcome.of(outcome)),
        p.flag("cold"),
        0,
        p.choice(
            "order",
            Map.of("newest", Store.Order.NEWEST, "slowest", Store.Order.SLOWEST),
            Store.Order.NEWEST),
        p.limit());
  }

  private static Store.TraceQuery traceQuery(Parameters p) {
    String through = p.text("through");
    String outcome = p.text("outcome");
    String filter = p.text("filter");
    return new Store.TraceQuery(
        p.range(),
        through == null ? Set.of() : Set.of(through.split(",")),
        outcome == null ? null : Outcome.of(outcome),
        p.flag("cold"),
        p.number("minDurationMs", 0, 0, 86_400_000) * 1_000_000,
        p.text("requestId"),
        filter == null ? null : FilterText.read(filter),
        p.limit());
  }

  private static @Nullable Object orNull(Optional<?> answer) {
    return answer.orElse(null);
  }

  private HttpService json(Handler handler) {
    return new HttpService() {
      @Override
      public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        if (!request.method().name().equals("GET")) {
          return error(HttpStatus.METHOD_NOT_ALLOWED, "Only GET is served here");
        }
        return HttpResponse.of(
            CompletableFuture.supplyAsync(
                () -> answer(handler, context), context.blockingTaskExecutor()));
      }
    };
  }

  private HttpResponse answer(Handler handler, ServiceRequestContext context) {
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
        return answer(handler, context, patience);
      } finally {
        looking.cancel(false);
      }
    }
  }

  private HttpResponse answer(Handler handler, ServiceRequestContext context, Patience patience) {
    try {
      Object answer = handler.answer(new Parameters(context, System.currentTimeMillis()));
      return answer == null
          ? error(HttpStatus.NOT_FOUND, "There is no such thing in this time range")
          : HttpResponse.of(
              HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(JSON.writeValueAsBytes(answer)));
    } catch (FilterException e) {
      ObjectNode body = JSON.createObjectNode();
      body.put("message", e.getMessage()).put("position", e.position());
      return HttpResponse.of(HttpStatus.BAD_REQUEST, MediaType.JSON_UTF_8, body.toString());
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

  private static HttpResponse openApi() {
    try (InputStream in = Api.class.getResourceAsStream("/openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is missing from the jar");
      }
      return HttpResponse.of(
          HttpStatus.OK, MediaType.parse("application/yaml"), HttpData.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The parameters of one request; a wrong one is an IllegalArgumentException that says what to
   * write.
   */
  private record Parameters(ServiceRequestContext context, long nowMs) {

    @Nullable String text(String name) {
      String value = context.queryParam(name);
      return value == null || value.isEmpty() ? null : value;
    }

    String path(String name) {
      String value = context.pathParam(name);
      return value == null ? "" : value;
    }

    String traceId() {
      String id = path("traceId").toLowerCase(java.util.Locale.ROOT);
      if (!id.matches("[0-9a-f]{32}")) {
        throw new IllegalArgumentException("A trace id is 32 hexadecimal digits");
      }
      return id;
    }

    String spanId() {
      String id = path("spanId").toLowerCase(java.util.Locale.ROOT);
      if (!id.matches("[0-9a-f]{16}")) {
        throw new IllegalArgumentException("A span id is 16 hexadecimal digits");
      }
      return id;
    }

    boolean flag(String name) {
      return "true".equals(text(name));
    }

    /** The last hour when nothing is said. */
    TimeRange range() {
      long to = number("to", nowMs + 1, 0, Long.MAX_VALUE / 1_000_000);
      return TimeRange.ofMillis(number("from", to - HOUR_MS, 0, Long.MAX_VALUE / 1_000_000), to);
    }

    int limit() {
      return (int) number("limit", 100, 1, 10_000);
    }

    long number(String name, long otherwise, long least, long most) {
      String value = text(name);
      if (value == null) {
        return otherwise;
      }
      try {
        long number = Long.parseLong(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new IllegalArgumentException(
          name + " is '" + value + "'; it must be a whole number from " + least + " to " + most);
    }

    <T> T choice(String name, Map<String, T> choices, T otherwise) {
      String value = text(name);
      if (value == null) {
        return otherwise;
      }
      T chosen = choices.get(value);
      if (chosen == null) {
        throw new IllegalArgumentException(
            name + " is '" + value + "'; use one of " + new java.util.TreeSet<>(choices.keySet()));
      }
      return chosen;
    }
  }
}
