package dev.thaw.local;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lambda's queue for asynchronous invokes: accepted at once, run when there is room, retried twice
 * when the function failed (after one and two minutes, scaled). A retry keeps the request id.
 */
final class AsyncInvokes {

  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

  private final PlatformContext platform;
  private final AtomicInteger pending = new AtomicInteger();

  AsyncInvokes(PlatformContext platform) {
    this.platform = platform;
  }

  void accept(Function function, InvocationRequest request) {
    pending.incrementAndGet();
    run(function, request, FIRST_BACK_OFF);
  }

  /** How many events have neither succeeded nor been given up. */
  int pending() {
    return pending.get();
  }

  private void run(Function function, InvocationRequest request, Duration backOff) {
    if (!function.hasCapacity()) {
      retryLater(function, request, backOff);
      return;
    }
    try {
      function.invoke(request).thenAccept(result -> ended(function, request, result));
    } catch (ThrottledException e) {
      retryLater(function, request, backOff);
    }
  }

  private void retryLater(Function function, InvocationRequest request, Duration backOff) {
    Duration doubled = backOff.multipliedBy(2);
    Duration next = doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
    after(backOff, () -> run(function, request, next));
  }

  private void ended(Function function, InvocationRequest request, InvocationResult result) {
    if (result.outcome() == Outcome.OK || request.attempt == ATTEMPTS) {
      pending.decrementAndGet();
      return;
    }
    InvocationRequest again =
        new InvocationRequest(
            request.requestId,
            request.payload,
            request.traceHeader,
            null,
            request.caller,
            request.attempt + 1);
    after(Duration.ofMinutes(request.attempt), () -> run(function, again, FIRST_BACK_OFF));
  }

  private void after(Duration real, Runnable action) {
    platform
        .timers()
        .schedule(
            () -> platform.executor().execute(action),
            platform.options().scaled(real).toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
