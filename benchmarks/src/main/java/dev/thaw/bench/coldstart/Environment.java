package dev.thaw.bench.coldstart;

import dev.thaw.local.RuntimeLauncher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One process of a function, with the server that it asks for work. Used by one thread. */
final class Environment implements AutoCloseable {

  /** Invocations before are not warm yet. */
  static final int FIRST_WARM = 200;

  /** On two cores the collector's work for the last invocation must not count for this one. */
  private static final long PAUSE_NS = 10_000_000;

  private final RuntimeServer server;
  private final Process process;
  private final RuntimeServer.Times times;
  private final long startNanoTime;
  private long cpuNs;

  /**
   * Starts it.
   *
   * @param core that it runs on
   * @param name of this process alone: nothing that another one left may be in its temporary folder
   * @param invocations how many it will be asked for
   */
  Environment(
      RuntimeLauncher launcher,
      String core,
      Subject subject,
      Path code,
      String name,
      int invocations)
      throws IOException {
    times = new RuntimeServer.Times(invocations);
    server = new RuntimeServer(subject.functionName(), subject.eventBytes());
    startNanoTime = System.nanoTime();
    process =
        launcher.launch(
            List.of("taskset", "-c", core), subject.config(code), name, server.address(), code);
  }

  /** The first waits until the runtime is ready. */
  void invoke(int number) throws IOException {
    if (number == 0) {
      server.open();
    }
    server.invoke(
        number,
        PAUSE_NS,
        times,
        (i, now) -> {
          if (i == 0) {
            cpuNs = ProcessMeter.cpuNs(process.pid());
          }
        });
  }

  /**
   * What it has shown so far.
   *
   * @param delivered what has arrived from it
   */
  Sample sample(long delivered) throws IOException {
    int warm = Math.max(0, times.sent.length - FIRST_WARM);
    long[] durations = new long[warm];
    long[] held = new long[warm];
    for (int i = 0; i < warm; i++) {
      int at = i + FIRST_WARM;
      durations[i] = times.answered[at] - times.sent[at];
      held[i] = times.nextAsked[at] - times.answered[at];
    }
    Arrays.sort(held);
    return new Sample(
        times.answered[0] - startNanoTime,
        cpuNs,
        times.nextAsked[0] - times.answered[0],
        durations,
        warm == 0 ? 0 : held[warm / 2],
        warm == 0 ? 0 : ProcessMeter.residentBytes(process.pid()),
        delivered);
  }

  @Override
  public void close() throws IOException {
    server.close();
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
