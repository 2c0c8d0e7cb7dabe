package dev.thaw.collector.serve;

import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import java.util.Optional;

/**
 * A cookie of this collector, which no script can read (RFC 6265).
 *
 * @param sameSite Strict or Lax
 * @param isTls whether browsers come by TLS, and send it over nothing else
 */
record SiteCookie(String name, String path, String sameSite, boolean isTls) {

  /**
   * @param seconds for how long; 0 removes it
   */
  Cookie of(String value, long seconds) {
    return Cookie.secureBuilder(name, value)
        .path(path)
        .secure(isTls)
        .sameSite(sameSite)
        .maxAge(seconds)
        .build();
  }

  /** What the browser has sent. */
  Optional<String> in(HttpRequest request) {
    return Cookie.fromCookieHeader(request.headers().get(HttpHeaderNames.COOKIE, "")).stream()
        .filter(cookie -> cookie.name().equals(name))
        .map(Cookie::value)
        .findFirst();
  }
}
