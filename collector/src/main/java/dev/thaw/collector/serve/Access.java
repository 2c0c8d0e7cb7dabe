package dev.thaw.collector.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import dev.thaw.collector.receive.Otlp;
import io.netty.util.AttributeKey;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may send and who may ask, when the operator has tokens: senders show a token for ingest, what
 * asks shows one for reading, what changes rules and silences one for editing, and people log in to
 * the dashboard with one of the latter two and get a cookie for it. Without tokens everybody may do
 * everything. With a provider people log in there instead. Open in any case: the dashboard's own
 * files, which hold no data, and whether the collector is there.
 */
public final class Access {

  private static final String LOGIN = "/api/v1/login";
  private static final String LOGOUT = "/api/v1/logout";
  private static final String SESSION = "/api/v1/session";

  /** What is asked for without a token; whatever is added later is closed until it stands here. */
  private static final Set<String> OPEN =
      Set.of(
          LOGIN,
          LOGOUT,
          SESSION,
          ProviderLogin.BEGIN,
          Login.CALLBACK,
          "/health",
          "/assets/*",
          "/favicon.svg",
          "/*");

  private static final String BEARER = "bearer ";
  private static final int LONGEST_LOGIN = 4096;

  /** Posted because it is too long for an address; it changes nothing. */
  private static final Set<String> READING = Set.of(AlertsApi.PREVIEW, AlertsApi.TEST);

  private static final AttributeKey<String> WHO = AttributeKey.valueOf(Access.class, "who");

  /** Guessing is hopeless; this keeps it from costing anything. */
  private static final int MOST_FAILURES = 20;

  private static final long MINUTE_MS = 60_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable Tokens tokens;
  private final @Nullable Sessions sessions;
  private final @Nullable ProviderLogin provider;
  private final SiteCookie cookie;
  private final Predicate<String> isIngest;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong failuresSince = new AtomicLong();

  /** Without tokens. */
  private Access(boolean isTls, Predicate<String> isIngest) {
    tokens = null;
    sessions = null;
    provider = null;
    cookie = sessionCookie(isTls);
    this.isIngest = isIngest;
  }

  private Access(
      Tokens tokens, Seal seal, @Nullable Login login, boolean isTls, Predicate<String> isIngest) {
    Sessions made = new Sessions(seal, tokens, login != null);
    SiteCookie ofSession = sessionCookie(isTls);
    this.tokens = tokens;
    cookie = ofSession;
    this.isIngest = isIngest;
    sessions = made;
    provider =
        login == null
            ? null
            : new ProviderLogin(
                login,
                seal,
                isTls,
                who ->
                    ofSession.of(
                        made.begin(who, System.currentTimeMillis()),
                        Sessions.LENGTH_WITH_PROVIDER.toSeconds()));
  }

  private static SiteCookie sessionCookie(boolean isTls) {
    return new SiteCookie("thaw_session", "/", "Strict", isTls);
  }

  /**
   * @param tokensFile null when there are none
   * @param login how people log in with a provider, or null when they do so with tokens only
   * @param data keeps the key of the dashboard's sessions
   * @param isTls whether browsers come by TLS
   * @param isIngest the paths that spans come by
   * @throws IllegalArgumentException when the file can't be used; the message says what to do
   */
  public static Access of(
      @Nullable Path tokensFile,
      @Nullable Login login,
      Path data,
      boolean isTls,
      Predicate<String> isIngest) {
    return tokensFile == null
        ? new Access(isTls, isIngest)
        : new Access(
            new Tokens(tokensFile), new Seal(data.resolve("session.key")), login, isTls, isIngest);
  }

  /** Logging in and out, and the check of everything else. */
  public void addTo(ServerBuilder server) {
    server.service(
        Route.builder().path(LOGIN).methods(HttpMethod.POST).build(),
        (context, request) -> HttpResponse.of(request.aggregate().thenApply(this::login)));
    server.service(
        Route.builder().path(LOGOUT).methods(HttpMethod.POST).build(),
        (context, request) -> withCookie("", 0));
    server.service(
        Route.builder().path(SESSION).methods(HttpMethod.GET).build(),
        (context, request) -> session(request));
    if (provider != null) {
      provider.addTo(server);
    }
    server.decorator(Checked::new);
  }

  private final class Checked extends SimpleDecoratingHttpService {

