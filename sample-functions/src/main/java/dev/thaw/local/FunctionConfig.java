package dev.thaw.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One function as functions.yaml declares it.
 *
 * @param name 1 to 64 letters, digits, hyphens and underscores, as on Lambda
 * @param handler the handler in Lambda's notation: {@code package.Class} or {@code
 *     package.Class::method}
 * @param code a task root (a folder with classes, and jars under lib/), or jars
 * @param memoryMb 128 to 10240
 * @param timeout 1 second to 15 minutes
 * @param concurrency how many environments may run at once, at least 1
 * @param environment what the function finds in its environment beside the platform's own variables
 * @param httpPath the path prefix under which the front door serves it, or null
 * @param queues the queues that trigger it
 * @param tables the tables whose changes trigger it
 * @param buckets the buckets whose new objects trigger it
 * @param schedules how often it is called by the clock
 */
public record FunctionConfig(
    String name,
    String handler,
    List<Path> code,
    int memoryMb,
    Duration timeout,
    int concurrency,
    Map<String, String> environment,
    @Nullable String httpPath,
    List<QueueTrigger> queues,
    List<String> tables,
    List<String> buckets,
    List<Duration> schedules) {

  /**
   * A queue that invokes the function.
   *
   * @param queue the queue's name
   * @param batchSize the most messages of one invocation, 1 to 10
   */
  public record QueueTrigger(String queue, int batchSize) {}

  /** One that only queues trigger, if anything does. */
  public FunctionConfig(
      String name,
      String handler,
      List<Path> code,
      int memoryMb,
      Duration timeout,
      int concurrency,
      Map<String, String> environment,
      @Nullable String httpPath,
      List<QueueTrigger> queues) {
    this(
        name,
        handler,
        code,
        memoryMb,
        timeout,
        concurrency,
        environment,
        httpPath,
        queues,
        List.of(),
        List.of(),
        List.of());
  }

  public FunctionConfig {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "Function name '" + name + "': use 1 to 64 letters, digits, hyphens or underscores");
    }
    code = List.copyOf(code);
    environment = Map.copyOf(environment);
    queues = List.copyOf(queues);
    tables = List.copyOf(tables);
    buckets = List.copyOf(buckets);
    schedules = List.copyOf(schedules);
  }
}
