package dev.thaw.collector.analysis;

import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.Throttles;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Who calls whom: functions, queues, topics, tables, schedules and other services as nodes, calls
 * and messages as edges; made from parents and links, so that batches of several messages count as
 * well.
 */
public final class ChainGraph {

  /** What a node is. */
  public enum NodeKind {
    FUNCTION,
    QUEUE,
    TOPIC,
    /** Of events. */
    BUS,
    /** Of records: Kinesis, Kafka. */
    STREAM,
    /** Of a store, or a whole database. */
    TABLE,
    BUCKET,
    /** Something that is called and reports no invocations. */
    SERVICE,
    /** What starts functions at its time. */
    SCHEDULE,
    /** Where requests come from that nobody traced. */
    OUTSIDE
  }

  /** A node; its id is unique, its label is what to show. */
  public static final class Node {
    private final String id;
    private final String label;
    private final NodeKind kind;
    private long invocations;
    private long failures;

    Node(String id, String label, NodeKind kind) {
      this.id = id;
      this.label = label;
      this.kind = kind;
    }

    public String id() {
      return id;
    }

    public String label() {
      return label;
    }

    public NodeKind kind() {
      return kind;
    }

    public long invocations() {
      return invocations;
    }

    /** Errors, timeouts and crashes. */
    public long failures() {
      return failures;
    }
  }

  /** All calls from one node to another. */
  public static final class Edge {
    private final String from;
    private final String to;
    private long calls;
    private long errors;
    private long throttles;
    private final Histogram durations = new Histogram(3);
    private final Histogram waits = new Histogram(3);
    private String exampleTraceId = "";

    Edge(String from, String to) {
      this.from = from;
      this.to = to;
    }

    public String from() {
      return from;
    }

    public String to() {
      return to;
    }

    public long calls() {
      return calls;
    }

    public long errors() {
      return errors;
    }

    public long throttles() {
      return throttles;
    }

    /** Durations of the calls, microseconds. */
    public Histogram durations() {
      return durations;
    }

    /** How long messages waited, microseconds. */
    public Histogram waits() {
      return waits;
    }

    public String exampleTraceId() {
      return exampleTraceId;
    }
  }

  private static final String OUTSIDE_ID = "outside";

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Edge> edges = new LinkedHashMap<>();

  private ChainGraph() {}

  /**
   * @param spans invocations, calls and messages, each once, in any order
   */
  public static ChainGraph of(List<Span> spans) {
    ChainGraph graph = new ChainGraph();
    Map<String, Span> byId = new HashMap<>();
    for (Span span : spans) {
      byId.put(key(span.traceId(), span.spanId()), span);
    }
    Set<Span> answered = new HashSet<>();
    for (Span span : spans) {
      Optional<Invocation> invocation = Invocation.of(span);
      if (invocation.isPresent()) {
        graph.addInvocation(span, invocation.get(), byId, answered);
      }
    }
    for (Span span : spans) {
      if (span.isCall()) {
        graph.addCall(span, answered.contains(span));
      }
    }
    return graph;
  }

  private static String key(String traceId, String spanId) {
    return traceId + spanId;
  }

  private void addInvocation(
      Span span, Invocation invocation, Map<String, Span> byId, Set<Span> answered) {
    Node to = function(span.function());
    to.invocations++;
    boolean failed = invocation.outcome().isFailure();
    if (failed) {
      to.failures++;
    }
    Span caller = byId.get(key(span.traceId(), span.parentSpanId()));
    Node source = source(span, caller);
    if (source != null) {
      addTopicBefore(source, span);
      Edge edge = edge(source, to, span);
      edge.calls++;
      edge.errors += failed ? 1 : 0;
      edge.durations.recordValue(micros(span.durationNs()));
      if (invocation.queueWaitNs() > 0) {
        edge.waits.recordValue(micros(invocation.queueWaitNs()));
      }
      return;
    }
    if (caller == null) {
      Edge edge = edge(node(OUTSIDE_ID, "Outside", NodeKind.OUTSIDE), to, span);
      edge.calls++;
      edge.errors += failed ? 1 : 0;
      edge.durations.recordValue(micros(span.durationNs()));
      return;
    }
    answered.add(caller);
    Edge edge = edge(function(caller.function()), to, span);
    edge.calls++;
    edge.errors += failed ? 1 : 0;
    edge.durations.recordValue(micros(caller.durationNs()));
    long wait = span.startEpochNs() - caller.startEpochNs();
    if (wait > 0) {
      edge.waits.recordValue(micros(wait));
    }
  }

