package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Chain;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Throttles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a chain's end had to wait for: the parts that, had one been shorter, would have made the
 * whole shorter. They lie one behind the other, without gap or overlap, from the chain's first
 * moment to its last: their lengths add up to it.
 *
 * <p>It is read from the end backwards: whichever child ended last was waited for; before that
 * child began, the one that had ended last by then; and what no child fills is the span's own. An
 * asynchronous child begins after the call that sent it has ended: what lies between is waiting.
 * Where clocks of two functions disagree, what was called is moved into its call.
 */
public final class CriticalPath {

  /** What a part was spent on. */
  public enum Kind {
    /** A function's own. */
    WORK,
    /** A call that nobody else reports of. */
    CALL,
    /** Sent, and not yet taken up. */
    WAIT,
    /** A cold start. */
    START,
    /** Refused, and waiting to try again. */
    THROTTLED
  }

  /**
   * One part.
   *
   * @param what the function, or what was called, waited in or throttled by
   * @param spanId the span it belongs to
   * @param startEpochNs after clocks were brought together
   */
  public record Part(Kind kind, String what, String spanId, long startEpochNs, long endEpochNs) {
    public long lengthNs() {
      return endEpochNs - startEpochNs;
    }
  }

  /** Deeper ones are not looked into. */
  private static final int MOST_DEPTH = 500;

  /** A span in its place. */
  private static final class Node {
    final Span span;
    final List<Node> children = new ArrayList<>();
    @Nullable Node parent;
    long start;
    long end;

    /** With the cold start before it. */
    long fullStart;

    /** With everything that came of it. */
    long fullEnd;

    Node(Span span) {
      this.span = span;
      start = span.startEpochNs();
      end = span.endEpochNs();
    }
  }

  private final Map<String, Node> nodes = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();

  private CriticalPath() {}

  /**
   * The path to the chain's last end, in the order of time; empty for a chain without spans.
   *
   * @param chain its spans may lack parents, and relations may name spans that are not there
   */
  public static List<Part> of(Chain chain) {
    CriticalPath path = new CriticalPath();
    path.connect(chain);
    Node root = path.rootOfTheLast();
    if (root == null) {
      return List.of();
    }
    path.walk(root, root.fullStart, root.fullEnd, 0);
    path.parts.sort(Comparator.comparingLong(Part::startEpochNs));
    return List.copyOf(path.parts);
  }

  private static String key(String traceId, String spanId) {
    return traceId + spanId;
  }

  private void connect(Chain chain) {
    for (Span span : chain.spans()) {
      // The parts of a start are below the invocation, and lie before it.
      if (span.text("thaw.phase").isEmpty()) {
        nodes.put(key(span.traceId(), span.spanId()), new Node(span));
      }
    }
    Map<Node, Node> causes = new HashMap<>();
    for (Relation relation : chain.relations()) {
      Node from = nodes.get(key(relation.fromTraceId(), relation.fromSpanId()));
      Node to = nodes.get(key(relation.toTraceId(), relation.toSpanId()));
      // Of several messages in a batch the last one that was sent let it begin.
      if (from != null && to != null && from != to) {
        causes.merge(to, from, (a, b) -> b.end > a.end ? b : a);
      }
    }
    for (Node node : nodes.values()) {
      Node parent = nodes.get(key(node.span.traceId(), node.span.parentSpanId()));
      Node by = parent == null ? causes.get(node) : parent;
      if (by != null && by != node && !isBelow(by, node)) {
        node.parent = by;
        by.children.add(node);
      }
    }
  }

