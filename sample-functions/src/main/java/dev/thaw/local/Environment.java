package dev.thaw.local;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One execution environment: one process of the real runtime, one invocation at a time.
 *
 * <p>Life: a process is started for the first invocation (init), serves it, is frozen (SIGSTOP)
 * once the runtime and every extension asked for the next event, and thawed (SIGCONT) for the next
 * invocation. A timeout or a crash ends the process; the next invocation then starts a new one
 * inside its own time («suppressed init»). Thread-safe: the object is the monitor.
 */
final class Environment implements AutoCloseable {

  /** Lambda's limit for the init phase; after it the init is tried again within the invocation. */
  private static final Duration INIT_LIMIT = Duration.ofSeconds(10);

  /** How long an image lies before it is restored; on Lambda it may be days. */
  private static final Duration SNAPSHOT_AGE = Duration.ofMillis(300);

  /** An internal extension: a thread of the runtime process that asks for events of its own. */
  private static final class Extension {
    final boolean wantsInvokes;
    boolean waiting;
    @Nullable InvocationRequest toDeliver;

    Extension(boolean wantsInvokes) {
      this.wantsInvokes = wantsInvokes;
    }
  }

  final String id;
  private final Function function;
  private final PlatformContext platform;
  private final RuntimeApi api;

  // The process and what it has said so far; replaced as a whole when a process ends.
  private @Nullable Process process;
  private int generation;
  private long processStartNs;
  private boolean initDone;
  private boolean suppressed;
  private boolean initErrorReported;
  private byte[] initError = new byte[0];
  private long initNs;
  private boolean runtimeWaiting;
  private boolean frozen;
  private boolean dying;
  private final Map<String, Extension> extensions = new LinkedHashMap<>();
  private @Nullable InvocationRequest runtimeToDeliver;
  private @Nullable ScheduledFuture<?> initTimer;

  // The invocation in hand.
  private @Nullable InvocationRequest assigned;
  private @Nullable InvocationRequest current;
  private boolean responded;
  private boolean cold;
  private long startNs;
  private long deadlineMs;
  private @Nullable ScheduledFuture<?> timeoutTimer;

  private boolean everStarted;
  private boolean closed;
  private long idleSinceNanoTime;

  Environment(String id, Function function, PlatformContext platform) throws IOException {
    this.id = id;
    this.function = function;
    this.platform = platform;
    this.api = new RuntimeApi(this, platform);
  }

  FunctionConfig config() {
    return function.config();
  }

  /**
   * Hands over an invocation. The caller has taken this environment out of the pool, so it is free.
   */
  synchronized void invoke(InvocationRequest request) {
    assigned = request;
    if (process == null) {
      startProcess();
    } else {
      if (frozen) {
        frozen = false;
        Signals.thaw(process);
      }
      beginIfReady();
    }
  }

