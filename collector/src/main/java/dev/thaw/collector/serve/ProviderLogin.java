package dev.thaw.collector.serve;

import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logging in to the dashboard with a provider: one address that leads to it, and one to which it
 * leads back. What must fit on the way back is in a sealed cookie of its own, so that nobody can be
 * made to log in as somebody else.
 */
final class ProviderLogin {

  static final String BEGIN = "/api/v1/oidc/login";
  private static final Logger LOG = LoggerFactory.getLogger(ProviderLogin.class);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final String LINE = "\n";
  private static final int LINES = 5;

  private final Login login;
  private final Provider provider;
  private final Seal seal;

  /** Lax, because the provider's page leads back here. */
  private final SiteCookie cookie;

  private final Function<Sessions.Reader, Cookie> session;

  /**
   * @param session the cookie of who has logged in
   */
  ProviderLogin(Login login, Seal seal, boolean isTls, Function<Sessions.Reader, Cookie> session) {
    this.login = login;
    this.seal = seal;
    cookie = new SiteCookie("thaw_login", "/api/v1/oidc", "Lax", isTls);
    this.session = session;
    provider = new Provider(login);
  }

  /** What the login's button says. */
  String name() {
    return String.valueOf(login.issuer().getHost());
  }

  void addTo(ServerBuilder server) {
    server.service(
        Route.builder().path(BEGIN).methods(HttpMethod.GET).build(),
        (context, request) -> blocking(context, () -> begin(context)));
    server.service(
        Route.builder().path(Login.CALLBACK).methods(HttpMethod.GET).build(),
        (context, request) -> blocking(context, () -> finish(context, request)));
  }

  /** What may say no. */
  private interface Step {
    HttpResponse take() throws Provider.LoginException;
  }

  private static HttpResponse blocking(ServiceRequestContext context, Step step) {
    return HttpResponse.of(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return step.take();
              } catch (Provider.LoginException e) {
                LOG.warn("A login did not work: {}", e.getMessage(), e.getCause());
                return failed(String.valueOf(e.getMessage()));
              }
            },
            context.blockingTaskExecutor()));
  }

  private HttpResponse begin(ServiceRequestContext context) throws Provider.LoginException {
    Provider.Attempt attempt = Provider.Attempt.begin();
    String content =
        String.join(
            LINE,
            Long.toString(System.currentTimeMillis() + LONGEST.toMillis()),
            attempt.state(),
            attempt.nonce(),
            attempt.verifier(),
            inside(context.queryParam("to")));
    return redirect(
        provider.begin(attempt).toString(),
        cookie.of(seal.put(content.getBytes(StandardCharsets.UTF_8)), LONGEST.toSeconds()));
  }

  /** A page of the dashboard, and nothing that leads elsewhere. */
  private static String inside(@Nullable String path) {
    return path != null && path.matches("/(?![/\\\\])[\\x21-\\x7e]*") ? path : "/";
  }

  private HttpResponse finish(ServiceRequestContext context, HttpRequest request)
      throws Provider.LoginException {
    List<String> lines =
        cookie
            .in(request)
            .flatMap(seal::open)
            .map(content -> new String(content, StandardCharsets.UTF_8).split(LINE, -1))
            .map(List::of)
            .orElse(List.of());
    if (lines.size() != LINES || Long.parseLong(lines.get(0)) < System.currentTimeMillis()) {
      throw new Provider.LoginException("It took too long, or was begun in another browser", null);
    }
    Provider.Attempt attempt = new Provider.Attempt(lines.get(1), lines.get(2), lines.get(3));
    String state = String.valueOf(context.queryParam("state"));
    if (!MessageDigest.isEqual(
        state.getBytes(StandardCharsets.UTF_8), attempt.state().getBytes(StandardCharsets.UTF_8))) {
      throw new Provider.LoginException("The answer is to another login than this one", null);
    }
    String code = context.queryParam("code");
    if (code == null) {
      String why = context.queryParam("error_description");
      throw new Provider.LoginException(
          "The provider says: " + (why == null ? context.queryParam("error") : why), null);
    }
    Provider.Person person = provider.finish(attempt, code);
    boolean mayEdit = login.editors().include(person.email(), person.groups());
    if (!mayEdit && !login.readers().include(person.email(), person.groups())) {
      throw new Provider.LoginException(
          person.email()
              + " is not among those who may read here; whoever runs this collector can add them"
              + " (THAW_OIDC_READERS)",
          null);
    }
    LOG.info("{} has logged in", person.email());
    return redirect(
        lines.get(4),
        cookie.of("", 0),
        session.apply(
            new Sessions.Reader(mayEdit ? Tokens.Kind.EDIT : Tokens.Kind.READ, person.email())));
  }

  private static HttpResponse redirect(String to, Cookie... cookies) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.FOUND)
            .set(HttpHeaderNames.LOCATION, to)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    for (Cookie cookie : cookies) {
      headers.cookie(cookie);
    }
    return HttpResponse.of(headers.build());
  }

  private static HttpResponse failed(String why) {
    String text = why.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return HttpResponse.of(
        HttpStatus.FORBIDDEN,
        MediaType.HTML_UTF_8,
        """
        <!doctype html>
        <html lang="en">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>Thaw: the login did not work</title>
        <body style="font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem">
        <h1 style="font-size: 1.4rem">The login did not work</h1>
        <p>%s.</p>
        <p><a href="/">Back to the dashboard</a></p>
        """
            .formatted(text));
  }
}