  private void addCall(Span call, boolean answered) {
    Node from = function(call.function());
    long refused = Throttles.of(call).map(Throttles::count).orElse(0);
    if (answered) {
      // Counted with the invocation that it led to; what was refused on the way is not.
      if (refused > 0) {
        invokedEdges(from, call).forEach(edge -> edge.throttles += refused);
      }
      return;
    }
    Edge edge = edge(from, target(call), call);
    edge.calls++;
    edge.throttles += refused;
    edge.errors += call.status() == Span.Status.ERROR || call.unfinished() ? 1 : 0;
    edge.durations.recordValue(micros(call.durationNs()));
  }

  private List<Edge> invokedEdges(Node from, Span call) {
    String name = call.text("faas.invoked_name");
    return edges.values().stream()
        .filter(edge -> edge.from.equals(from.id) && edge.to.equals("function:" + name))
        .toList();
  }

  /** What delivered to a function; null when somebody called it. */
  private @Nullable Node source(Span span, @Nullable Span caller) {
    Node messages = messages(span);
    if (messages != null) {
      return messages;
    }
    String document = span.text("faas.document.collection");
    if (!document.isEmpty()) {
      return span.text("thaw.trigger").equals("s3") ? bucket(document) : table(document);
    }
    if (span.text("thaw.trigger").equals("eventbridge")) {
      // An event does not say which bus it came over; the call that sent it does.
      Node bus = caller == null ? null : messages(caller);
      return bus == null ? node("bus:default", "default", NodeKind.BUS) : bus;
    }
    if (span.text("thaw.trigger").equals("schedule")) {
      String rule = span.text("thaw.schedule");
      return node("schedule:" + rule, rule.isEmpty() ? "schedule" : rule, NodeKind.SCHEDULE);
    }
    return null;
  }

  /** A topic that delivers to a queue leaves its name in the envelope. */
  private void addTopicBefore(Node queue, Span span) {
    String arn = span.text("aws.sns.topic.arn");
    if (!arn.isEmpty() && queue.kind == NodeKind.QUEUE) {
      String name = arn.substring(arn.lastIndexOf(':') + 1);
      edge(node("topic:" + name, name, NodeKind.TOPIC), queue, span).calls++;
    }
  }

  /** What messages go through; null for a span that has to do with none. */
  private @Nullable Node messages(Span span) {
    String name = span.text("messaging.destination.name");
    if (name.isEmpty()) {
      return null;
    }
    return switch (span.text("messaging.system")) {
      case "aws_sns" -> node("topic:" + name, name, NodeKind.TOPIC);
      case "aws_eventbridge" -> node("bus:" + name, name, NodeKind.BUS);
      case "aws_kinesis", "kafka" -> node("stream:" + name, name, NodeKind.STREAM);
      default -> queue(name);
    };
  }

  private Node table(String name) {
    return node("table:" + name, name, NodeKind.TABLE);
  }

  private Node bucket(String name) {
    return node("bucket:" + name, name, NodeKind.BUCKET);
  }

  private Node target(Span call) {
    Node messages = messages(call);
    if (messages != null) {
      return messages;
    }
    if (!call.text("aws.s3.bucket").isEmpty()) {
      return bucket(call.text("aws.s3.bucket"));
    }
    if (call.text("db.system.name").equals("aws.dynamodb")
        && !call.text("db.collection.name").isEmpty()) {
      return table(call.text("db.collection.name"));
    }
    if (!call.text("db.system.name").isEmpty() && !call.text("db.namespace").isEmpty()) {
      return table(call.text("db.namespace"));
    }
    String function = call.text("faas.invoked_name");
    if (!function.isEmpty()) {
      return function(function);
    }
    String host = call.text("server.address");
    Object port = call.attributes().get("server.port");
    String label =
        host.isEmpty() ? call.name() : port == null || isUsual(port) ? host : host + ":" + port;
    return node("service:" + label, label, NodeKind.SERVICE);
  }

  private static boolean isUsual(Object port) {
    return port.equals(443L) || port.equals(80L);
  }

  private Node function(String name) {
    return node("function:" + name, name, NodeKind.FUNCTION);
  }

  private Node queue(String name) {
    return node("queue:" + name, name, NodeKind.QUEUE);
  }

  private Node node(String id, String label, NodeKind kind) {
    return nodes.computeIfAbsent(id, absent -> new Node(id, label, kind));
  }

  private Edge edge(Node from, Node to, Span example) {
    Edge edge = edges.computeIfAbsent(from.id + ">" + to.id, absent -> new Edge(from.id, to.id));
    edge.exampleTraceId = example.traceId();
    return edge;
  }

  private static long micros(long ns) {
    return Math.max(0, ns / 1000);
  }

  public Collection<Node> nodes() {
    return nodes.values();
  }

  public Collection<Edge> edges() {
    return edges.values();
  }
}
