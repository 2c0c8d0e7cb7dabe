package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import org.jspecify.annotations.Nullable;

/**
 * What Apache HttpClient 4 and 5 have in common, whose types have nothing in common but their
 * names: a request that is changed in place, and attempts inside one call. On the bootstrap path;
 * the subclasses speak the libraries' types.
 *
 * @param <Q> requests
 * @param <A> responses
 */
public abstract class ApacheExchange<Q, A> implements Exchange.WithAttempts {

  /** A request with our headers in it: the application's own object, which it may send again. */
  private static final class Sending<Q> {
    final Q request;
    final HttpCall call;
    final String[] headers;

    Sending(Q request, HttpCall call) {
      this.request = request;
      this.call = call;
      this.headers = call.headers();
    }
  }

  private final UnderWay<Sending<Q>> underWay = new UnderWay<>();
  private final Class<Q> requests;
  private final Class<A> responses;
  private final String doing;

  /**
   * @param library its name, for people
   */
  protected ApacheExchange(Class<Q> requests, Class<A> responses, String library) {
    this.requests = requests;
    this.responses = responses;
    this.doing = "Tracing " + library;
  }

  /**
   * Begins the call.
   *
   * @param to the host, where the library says that apart
   */
  protected abstract @Nullable HttpCall begin(
      Q request, @Nullable Object to, Propagation.Carrier given);

  /** The request's header of that name, or null. */
  protected abstract @Nullable String header(Q request, String name);

  protected abstract void setHeader(Q request, String name, String value);

  protected abstract void removeHeader(Q request, String name);

  protected abstract int status(A response);

  /** The response's header of that name, or null. */
  protected abstract @Nullable String answeredHeader(A response, String name);

  @Override
  public final @Nullable Object sending(@Nullable Object given, @Nullable Object to) {
    Sending<Q> sending = null;
    try {
      if (requests.isInstance(given)) {
        Q request = requests.cast(given);
        HttpCall call = begin(request, to, new Given(request));
        if (call != null) {
          sending = new Sending<>(request, call);
          for (int i = 0; i < sending.headers.length; i += 2) {
            setHeader(request, sending.headers[i], sending.headers[i + 1]);
          }
        }
      }
    } catch (Throwable e) {
      Log.failure(doing, e);
    } finally {
      underWay.put(sending);
    }
    return given;
  }

  @Override
  public final void attempting() {
    Sending<Q> sending = underWay.top();
    if (sending != null) {
      sending.call.attempt();
    }
  }

  @Override
  public final void attempted(@Nullable Object result) {
    try {
      Sending<Q> sending = underWay.top();
      if (sending != null && responses.isInstance(result)) {
        A response = responses.cast(result);
        sending.call.attempted(status(response), answeredHeader(response, "Retry-After"));
      }
    } catch (Throwable e) {
      Log.failure(doing, e);
    }
  }

  @Override
  public final @Nullable Object sent(@Nullable Object result) {
    try {
      Sending<Q> sending = underWay.take();
      if (sending != null && responses.isInstance(result)) {
        removeHeaders(sending);
        A response = responses.cast(result);
        sending.call.answered(status(response), answeredHeader(response, "Retry-After"));
      }
    } catch (Throwable e) {
      Log.failure(doing, e);
    }
    return result;
  }

  @Override
  public final void failed(@Nullable Object thrown) {
    try {
      Sending<Q> sending = underWay.take();
      if (sending != null && thrown instanceof Throwable) {
        removeHeaders(sending);
        sending.call.failed((Throwable) thrown);
      }
    } catch (Throwable e) {
      Log.failure(doing, e);
    }
  }

  private void removeHeaders(Sending<Q> sending) {
    for (int i = 0; i < sending.headers.length; i += 2) {
      removeHeader(sending.request, sending.headers[i]);
    }
  }

  /** The request's own headers. */
  private final class Given implements Propagation.Carrier {
    private final Q request;

    Given(Q request) {
      this.request = request;
    }

    @Override
    public @Nullable String get(String name) {
      return header(request, name);
    }
  }
}
