package dev.thaw.collector.alert;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Addresses of what an alert is about, at the time that it is about.
 *
 * @param base the dashboard's own, without a slash at its end
 */
record Links(String base) {

  private static final long AROUND_MS = 15 * 60_000;

  String function(Alert alert) {
    long from = alert.pendingMs() - Math.max(AROUND_MS, alert.windowMs());
    Long resolved = alert.resolvedMs();
    long to = (resolved == null ? alert.lastHeldMs() : resolved) + AROUND_MS;
    return base
        + "/functions/"
        + URLEncoder.encode(alert.function(), StandardCharsets.UTF_8).replace("+", "%20")
        + "?from="
        + from
        + "&to="
        + to;
  }

  String trace(String traceId) {
    return base + "/traces/" + traceId;
  }

  String alerts() {
    return base + "/alerts";
  }
}
