package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A schedule of EventBridge's: invokes a function by the clock, asynchronously. */
final class ScheduleTrigger {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ScheduleTrigger() {}

  /** The first time after one whole period. */
  static ScheduledFuture<?> start(
      Function function, Duration every, AsyncInvokes asyncInvokes, PlatformContext platform) {
    return platform
        .timers()
        .scheduleWithFixedDelay(
            () -> platform.executor().execute(() -> invoke(function, asyncInvokes)),
            every.toMillis(),
            every.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void invoke(Function function, AsyncInvokes asyncInvokes) {
    String rule = "every-" + function.config().name();
    ObjectNode event = JSON.createObjectNode();
    event.put("version", "0");
    event.put("id", UUID.randomUUID().toString());
    event.put("detail-type", "Scheduled Event");
    event.put("source", "aws.events");
    event.put("account", Arns.ACCOUNT);
    event.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    event.put("region", Arns.REGION);
    event
        .putArray("resources")
        .add("arn:aws:events:" + Arns.REGION + ":" + Arns.ACCOUNT + ":rule/" + rule);
    event.putObject("detail");
    asyncInvokes.accept(
        function,
        InvocationRequest.fromTrigger(rule, event.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
