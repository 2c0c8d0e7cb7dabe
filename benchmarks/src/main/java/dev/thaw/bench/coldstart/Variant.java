package dev.thaw.bench.coldstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One way to start a function.
 *
 * @param name as the table shows it
 * @param options JAVA_TOOL_OPTIONS; empty for none
 * @param environment further variables
 * @param delivers to whom telemetry is delivered
 */
record Variant(String name, String options, Map<String, String> environment, Delivers delivers) {

  /** Where a variant's telemetry is looked for. */
  enum Delivers {
    NOTHING,
    TO_THE_COLLECTOR,
    TO_THE_SINK
  }

  static final String NONE = "none";
  static final String EMPTY = "empty -javaagent";
  static final String EMPTY_AGENTLIB = "empty -agentlib";
  static final String THAW = "thaw -javaagent";
  static final String THAW_AGENTLIB = "thaw -agentlib";
  static final String NO_PROFILE = "thaw, no profile";
  static final String EXTENSION = "thaw, extension";
  static final String OTEL = "OpenTelemetry";
  static final String DATADOG = "Datadog";
  static final String ELASTIC = "Elastic";

  /** Of another product. */
  boolean isPeer() {
    return Peers.NAMES.contains(name);
  }

  /** The name in letters alone. */
  String id() {
    return name.replaceAll("[^A-Za-z]", "");
  }

  /**
   * All of them.
   *
   * @param home the project's root, built
   * @param emptyAgent a jar whose premain does nothing
   * @param handler the function's class, which Elastic's agent wants to be told
   * @param collector base address of the collector
   * @param sink base address of what takes the peers' own protocols
   */
  static List<Variant> all(
      Path home, Path emptyAgent, String handler, String collector, String sink) {
    String thaw = home.resolve("agent/target/thaw-agent.jar").toString();
    Path peers = home.resolve("benchmarks/target/peers");
    Map<String, String> toCollector = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
    List<Variant> all = new ArrayList<>();
    all.add(new Variant(NONE, "", Map.of(), Delivers.NOTHING));
    all.add(new Variant(EMPTY, "-javaagent:" + emptyAgent, Map.of(), Delivers.NOTHING));
    all.add(
        new Variant(
            EMPTY_AGENTLIB, "-agentlib:instrument=" + emptyAgent, Map.of(), Delivers.NOTHING));
    all.add(new Variant(THAW, "-javaagent:" + thaw, toCollector, Delivers.TO_THE_COLLECTOR));
    all.add(
        new Variant(
            THAW_AGENTLIB, "-agentlib:instrument=" + thaw, toCollector, Delivers.TO_THE_COLLECTOR));
    all.add(
        new Variant(
            NO_PROFILE,
            "-agentlib:instrument=" + thaw,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector, "THAW_INIT_PROFILE", "off"),
            Delivers.TO_THE_COLLECTOR));
    all.add(
        new Variant(
            EXTENSION,
            "-agentlib:instrument=" + thaw,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector, "THAW_EXTENSION", "on"),
            Delivers.TO_THE_COLLECTOR));
    all.add(
        new Variant(
            OTEL,
            "-javaagent:" + peers.resolve("opentelemetry-javaagent.jar"),
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                collector,
                "OTEL_METRICS_EXPORTER",
                "none",
                "OTEL_LOGS_EXPORTER",
                "none"),
            Delivers.TO_THE_COLLECTOR));
    all.add(
        new Variant(
            DATADOG,
            "-javaagent:" + peers.resolve("dd-java-agent.jar"),
            Map.of(
                "DD_TRACE_AGENT_URL",
                sink,
                "DD_INSTRUMENTATION_TELEMETRY_ENABLED",
                "false",
                "DD_REMOTE_CONFIG_ENABLED",
                "false"),
            Delivers.TO_THE_SINK));
    all.add(
        new Variant(
            ELASTIC,
            "-javaagent:" + peers.resolve("elastic-apm-agent.jar"),
            Map.of(
                "ELASTIC_APM_SERVER_URL",
                sink,
                "ELASTIC_APM_AWS_LAMBDA_HANDLER",
                handler,
                "ELASTIC_APM_CENTRAL_CONFIG",
                "false",
                "ELASTIC_APM_CLOUD_PROVIDER",
                "none"),
            Delivers.TO_THE_SINK));
    return all;
  }
}
