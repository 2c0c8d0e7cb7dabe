package dev.thaw.collector.serve;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.query.AgentQuestion;
import dev.thaw.collector.query.Answers;
import dev.thaw.collector.query.ChainsQuestion;
import dev.thaw.collector.query.ColdStartQuestion;
import dev.thaw.collector.query.CompareQuestion;
import dev.thaw.collector.query.FailuresQuestion;
import dev.thaw.collector.query.FilterText;
import dev.thaw.collector.query.Questions;
import dev.thaw.collector.query.ThrottlesQuestion;
import dev.thaw.collector.query.TraceQuestion;
import dev.thaw.collector.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JSON API under {@code /api/v1}, as openapi.yaml describes it. A wrong parameter is a 400 that
 * says what to write, something that is not there a 404.
 */
public final class Api {

  private final Questions questions;
  private final ColdStartQuestion coldStarts;
  private final TraceQuestion traces;
  private final ChainsQuestion chains;
  private final FailuresQuestion failures;
  private final ThrottlesQuestion throttles;
  private final CompareQuestion compare;
  private final AgentQuestion agent;
  private final SpanPages spans;
  private final JsonService json;
  private final Supplier<Losses> losses;
  private final Supplier<Condition> condition;

  public Api(
      Questions questions,
      ColdStartQuestion coldStarts,
      TraceQuestion traces,
      ChainsQuestion chains,
      FailuresQuestion failures,
      ThrottlesQuestion throttles,
      CompareQuestion compare,
      AgentQuestion agent,
      Store store,
      JsonService json,
      Supplier<Losses> losses,
      Supplier<Condition> condition) {
    this.questions = questions;
    this.coldStarts = coldStarts;
    this.traces = traces;
    this.chains = chains;
    this.failures = failures;
    this.throttles = throttles;
    this.compare = compare;
    this.agent = agent;
    spans = new SpanPages(store);
    this.json = json;
    this.losses = losses;
    this.condition = condition;
  }

  public void addTo(ServerBuilder server) {
    server.service("/api/v1/functions", json.get(p -> questions.functions(p.scope())));
    server.service(
        "/api/v1/functions/{name}",
        json.get(p -> orNull(questions.function(p.path("name"), p.scope()))));
    server.service("/api/v1/invocations", json.get(p -> questions.invocations(invocationQuery(p))));
    server.service(
        "/api/v1/cold-starts",
        json.get(p -> questions.coldStarts(p.scope(), p.text("function"), p.limit(), p.cursor())));
    server.service(
        "/api/v1/cold-starts/{traceId}/{spanId}",
        json.get(p -> orNull(coldStarts.coldStart(p.traceId(), p.spanId()))));
    server.service("/api/v1/failures", json.get(this::failures));
    server.service("/api/v1/throttles", json.get(p -> throttles.throttles(p.scope())));
    server.service("/api/v1/traces", json.get(p -> questions.traces(traceQuery(p))));
    server.service("/api/v1/trace-density", json.get(p -> questions.density(traceQuery(p))));
    server.service("/api/v1/compare", json.get(this::compare));
    server.service("/api/v1/environments", json.get(p -> questions.environments(p.scope())));
    server.service("/api/v1/agent-costs", json.get(p -> agent.costs(p.scope())));
    server.service("/api/v1/traces/{traceId}", json.get(p -> orNull(traces.trace(p.traceId()))));
    server.service("/api/v1/spans", json.get(spans::page));
    server.service("/api/v1/chains", json.get(p -> questions.chains(p.scope())));
    server.service("/api/v1/slow-chains", json.get(p -> chains.slowest(p.scope())));
    server.service("/api/v1/losses", json.get(p -> losses.get()));
    server.service("/api/v1/condition", json.get(p -> condition.get()));
    server.service("/api/v1/openapi.yaml", (context, request) -> openApi());
  }

  private Answers.FailureList failures(Parameters p) {
    Set<Outcome> outcomes =
        p.choice(
            "kind",
            Map.of(
                "all", EnumSet.complementOf(EnumSet.of(Outcome.OK, Outcome.RUNNING)),
                "errors", EnumSet.of(Outcome.ERROR, Outcome.CRASH, Outcome.INIT_ERROR),
                "timeouts", EnumSet.of(Outcome.TIMEOUT, Outcome.INIT_TIMEOUT)),
            EnumSet.complementOf(EnumSet.of(Outcome.OK, Outcome.RUNNING)));
    return failures.failures(p.scope(), p.text("function"), outcomes, p.limit());
  }

  private Answers.Comparison compare(Parameters p) {
    return compare.compare(p.scope(), filter(p, "a"), filter(p, "b"));
  }

  private static Filter filter(Parameters p, String name) {
    String text = p.text(name);
    if (text == null) {
      throw new IllegalArgumentException(
          name + " is missing; write a filter such as function = checkout and duration > 2s");
    }
    return FilterText.read(text);
  }

  private static Store.InvocationQuery invocationQuery(Parameters p) {
    String outcome = p.text("outcome");
    return new Store.InvocationQuery(
        p.scope(),
        p.text("function"),
        outcome == null ? Set.of() : Set.of(Outcome.of(outcome)),
        p.flag("cold"),
        0,
        p.choice(
            "order",
            Map.of("newest", Store.Order.NEWEST, "slowest", Store.Order.SLOWEST),
            Store.Order.NEWEST),
        p.limit(),
        null,
        p.cursor());
  }

  private static Store.TraceQuery traceQuery(Parameters p) {
    String through = p.text("through");
    String outcome = p.text("outcome");
    String filter = p.text("filter");
    return new Store.TraceQuery(
        p.scope(),
        through == null ? Set.of() : Set.of(through.split(",")),
        outcome == null ? null : Outcome.of(outcome),
        p.flag("cold"),
        p.number("minDurationMs", 0, 0, 86_400_000) * 1_000_000,
        p.text("requestId"),
        filter == null ? null : FilterText.read(filter),
        p.limit(),
        p.cursor());
  }

  private static @Nullable Object orNull(Optional<?> answer) {
    return answer.orElse(null);
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
}
