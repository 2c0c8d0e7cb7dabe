package dev.thaw.bench.completeness;

import com.amazonaws.services.lambda.runtime.Context;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** The function of this benchmark: does what its event says. It runs on the platform. */
public final class Chaos {

  /** Longer than the announcement time, shorter than the timeout. */
  private static final long LATE_MS = 1300;

  /** A kill in the same moment as the timeout has no outcome that could be told from the other. */
  private static final long BEFORE_THE_TIMEOUT_MS = 500;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public Object handle(Map<String, Object> event, Context context) throws Exception {
    switch (String.valueOf(event.get("do"))) {
      case "error":
        throw new IllegalStateException("as asked for");
      case "timeout":
        Thread.sleep(600_000);
        return "never";
      case "exit":
        System.exit(1);
        return "never";
      case "overflow":
        return overflow(0);
      case "halt-late":
        if (context.getRemainingTimeInMillis() < LATE_MS + BEFORE_THE_TIMEOUT_MS) {
          return "too late for that";
        }
        Thread.sleep(LATE_MS);
        Runtime.getRuntime().halt(137);
        return "never";
      case "halt-early":
        Runtime.getRuntime().halt(137);
        return "never";
      case "slow":
        Thread.sleep(200);
        return "slow";
      case "call":
        return call(System.getenv("LIMITED_URL"));
      default:
        if ("limited".equals(System.getenv("AWS_LAMBDA_FUNCTION_NAME"))) {
          // Long enough for a second caller to find it busy.
          Thread.sleep(100);
        }
        return "ok";
    }
  }

  private static int overflow(int depth) {
    return overflow(depth + 1) + 1;
  }

  private static int call(String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }
}
