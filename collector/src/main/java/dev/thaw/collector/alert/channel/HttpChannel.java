package dev.thaw.collector.alert.channel;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;

/**
 * A channel that posts JSON. An address of this machine, or one that only this network's own
 * devices have (cloud providers give credentials away at such a one), is asked only when the
 * channel says {@code allow-local: true}. A redirection is not followed.
 */
abstract class HttpChannel implements Channel {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MOST_SHOWN = 200;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private final String name;
  private final String type;
  private final URI address;
  private final boolean allowsLocal;

  HttpChannel(Options options, URI address) {
    name = options.name();
    type = options.type();
    this.address = address;
    allowsLocal = options.flag("allow-local");
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String type() {
    return type;
  }

  /** The path of an incoming webhook is its secret. */
  @Override
  public final String target() {
    return address.getScheme()
        + "://"
        + address.getHost()
        + (address.getPort() < 0 ? "" : ":" + address.getPort());
  }

  /**
   * @throws NotDelivered when it was not answered with a status of 2xx
   */
  final void post(String json, Map<String, String> headers) throws NotDelivered {
    check(address.getHost());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("User-Agent", "thaw-collector")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    headers.forEach(request::header);
    try {
      HttpResponse<String> answer =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new NotDelivered(explain(answer.statusCode(), answer.body()));
      }
    } catch (ConnectException e) {
      throw new NotDelivered("nobody answers at " + target());
    } catch (HttpTimeoutException e) {
      throw new NotDelivered(target() + " did not answer within " + TIMEOUT.toSeconds() + " s");
    } catch (IOException e) {
      throw new NotDelivered(target() + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotDelivered("the collector stops");
    }
  }

  /**
   * Java keeps what a name was resolved to for a while: what is checked is what is connected to.
   */
  private void check(String host) throws NotDelivered {
    if (allowsLocal) {
      return;
    }
    try {
      for (InetAddress address : InetAddress.getAllByName(host.replaceAll("[\\[\\]]", ""))) {
        if (address.isLoopbackAddress()
            || address.isLinkLocalAddress()
            || address.isAnyLocalAddress()
            || address.isMulticastAddress()) {
          throw new NotDelivered(
              host
                  + " is an address of this machine or of its link; if that is meant, say allow-local: true");
        }
      }
    } catch (UnknownHostException e) {
      throw new NotDelivered("the name " + host + " is not known");
    }
  }

  private static String explain(int status, String body) {
    String shown = body.length() > MOST_SHOWN ? body.substring(0, MOST_SHOWN) + "…" : body;
    String why =
        status == 401 || status == 403
            ? "status " + status + ", wrong credentials"
            : status / 100 == 3
                ? "status " + status + ", a redirection, which is not followed"
                : "status " + status;
    return shown.isBlank() ? why : why + ": " + shown.strip();
  }
}
