package dev.thaw.collector;

import java.net.URI;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The running collector that a command asks. */
final class Remote {

  @Option(
      names = "--url",
      defaultValue = "http://localhost:4318",
      paramLabel = "URL",
      description = "The collector; default ${DEFAULT-VALUE}")
  private String url = "";

  @Option(
      names = "--token",
      defaultValue = "${THAW_TOKEN}",
      paramLabel = "TOKEN",
      description = "A token for reading, when the collector needs one; default: THAW_TOKEN")
  private @Nullable String token;

  String url() {
    return url;
  }

  /**
   * @param path with its query, beginning with a slash
   */
  HttpRequest.Builder request(String path) {
    return request(url, token, path);
  }

  /**
   * @param token null or empty when there is none
   */
  static HttpRequest.Builder request(String collector, @Nullable String token, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(collector.replaceAll("/+$", "") + path));
    if (token != null && !token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }
}
