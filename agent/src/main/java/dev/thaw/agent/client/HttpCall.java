package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.propagation.XRayHeader;
import org.jspecify.annotations.Nullable;

/**
 * What all HTTP clients have in common: the span and its attributes (OpenTelemetry HTTP
 * conventions, client spans), the headers that carry the context, and what a refusal looks like.
 * Public, because classes below the libraries' loaders use it. For one thread at a time.
 */
public final class HttpCall {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final int FIRST_ERROR = 400;

  private final Call call;
  private final String target;
  private final boolean carries;

  /** Whether the client's single attempts are seen, and their refusals noted. */
  private boolean seesAttempts;

  private HttpCall(Call call, String target, boolean carries) {
    this.call = call;
    this.target = target;
    this.carries = carries;
  }

  /**
   * A request is about to be sent.
   *
   * @param port the port, or -1 for the scheme's own
   * @param path what follows a question mark is left out: a query may carry secrets
   * @param given the request's headers
   * @return null when there is no invocation, or when the request belongs to a call that is
   *     recorded already, as that of an AWS SDK does
   */
  public static @Nullable HttpCall begin(
      String method,
      @Nullable String scheme,
      @Nullable String host,
      int port,
      @Nullable String path,
      Propagation.Carrier given) {
    Invocation invocation = Invocations.current();
    if (invocation == null) {
      return null;
    }
    TraceContext carried = XRayHeader.parse(given.get(XRayHeader.NAME));
    if (carried == null) {
      carried = Propagation.read(given);
    }
    if (carried != null && invocation.hasOpenCall(carried)) {
      return null;
    }
    String address = host == null ? "unknown" : host;
    int realPort = port > 0 ? port : "https".equals(scheme) ? 443 : 80;
    Call call = invocation.call(method, false);
    call.attribute("http.request.method", method);
    call.attribute("server.address", address);
    call.attribute("server.port", (long) realPort);
    int query = path == null ? -1 : path.indexOf('?');
    String rest = path == null ? "" : query < 0 ? path : path.substring(0, query);
    call.attribute("url.full", scheme + "://" + address + ":" + realPort + rest);
    return new HttpCall(call, address + rest, carried != null);
  }

  /**
   * The headers to add.
   *
   * @return name, value, name, value and so on; empty when the application has set its own
   */
  public String[] headers() {
    return carries ? new String[0] : Propagation.headers(call.context());
  }

  /** A client that may try again by itself sends the request. */
  public void attempt() {
    seesAttempts = true;
    call.nextAttempt();
  }

  /** What came of an attempt. */
  public void attempted(int status, @Nullable String retryAfter) {
    // 503 says «overloaded» only together with Retry-After (RFC 9110, section 15.6.4).
    if (status == TOO_MANY_REQUESTS || (status == SERVICE_UNAVAILABLE && retryAfter != null)) {
      call.throttled(target, "HTTP " + status, status, nanos(retryAfter));
    }
  }

  /**
   * The answer has come.
   *
   * @param retryAfter the header of that name
   */
  public void answered(int status, @Nullable String retryAfter) {
    call.attribute("http.response.status_code", (long) status);
    if (status >= FIRST_ERROR) {
      call.failed(Integer.toString(status), null);
    }
    if (!seesAttempts) {
      attempted(status, retryAfter);
    }
    call.end();
  }

  public void failed(Throwable failure) {
    call.failed(failure.getClass().getName(), failure.getMessage());
    call.end();
  }

  /** Of a Retry-After in seconds; -1 for a date, or for none. */
  public static long nanos(@Nullable String retryAfter) {
    if (retryAfter == null) {
      return -1;
    }
    try {
      return Math.max(0, Long.parseLong(retryAfter.trim())) * 1_000_000_000L;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
