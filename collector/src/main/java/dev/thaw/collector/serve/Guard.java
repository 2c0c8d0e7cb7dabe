package dev.thaw.collector.serve;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.netty.util.NetUtil;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other people's web pages out: a browser on this machine or in this network reaches the
 * collector, so any page that it shows could ask it.
 *
 * <p>A request to what people read must name a host that the operator knows (otherwise a page's own
 * name may have been pointed here, «DNS rebinding»); one that a page of another origin makes is
 * refused everywhere. Senders of spans are no browsers and name any host. Every answer carries the
 * headers that keep a page from being framed, and from loading anything but its own files.
 */
public final class Guard {

  private static final String POLICY =
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Guard() {}

  /**
   * @param hosts names, in lower case, by which people reach the collector; an address, or
   *     localhost, is always taken
   * @param isForPrograms the paths that senders and scrapers ask for, by any name
   */
  public static Function<? super HttpService, ? extends HttpService> of(
      Set<String> hosts, Predicate<String> isForPrograms) {
    return service -> new Guarded(service, hosts, isForPrograms);
  }

  private static final class Guarded extends SimpleDecoratingHttpService {
    private final Set<String> hosts;
    private final Predicate<String> isForPrograms;

    Guarded(HttpService service, Set<String> hosts, Predicate<String> isForPrograms) {
      super(service);
      this.hosts = hosts;
      this.isForPrograms = isForPrograms;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
      context.mutateAdditionalResponseHeaders(
          headers ->
              headers
                  .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                  .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                  .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                  .set("referrer-policy", "same-origin"));
      String authority = String.valueOf(request.authority());
      String origin = request.headers().get(HttpHeaderNames.ORIGIN);
      if (origin != null && !authority.equals(authorityOf(origin))) {
        return refuse("Pages of other origins may not ask this collector");
      }
      boolean isFromPage = origin != null || !isForPrograms.test(context.path());
      if (isFromPage && !isKnown(host(authority))) {
        return refuse(
            "This collector is not known as '"
                + host(authority)
                + "'. If that is one of its names, add it to THAW_HOSTS");
      }
      return unwrap().serve(context, request);
    }

    private boolean isKnown(String host) {
      return host.equals("localhost")
          || NetUtil.isValidIpV4Address(host)
          || NetUtil.isValidIpV6Address(host)
          || hosts.contains(host);
    }

    private static String host(String authority) {
      int end = authority.lastIndexOf(':');
      boolean hasPort = end > authority.lastIndexOf(']');
      String host = hasPort ? authority.substring(0, end) : authority;
      return host.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
    }

    private static @Nullable String authorityOf(String origin) {
      try {
        return URI.create(origin).getAuthority();
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private static HttpResponse refuse(String why) {
      return HttpResponse.of(HttpStatus.FORBIDDEN, MediaType.PLAIN_TEXT_UTF_8, why + "\n");
    }
  }
}
