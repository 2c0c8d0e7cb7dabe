package dev.thaw.agent.invocation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where a thread stands. Immutable. */
public final class ThreadStack {

  /** More threads than this are not shown beside the handler's. */
  private static final int MOST_OTHERS = 5;

  /** A thread that stands in one of these waits for work, and nobody waits for it. */
  private static final String[] IDLE = {
    "java.util.concurrent.ThreadPoolExecutor.getTask",
    "java.util.concurrent.ForkJoinPool.awaitWork",
    "java.util.concurrent.ForkJoinPool.runWorker",
    "java.util.TimerThread.mainLoop",
    "sun.nio.ch.EPoll.wait",
    "sun.nio.ch.SelectorImpl.select",
    "java.lang.ref.ReferenceQueue.remove",
  };

  /** An idle thread stands in one of these within so many frames. */
  private static final int IDLE_DEPTH = 10;

  public final String threadName;
  public final StackTraceElement[] frames;

  ThreadStack(String threadName, StackTraceElement[] frames) {
    this.threadName = threadName;
    this.frames = frames;
  }

  /**
   * The handler's thread, and behind it those that it may wait for: who waits for a lock, a task or
   * an answer is shown with the threads that are at work meanwhile.
   */
  static List<ThreadStack> of(Thread handler) {
    List<ThreadStack> stacks = new ArrayList<>();
    StackTraceElement[] own = handler.getStackTrace();
    stacks.add(new ThreadStack(handler.getName(), own));
    if (handler.getState() == Thread.State.RUNNABLE || isAsleep(own)) {
      return stacks;
    }
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      if (thread != handler
          && stacks.size() <= MOST_OTHERS
          && isApplications(thread)
          && isAtWork(entry.getValue())) {
        stacks.add(new ThreadStack(thread.getName(), entry.getValue()));
      }
    }
    return stacks;
  }

  private static boolean isAsleep(StackTraceElement[] frames) {
    for (int i = 0; i < frames.length && i < 3; i++) {
      if (frames[i].getClassName().equals("java.lang.Thread")
          && frames[i].getMethodName().startsWith("sleep")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isApplications(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group != null
        && !group.getName().equals("system")
        && !thread.getName().startsWith("thaw-");
  }

  private static boolean isAtWork(StackTraceElement[] frames) {
    for (int i = 0; i < frames.length && i < IDLE_DEPTH; i++) {
      String method = frames[i].getClassName() + "." + frames[i].getMethodName();
      for (int j = 0; j < IDLE.length; j++) {
        if (method.equals(IDLE[j])) {
          return hasTaskAbove(frames, i);
        }
      }
    }
    return frames.length > 0;
  }

  /** A pool's thread that runs a task has the pool's methods below it, not at the top. */
  private static boolean hasTaskAbove(StackTraceElement[] frames, int pool) {
    for (int i = 0; i < pool; i++) {
      String type = frames[i].getClassName();
      if (!type.startsWith("java.util.concurrent.")
          && !type.startsWith("jdk.internal.")
          && !type.startsWith("sun.nio.ch.")
          && !type.equals("java.lang.Object")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the JVM ends because of a signal, and not because somebody called exit. */
  public static boolean isEndedBySignal() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      String name = thread.getName();
      if (name.startsWith("SIG") && name.endsWith(" handler")) {
        return true;
      }
    }
    return false;
  }
}