  /** Ids that go round in a circle would be walked for ever. */
  private static boolean isBelow(Node node, Node above) {
    for (Node at = node; at != null; at = at.parent) {
      if (at == above) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Node rootOfTheLast() {
    Node best = null;
    for (Node node : nodes.values()) {
      if (node.parent == null) {
        place(node);
        if (best == null || node.fullEnd > best.fullEnd) {
          best = node;
        }
      }
    }
    return best;
  }

  /** Brings everything below a root into the root's time. */
  private static void place(Node root) {
    // A node, and by how much the clock of its parent's function was moved, nanoseconds.
    record Step(Node node, long shift) {}
    // Not recursive: a chain may be thousands deep.
    List<Step> open = new ArrayList<>(List.of(new Step(root, 0)));
    List<Node> order = new ArrayList<>();
    while (!open.isEmpty()) {
      Step step = open.remove(open.size() - 1);
      Node node = step.node();
      long own = step.shift();
      if (node.parent != null && !node.parent.span.function().equals(node.span.function())) {
        own = into(node.parent, node);
      }
      node.start += own;
      node.end += own;
      node.fullStart = fullStart(node);
      order.add(node);
      for (Node child : node.children) {
        open.add(new Step(child, own));
      }
    }
    for (int i = order.size() - 1; i >= 0; i--) {
      Node node = order.get(i);
      node.fullEnd = Math.max(node.end, node.fullEnd);
      if (node.parent != null) {
        node.parent.fullEnd = Math.max(node.parent.fullEnd, node.fullEnd);
      }
    }
  }

  private static long fullStart(Node node) {
    Map<String, Object> attributes = node.span.attributes();
    if (!Boolean.TRUE.equals(attributes.get("faas.coldstart"))
        || !Invocation.wasFelt(node.span)
        || !(attributes.get("thaw.init.duration") instanceof Number init)) {
      return node.start;
    }
    double idle =
        attributes.get("thaw.init.idle") instanceof Number number ? number.doubleValue() : 0;
    long start = node.start - (long) ((init.doubleValue() + idle) * 1e9);
    // A start that began before it was called for did so for somebody else.
    return node.parent == null ? start : Math.min(node.start, Math.max(start, node.parent.start));
  }

  /** By how much a callee's clock must be moved so that it does not begin before its call. */
  private static long into(Node call, Node callee) {
    long length = callee.end - callee.start;
    boolean isAnswered = call.span.kind() == Span.Kind.CLIENT && !isAsynchronous(call.span);
    if (isAnswered && length <= call.end - call.start) {
      if (callee.start < call.start || callee.end > call.end) {
        // In the middle: the way there and the way back take equally long.
        return call.start + (call.end - call.start - length) / 2 - callee.start;
      }
      return 0;
    }
    boolean isBefore = callee.start < call.start;
    boolean isFarBehind = isAnswered && callee.start > call.end;
    return isBefore || isFarBehind ? call.start - callee.start : 0;
  }

  private static boolean isAsynchronous(Span call) {
    return call.text("thaw.invocation_type").equals("Event")
        || !call.text("thaw.message.ids").isEmpty();
  }

  /** Fills the time from the later of {@code from} and the node's start up to {@code to}. */
  private void walk(Node node, long from, long to, int depth) {
    long low = Math.max(from, node.fullStart);
    long cursor = to;
    if (depth < MOST_DEPTH) {
      List<Node> children = new ArrayList<>(node.children);
      children.sort(Comparator.comparingLong((Node child) -> child.fullEnd).reversed());
      for (Node child : children) {
        long end = Math.min(child.fullEnd, cursor);
        long start = Math.max(child.fullStart, low);
        if (start >= end) {
          continue;
        }
        own(node, end, cursor);
        walk(child, start, end, depth + 1);
        cursor = start;
      }
    }
    own(node, low, cursor);
  }

  /** What no child fills: before the span its cold start, behind it waiting, inside its own. */
  private void own(Node node, long from, long to) {
    if (from >= to) {
      return;
    }
    add(Kind.START, node.span.function(), node, from, Math.min(to, node.start));
    long inside = Math.max(from, node.start);
    long insideEnd = Math.min(to, node.end);
    if (node.span.isCall()) {
      call(node, inside, insideEnd);
    } else {
      add(Kind.WORK, node.span.function(), node, inside, insideEnd);
    }
    add(Kind.WAIT, target(node), node, Math.max(from, node.end), to);
  }

  /** A call's own time, but for what it waited after a refusal. */
  private void call(Node node, long from, long to) {
    Optional<Throttles> throttles = Throttles.of(node.span);
    long cursor = from;
    long shift = node.start - node.span.startEpochNs();
    if (throttles.isPresent()) {
      for (Span.Event event : node.span.events()) {
        if (event.name().equals(Throttles.EVENT)
            && event.attributes().get("thaw.throttle.wait") instanceof Number wait) {
          long begin = Math.max(cursor, Math.min(to, event.epochNs() + shift));
          long end = Math.min(to, event.epochNs() + shift + (long) (wait.doubleValue() * 1e9));
          if (end > begin) {
            add(Kind.CALL, target(node), node, cursor, begin);
            add(Kind.THROTTLED, throttles.get().target(), node, begin, end);
            cursor = end;
          }
        }
      }
    }
    add(Kind.CALL, target(node), node, cursor, to);
  }

  private void add(Kind kind, String what, Node node, long from, long to) {
    if (to > from) {
      parts.add(new Part(kind, what, node.span.spanId(), from, to));
    }
  }

  /** What a call goes to: what it says itself, or the function that answered it. */
  private static String target(Node node) {
    Span call = node.span;
    String destination = call.destination();
    if (!destination.isEmpty()) {
      return destination;
    }
    if (call.kind() == Span.Kind.CLIENT && node.children.size() == 1) {
      return node.children.get(0).span.function();
    }
    String address = call.text("server.address");
    return address.isEmpty() ? call.name() : address;
  }
}
