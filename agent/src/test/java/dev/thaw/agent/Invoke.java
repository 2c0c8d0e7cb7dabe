package dev.thaw.agent;

import dev.thaw.local.LocalPlatform;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Invokes a function as its callers do: over Lambda's Invoke API. */
public final class Invoke {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Invoke() {}

  public static HttpResponse<String> function(
      LocalPlatform platform, String function, String payload)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(
                URI.create(platform.url() + "/2015-03-31/functions/" + function + "/invocations"))
            .POST(HttpRequest.BodyPublishers.ofString(payload))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
