package dev.thaw.agent.coldstart;

import org.jspecify.annotations.Nullable;

/**
 * Stacks with the time that was seen in each, kept as a tree so that what they have in common is
 * kept once. Not thread-safe.
 */
final class StackTree {

  /** A frame in its place. */
  static final class Node {
    /** The frame's class; for a phase or a thread its name. */
    final String type;

    /** Empty for a phase or a thread. */
    final String method;

    /** The line inside a static initialiser, whose parts are otherwise nameless; else 0. */
    final int line;

    long selfNs;
    @Nullable Node firstChild;
    @Nullable Node nextSibling;

    Node(String type, String method, int line) {
      this.type = type;
      this.method = method;
      this.line = line;
    }

    /** The child of this name, made when it is new. */
    Node child(String childType, String childMethod, int childLine) {
      for (Node child = firstChild; child != null; child = child.nextSibling) {
        if (child.line == childLine
            && child.method.equals(childMethod)
            && child.type.equals(childType)) {
          return child;
        }
      }
      Node added = new Node(childType, childMethod, childLine);
      added.nextSibling = firstChild;
      firstChild = added;
      return added;
    }

    long totalNs() {
      long total = selfNs;
      for (Node child = firstChild; child != null; child = child.nextSibling) {
        total += child.totalNs();
      }
      return total;
    }
  }

  /** Deeper stacks lose their innermost frames. */
  private static final int DEEPEST = 500;

  final Node root = new Node("", "", 0);
  int samples;
  private @Nullable Node latest;

  /**
   * @param stack as {@link Thread#getStackTrace} gives it, innermost frame first
   * @param ns time that belongs to it
   */
  void add(String phase, String thread, StackTraceElement[] stack, long ns) {
    samples++;
    Node at = root.child(phase, "", 0).child(thread, "", 0);
    int innermost = Math.max(0, stack.length - DEEPEST);
    for (int i = stack.length - 1; i >= innermost; i--) {
      StackTraceElement frame = stack[i];
      String method = frame.getMethodName();
      int line = method.equals("<clinit>") ? Math.max(0, frame.getLineNumber()) : 0;
      at = at.child(nameOf(frame.getClassName()), method, line);
    }
    at.selfNs += ns;
    latest = at;
  }

  /** More time in the stack that was seen last. */
  void addToLatest(long ns) {
    if (latest != null) {
      latest.selfNs += ns;
    }
  }

  /**
   * Without the number that the JVM gives to classes it makes at run time: it differs each time.
   */
  private static String nameOf(String type) {
    int address = type.indexOf('/');
    String name = address < 0 ? type : type.substring(0, address);
    int lambda = address < 0 ? -1 : name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda + "$$Lambda".length());
  }
}
