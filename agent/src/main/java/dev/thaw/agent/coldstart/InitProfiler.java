package dev.thaw.agent.coldstart;

import dev.thaw.agent.invocation.ColdStart;
import dev.thaw.agent.log.Log;
import java.lang.instrument.Instrumentation;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the starting thread's stack from time to time, from the agent's own start to the first
 * response, on a thread of its own.
 *
 * <p>The time between two samples belongs to both in halves, the time before a phase's first sample
 * to that one, the time after its last to the last. A start that is short is looked at half as
 * often: there is little to find in it, and a look weighs more. After every 150 samples the period
 * doubles, and it is never less than 64 times what a look costs: neither a long start nor a deep
 * stack makes the profile dear. While the starting thread waits, the threads that work meanwhile
 * are looked at too. Thread-safe; never throws.
 */
public final class InitProfiler implements Runnable, ColdStart.Profile {

  private static final long SHORT_START_NS = 250_000_000L;
  private static final int SAMPLES_PER_PERIOD = 150;
  private static final int LEAST_PERIOD_IN_COSTS = 64;

  /** Of the threads that work while the starting one waits, at most so many are looked at. */
  private static final int MOST_HELPERS = 4;

  private final Instrumentation instrumentation;
  private final Thread starting;
  private final Thread sampler;
  private final long periodNs;
  private final Samples samples = new Samples();
  private volatile String phase;

  /** When it began, or when the start was paused or over. */
  private volatile long phaseNanoTime;

  private volatile String encodedBefore = "";
  private volatile boolean paused;
  private volatile boolean stopped;

  /**
   * @param starting the thread that the start runs on
   * @param periodNs between two looks, at first
   * @param phase the phase that begins now
   */
  public InitProfiler(
      Instrumentation instrumentation, Thread starting, long periodNs, String phase) {
    this.instrumentation = instrumentation;
    this.starting = starting;
    this.periodNs = periodNs;
    this.phase = phase;
    phaseNanoTime = System.nanoTime();
    sampler = new Thread(null, this, "thaw-init-profile", 0, false);
    sampler.setDaemon(true);
  }

  public void start() {
    sampler.start();
  }

  /** What the starting thread does from now on. Goes on if it was paused. */
  public void enter(String newPhase) {
    // The moment first: the sampler reads the phase, then the moment.
    phaseNanoTime = System.nanoTime();
    phase = newPhase;
    if (paused) {
      paused = false;
      LockSupport.unpark(sampler);
    }
  }

  /** Nothing is started until {@link #enter} is called: the process waits for its first work. */
  public void pause() {
    phaseNanoTime = System.nanoTime();
    paused = true;
  }

  /** The start is over. */
  public void stop() {
    phaseNanoTime = System.nanoTime();
    stopped = true;
    LockSupport.unpark(sampler);
  }

  @Override
  public String encoded() {
    synchronized (samples) {
      String text =
          ProfileText.encoded(samples.tree(), periodNs, instrumentation.getAllLoadedClasses());
      encodedBefore = text;
      return text;
    }
  }

  @Override
  public String encodedBefore() {
    return encodedBefore;
  }

  @Override
  public void run() {
    try {
      long period = periodNs;
      long begin = System.nanoTime();
      long last = begin;
      boolean isFirst = true;
      long cheapest = 50_000;
      int untilDoubled = SAMPLES_PER_PERIOD;
      while (!stopped) {
        long due = last + (last - begin < SHORT_START_NS ? Math.max(period, periodNs * 2) : period);
        LockSupport.parkNanos(Math.max(period / 4, due - System.nanoTime()));
        long now = System.nanoTime();
        String during = phase;
        long changed = phaseNanoTime;
        if (changed - last > 0) {
          synchronized (samples) {
            samples.addToLatest(Math.min(now, changed) - last);
          }
          last = changed;
          isFirst = true;
        }
        if (paused) {
          while (paused && !stopped) {
            LockSupport.park(this);
          }
          last = phaseNanoTime;
          continue;
        }
        if (stopped || now - last < period / 4) {
          continue;
        }
        long ns = now - last;
        if (!isFirst) {
          synchronized (samples) {
            samples.addToLatest(ns / 2);
          }
          ns -= ns / 2;
        }
        sample(during, ns);
        isFirst = false;
        last = now;
        long cost = System.nanoTime() - now;
        // Mostly a look waits for the other thread to stop, which costs nothing: the cheapest
        // count.
        cheapest = Math.min(cost, cheapest + cheapest / 8 + 1);
        period = Math.max(period, cheapest * LEAST_PERIOD_IN_COSTS);
        if (--untilDoubled == 0) {
          untilDoubled = SAMPLES_PER_PERIOD;
          period *= 2;
        }
      }
    } catch (Throwable e) {
      Log.failure("Profiling the start", e);
    }
  }

  private void sample(String during, long ns) {
    StackTraceElement[] stack = starting.getStackTrace();
    if (stack.length > 0 && isIdle(stack[0])) {
      sampleHelpers(during, ns);
    }
    // Last: what is left of the time until the next sample belongs to the starting thread.
    synchronized (samples) {
      samples.add(during, starting.getName(), stack, ns);
    }
  }

  private void sampleHelpers(String during, long ns) {
    ThreadGroup group = starting.getThreadGroup();
    if (group == null) {
      return;
    }
    Thread[] threads = new Thread[group.activeCount() + 4];
    int count = group.enumerate(threads);
    int looked = 0;
    for (int i = 0; i < count && looked < MOST_HELPERS; i++) {
      Thread thread = threads[i];
      if (thread != starting && thread != sampler && !thread.getName().startsWith("thaw-")) {
        StackTraceElement[] stack = thread.getStackTrace();
        if (stack.length > 0 && !isIdle(stack[0])) {
          looked++;
          synchronized (samples) {
            samples.add(during, thread.getName(), stack, ns);
          }
        }
      }
    }
  }

  /** Told by the method: the thread's state calls a thread runnable that waits for the network. */
  private static boolean isIdle(StackTraceElement top) {
    if (!top.isNativeMethod()) {
      return false;
    }
    String type = top.getClassName();
    return type.equals("jdk.internal.misc.Unsafe")
        || type.equals("java.lang.Object")
        || type.equals("java.lang.Thread")
        || type.startsWith("sun.nio.ch.");
  }
}
