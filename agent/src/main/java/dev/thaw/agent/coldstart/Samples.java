package dev.thaw.agent.coldstart;

import org.jspecify.annotations.Nullable;

/**
 * The stacks that were seen. They are kept as they are until there are many, or somebody asks: to
 * put them into the tree costs time that a short start should not pay. Not thread-safe.
 */
final class Samples {

  /** As many stacks as they come take some 100 KB. */
  private static final int MOST_WAITING = 32;

  private final String[] phases = new String[MOST_WAITING];
  private final String[] threads = new String[MOST_WAITING];
  private final StackTraceElement[][] stacks = new StackTraceElement[MOST_WAITING][];
  private final long[] ns = new long[MOST_WAITING];
  private int waiting;
  private @Nullable StackTree tree;

  /**
   * @param stack as {@link Thread#getStackTrace} gives it, innermost frame first
   * @param time that belongs to it, nanoseconds
   */
  void add(String phase, String thread, StackTraceElement[] stack, long time) {
    if (waiting == MOST_WAITING) {
      tree();
    }
    phases[waiting] = phase;
    threads[waiting] = thread;
    stacks[waiting] = stack;
    ns[waiting] = time;
    waiting++;
  }

  /** More time, in nanoseconds, in the stack that was seen last. */
  void addToLatest(long more) {
    if (waiting > 0) {
      ns[waiting - 1] += more;
    } else if (tree != null) {
      tree.addToLatest(more);
    }
  }

  /** All of them. */
  StackTree tree() {
    StackTree all = tree;
    if (all == null) {
      all = new StackTree();
      tree = all;
    }
    for (int i = 0; i < waiting; i++) {
      all.add(phases[i], threads[i], stacks[i], ns[i]);
      stacks[i] = null;
    }
    waiting = 0;
    return all;
  }
}