  private void startProcess() {
    suppressed = everStarted;
    everStarted = true;
    initDone = false;
    initErrorReported = false;
    dying = false;
    cold = true;
    extensions.clear();
    processStartNs = epochNs();
    int mine = ++generation;
    if (suppressed) {
      begin(processStartNs);
    } else {
      initTimer =
          platform
              .timers()
              .schedule(() -> initTimedOut(mine), INIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
    try {
      Process started =
          platform.launcher().launch(config(), id, api.address(), function.taskRoot());
      process = started;
      started.onExit().thenRunAsync(() -> exited(mine, started.exitValue()), platform.executor());
    } catch (IOException e) {
      initErrorReported = true;
      initError = LambdaErrors.json("Runtime.InvalidEntrypoint", String.valueOf(e.getMessage()));
      platform.executor().execute(() -> exited(mine, -1));
    }
  }

  // What the Runtime API calls

  /**
   * Blocks until there is an invocation for the runtime.
   *
   * @return the invocation, or null when the asking process has ended
   */
  synchronized @Nullable InvocationRequest next() throws InterruptedException {
    int mine = generation;
    runtimeWaiting = true;
    quietened();
    while (mine == generation && runtimeToDeliver == null) {
      wait();
    }
    if (mine != generation) {
      return null;
    }
    InvocationRequest delivered = runtimeToDeliver;
    runtimeToDeliver = null;
    return delivered;
  }

  /**
   * Snapshots the runtime, which is initialised (SnapStart), and blocks until it is restored: the
   * process stands still in between, as its image would lie on a disk.
   *
   * @return false when the asking process has ended
   */
  synchronized boolean restoreNext() throws InterruptedException {
    int mine = generation;
    Process snapshot = process;
    initDone = true;
    initNs = epochNs() - processStartNs;
    cancel(initTimer);
    if (snapshot != null) {
      Signals.freeze(snapshot);
      long until = System.nanoTime() + SNAPSHOT_AGE.toNanos();
      for (long left = SNAPSHOT_AGE.toMillis();
          left > 0;
          left = (until - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
      if (mine == generation) {
        Signals.thaw(snapshot);
      }
    }
    return mine == generation;
  }

  /** When the invocation in hand must be done, milliseconds since the Unix epoch. */
  synchronized long deadlineMs() {
    return deadlineMs;
  }

  /**
   * The runtime's answer.
   *
   * @return false when there is no such invocation (any more)
   */
  synchronized boolean respond(String requestId, Outcome outcome, byte[] payload) {
    if (current == null || responded || !current.requestId.equals(requestId)) {
      return false;
    }
    complete(current, outcome, payload);
    return true;
  }

  synchronized void initFailed(byte[] error) {
    initErrorReported = true;
    initError = error;
  }

  /**
   * Registers an internal extension.
   *
   * @return false when the runtime is ready already: registration closes then
   */
  synchronized boolean register(String extensionId, boolean wantsInvokes) {
    if (initDone || process == null || extensions.size() >= 10) {
      return false;
    }
    extensions.put(extensionId, new Extension(wantsInvokes));
    return true;
  }

  /**
   * Blocks until there is an event for the extension.
   *
   * @return the invocation it is told of, or null when its process has ended
   * @throws IllegalArgumentException when no such extension is registered
   */
  synchronized @Nullable InvocationRequest nextEvent(String extensionId)
      throws InterruptedException {
    Extension extension = extensions.get(extensionId);
    if (extension == null) {
      throw new IllegalArgumentException("Unknown extension " + extensionId);
    }
    int mine = generation;
    extension.waiting = true;
    quietened();
    while (mine == generation && extension.toDeliver == null) {
      wait();
    }
    InvocationRequest event = extension.toDeliver;
    extension.toDeliver = null;
    return mine == generation ? event : null;
  }

  // Life cycle

  /**
   * Called whenever the runtime or an extension asks for more: the init or the invocation may be
   * over now.
   */
  private void quietened() {
    if (dying || !runtimeWaiting || !extensions.values().stream().allMatch(e -> e.waiting)) {
      // One that has been told to end gets nothing more to do.
      return;
    }
    if (!initDone) {
      initDone = true;
      initNs = epochNs() - processStartNs;
      cancel(initTimer);
      if (suppressed) {
        deliver();
      }
      beginIfReady();
      return;
    }
    if (current == null) {
      // Restored from its image.
      beginIfReady();
      return;
    }
    if (!responded) {
      // Restored once more, inside the invocation.
      deliver();
      return;
    }
    cancel(timeoutTimer);
    current = null;
    cold = false;
    freeze();
    idle();
  }

  private void beginIfReady() {
    if (assigned != null && initDone && runtimeWaiting) {
      begin(epochNs());
      deliver();
    }
  }

  private void begin(long fromEpochNs) {
    InvocationRequest request = assigned;
    assigned = null;
    current = request;
    responded = false;
    startNs = fromEpochNs;
    long limitMs = config().timeout().toMillis();
    deadlineMs = fromEpochNs / 1_000_000 + limitMs;
    timeoutTimer =
        platform.timers().schedule(() -> timedOut(request), limitMs, TimeUnit.MILLISECONDS);
  }

  private void deliver() {
    runtimeWaiting = false;
    runtimeToDeliver = current;
    for (Extension extension : extensions.values()) {
      if (extension.wantsInvokes) {
        extension.waiting = false;
        extension.toDeliver = current;
      }
    }
    notifyAll();
  }

  private synchronized void timedOut(@Nullable InvocationRequest request) {
    if (current != request || request == null) {
      return;
    }
    if (!responded) {
      String seconds =
          String.format(java.util.Locale.ROOT, "%.2f", config().timeout().toMillis() / 1e3);
      complete(
          request,
          Outcome.TIMEOUT,
          LambdaErrors.json(
              "Sandbox.Timedout",
              "RequestId: "
                  + request.requestId
                  + " Error: Task timed out after "
                  + seconds
                  + " seconds"));
    }
    endProcess();
  }

  private synchronized void initTimedOut(int ofGeneration) {
    if (ofGeneration == generation && !initDone) {
      endProcess();
    }
  }

  private synchronized void exited(int ofGeneration, int status) {
    if (ofGeneration != generation) {
      return;
    }
    boolean initOver = initDone;
    generation++;
    process = null;
    frozen = false;
    runtimeWaiting = false;
    runtimeToDeliver = null;
    cancel(initTimer);
    cancel(timeoutTimer);
    notifyAll();
    InvocationRequest interrupted = current;
    current = null;
    if (interrupted != null && !responded) {
      if (!initOver && initErrorReported) {
        complete(interrupted, Outcome.ERROR, initError);
      } else {
        complete(
            interrupted,
            Outcome.CRASH,
            LambdaErrors.json(
                "Runtime.ExitError",
                "RequestId: "
                    + interrupted.requestId
                    + " Error: Runtime exited with error: exit status "
                    + status));
      }
    }
    if (closed) {
      api.close();
    } else if (assigned != null) {
      // The init failed or took too long: it is tried once more, inside the invocation.
      startProcess();
    } else if (interrupted != null) {
      idle();
    }
  }

  private void complete(InvocationRequest request, Outcome outcome, byte[] payload) {
    responded = true;
    boolean wasCold = cold;
    platform
        .ledger()
        .add(
            new LedgerEntry(
                request.requestId,
                config().name(),
                id,
                request.attempt,
                startNs,
                epochNs(),
                wasCold,
                wasCold && suppressed,
                wasCold && initDone ? initNs : null,
                outcome,
                request.caller));
    InvocationResult result = new InvocationResult(outcome, payload);
    platform.executor().execute(() -> request.result.complete(result));
  }

  private void freeze() {
    Process running = process;
    if (running != null && platform.options().freeze()) {
      frozen = true;
      Signals.freeze(running);
    }
  }

  private void idle() {
    idleSinceNanoTime = System.nanoTime();
    platform.executor().execute(() -> function.release(this));
  }

  /** SIGKILL; where an internal extension is registered SIGTERM first, and some time. */
  private void endProcess() {
    Process ending = process;
    if (ending == null || dying) {
      return;
    }
    dying = true;
    if (extensions.isEmpty()) {
      Signals.kill(ending);
      return;
    }
    Signals.terminate(ending);
    if (frozen) {
      frozen = false;
      Signals.thaw(ending);
    }
    platform
        .timers()
        .schedule(
            () -> Signals.kill(ending),
            platform.options().shutdownGrace().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** How long it has been waiting for work. */
  synchronized Duration idleFor() {
    return Duration.ofNanos(System.nanoTime() - idleSinceNanoTime);
  }

  /** Ends the process, with the notice that the platform gives at a shutdown. Returns at once. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (process == null) {
      api.close();
    } else {
      endProcess();
    }
  }

  /** Ends the process as {@link #close} does, and returns when it has ended. */
  synchronized void end() {
    close();
    long until = System.nanoTime() + 2 * platform.options().shutdownGrace().toNanos();
    try {
      for (long left = until - System.nanoTime();
          process != null && left > 0;
          left = until - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void cancel(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  static long epochNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  @Override
  public String toString() {
    return "environment " + id;
  }
}
