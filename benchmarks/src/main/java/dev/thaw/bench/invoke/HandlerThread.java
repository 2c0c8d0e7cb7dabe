package dev.thaw.bench.invoke;

import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.platform.AwsLambda;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The callbacks between the arrival of an event and the report of its result, as the woven runtime
 * calls them. What follows the report happens after the response and is not in it.
 *
 * <p>JMH runs it in a process of its own with the agent attached, and the runtime interface client
 * on its class path for the agent to hook.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandlerThread {

  private static final long TIME_LEFT_MS = 30_000;

  private final byte[] event =
      "{\"requestContext\":{\"http\":{\"method\":\"GET\"}},\"rawPath\":\"/a\"}"
          .getBytes(StandardCharsets.UTF_8);

  /** As a process that has served its first invocation: from then on each is noted in the spool. */
  @Setup
  public void serveOnce() {
    AwsLambda.beforeNext();
    handle();
    AwsLambda.delivered();
    AwsLambda.beforeNext();
  }

  /** An invocation without outgoing calls. */
  @Benchmark
  public Invocation invocation() {
    Invocation invocation = handle();
    Invocations.end(invocation);
    return invocation;
  }

  private Invocation handle() {
    AwsLambda.received(
        "8f5cb5a0-6a2f-4bd8-a9f5-0d2a4d7f2c11",
        null,
        "arn:aws:lambda:eu-central-1:123456789012:function:bench",
        System.currentTimeMillis() + TIME_LEFT_MS,
        null,
        event);
    Invocation invocation = Invocations.ofThisThread();
    if (invocation == null) {
      throw new IllegalStateException("The agent is not attached: nothing would be measured");
    }
    AwsLambda.succeeded();
    return invocation;
  }
}