    Checked(HttpService service) {
      super(service);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
      // The path that was routed to, and not as it was written: both must mean the same.
      String path = context.config().route().patternString();
      if (tokens == null || OPEN.contains(path)) {
        return unwrap().serve(context, request);
      }
      if (isIngest.test(path)) {
        return token(Set.of(Tokens.Kind.INGEST), request).isPresent()
            ? unwrap().serve(context, request)
            : Otlp.isPath(path)
                ? Otlp.unauthenticated(request, "This needs a token for ingest: ./thaw token")
                : unauthenticated("This needs a token for ingest: ./thaw token");
      }
      Optional<Sessions.Reader> reader = reader(request);
      if (reader.isEmpty()) {
        return unauthenticated("This needs a login, or a token for reading: ./thaw token");
      }
      boolean isChange = request.method() != HttpMethod.GET && !READING.contains(path);
      if (isChange && reader.get().kind() != Tokens.Kind.EDIT) {
        return JsonService.error(
            HttpStatus.FORBIDDEN,
            "This needs a login with a token for editing: ./thaw token edit NAME");
      }
      context.setAttr(WHO, reader.get().name());
      return unwrap().serve(context, request);
    }
  }

  /** Who asks; empty where nobody needs to say. */
  static String who(ServiceRequestContext context) {
    String name = context.attr(WHO);
    return name == null ? "" : name;
  }

  private Optional<Tokens.Known> token(Set<Tokens.Kind> kind, HttpRequest request) {
    String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    if (tokens == null || !given.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Optional.empty();
    }
    return tokens.find(kind, given.substring(BEARER.length()).trim());
  }

  private Optional<Sessions.Reader> reader(HttpRequest request) {
    Optional<Sessions.Reader> byToken =
        token(Tokens.Kind.READERS, request).map(Sessions.Reader::of);
    if (byToken.isPresent() || sessions == null) {
      return byToken;
    }
    return cookie.in(request).flatMap(value -> sessions.find(value, System.currentTimeMillis()));
  }

  private HttpResponse login(AggregatedHttpRequest request) {
    if (tokens == null || sessions == null) {
      return JsonService.error(
          HttpStatus.NOT_FOUND, "This collector has no tokens, and needs no login");
    }
    if (!mayTry(System.currentTimeMillis())) {
      return JsonService.error(
          HttpStatus.TOO_MANY_REQUESTS, "Too many wrong tokens were tried; wait a minute");
    }
    if (request.content().length() > LONGEST_LOGIN) {
      return JsonService.error(HttpStatus.REQUEST_ENTITY_TOO_LARGE, "No token is so long");
    }
    String token;
    try {
      token = JSON.readTree(request.contentUtf8()).path("token").asText();
    } catch (JsonProcessingException e) {
      return JsonService.error(HttpStatus.BAD_REQUEST, "A login is {\"token\": \"...\"}");
    }
    Optional<Tokens.Known> known = tokens.find(Tokens.Kind.READERS, token.trim());
    if (known.isEmpty()) {
      failures.incrementAndGet();
      return JsonService.error(
          HttpStatus.UNAUTHORIZED,
          "This is no token for reading. ./thaw token read NAME makes one");
    }
    return withCookie(
        sessions.begin(known.get(), System.currentTimeMillis()), Sessions.LENGTH.toSeconds());
  }

  private boolean mayTry(long nowMs) {
    long since = failuresSince.get();
    if (nowMs - since > MINUTE_MS && failuresSince.compareAndSet(since, nowMs)) {
      failures.set(0);
    }
    return failures.get() < MOST_FAILURES;
  }

  private HttpResponse withCookie(String value, long seconds) {
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.NO_CONTENT)
            .cookie(cookie.of(value, seconds))
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .build());
  }

  private HttpResponse session(HttpRequest request) {
    Optional<Sessions.Reader> known = reader(request);
    String body =
        JSON.createObjectNode()
            .put("needed", tokens != null)
            .put("provider", provider == null ? "" : provider.name())
            .put("name", known.map(Sessions.Reader::name).orElse(""))
            .put(
                "mayEdit",
                tokens == null
                    || known
                        .map(Sessions.Reader::kind)
                        .filter(Tokens.Kind.EDIT::equals)
                        .isPresent())
            .toString();
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, body);
  }

  private static HttpResponse unauthenticated(String why) {
    return JsonService.error(HttpStatus.UNAUTHORIZED, why)
        .mapHeaders(
            headers -> headers.toBuilder().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer").build());
  }
}
