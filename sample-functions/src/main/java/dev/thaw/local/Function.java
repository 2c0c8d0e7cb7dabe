package dev.thaw.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One function: its pool of execution environments and its concurrency limit. Thread-safe. */
final class Function {

  private final FunctionConfig config;
  private final Path taskRoot;
  private final PlatformContext platform;
  private final List<Environment> environments = new ArrayList<>();
  private final Deque<Environment> idle = new ArrayDeque<>();
  private int started;
  private boolean closed;

  Function(FunctionConfig config, Path taskRoot, PlatformContext platform) {
    this.config = config;
    this.taskRoot = taskRoot;
    this.platform = platform;
  }

  FunctionConfig config() {
    return config;
  }

  Path taskRoot() {
    return taskRoot;
  }

  /**
   * Runs one invocation, in an idle environment or in a new one.
   *
   * @throws ThrottledException when all the environments that the limit allows are busy
   */
  CompletableFuture<InvocationResult> invoke(InvocationRequest request) throws ThrottledException {
    Environment environment = take();
    if (environment == null) {
      long now = Environment.epochNs();
      platform
          .ledger()
          .add(
              new LedgerEntry(
                  request.requestId,
                  config.name(),
                  null,
                  request.attempt,
                  now,
                  now,
                  false,
                  false,
                  null,
                  Outcome.THROTTLED,
                  request.caller));
      throw new ThrottledException(config.name());
    }
    environment.invoke(request);
    return request.result;
  }

  /** Whether an invocation would be accepted now. */
  synchronized boolean hasCapacity() {
    return !closed && (!idle.isEmpty() || environments.size() < config.concurrency());
  }

  private synchronized @Nullable Environment take() {
    // The environment used last is the one whose caches are warm; it is also what Lambda prefers.
    Environment free = idle.pollLast();
    if (free != null || closed || environments.size() >= config.concurrency()) {
      return free;
    }
    try {
      Environment created =
          new Environment(
              config.name() + "-" + ++started + "-" + UUID.randomUUID().toString().substring(0, 8),
              this,
              platform);
      environments.add(created);
      return created;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("No port for another environment", e);
    }
  }

  synchronized void release(Environment environment) {
    if (!closed) {
      idle.addLast(environment);
    }
  }

  /** Ends the environments that have been idle for too long. */
  synchronized void recycle() {
    for (Iterator<Environment> it = idle.iterator(); it.hasNext(); ) {
      Environment environment = it.next();
      if (environment
              .idleFor()
              .compareTo(platform.options().scaled(platform.options().idleTimeout()))
          > 0) {
        it.remove();
        environments.remove(environment);
        environment.close();
      }
    }
  }

  /**
   * Takes no more invocations.
   *
   * @return the environments, for the caller to end
   */
  synchronized List<Environment> end() {
    closed = true;
    idle.clear();
    return List.copyOf(environments);
  }
}
