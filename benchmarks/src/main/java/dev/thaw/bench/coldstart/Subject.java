package dev.thaw.bench.coldstart;

import dev.thaw.local.FunctionConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A function whose start is measured.
 *
 * @param name as the table shows it
 * @param handler its class, one of the sample functions
 * @param event what it is invoked with, JSON
 */
public record Subject(String name, String handler, String event) {

  private static final int MEMORY_MB = 1024;

  public static final Subject SMALL =
      new Subject(
          "small",
          "dev.thaw.samples.aws.Inventory",
          "{\"version\":\"2.0\",\"routeKey\":\"GET /inventory\",\"rawPath\":\"/inventory/lamp\",\"rawQueryString\":\"\","
              + "\"headers\":{\"accept\":\"*/*\"},\"requestContext\":{\"http\":{\"method\":\"GET\",\"path\":\"/inventory/lamp\"},"
              + "\"stage\":\"$default\"},\"isBase64Encoded\":false}");

  static final Subject HEAVY =
      new Subject("heavy", "dev.thaw.samples.aws.Report", "{\"currency\":\"USD\"}");

  static final List<Subject> ALL = List.of(SMALL, HEAVY);

  /** The same function under a name of its own. */
  Subject as(String other) {
    return new Subject(other, handler, event);
  }

  String functionName() {
    return "bench-" + name;
  }

  public byte[] eventBytes() {
    return event.getBytes(StandardCharsets.UTF_8);
  }

  public FunctionConfig config(Path code) {
    return new FunctionConfig(
        functionName(),
        handler,
        List.of(code),
        MEMORY_MB,
        Duration.ofSeconds(30),
        1,
        Map.of(),
        null,
        List.of());
  }
}
