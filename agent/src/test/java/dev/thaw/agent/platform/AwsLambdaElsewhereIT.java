package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.thaw.agent.LambdaForTests;
import dev.thaw.agent.OtlpSink;
import dev.thaw.agent.SecondJdk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent on other JDKs, attached in other ways, with other flags, and beside another agent. */
class AwsLambdaElsewhereIT {

  private static final String AGENT = System.getProperty("thaw.agent");
  private static final String OPENTELEMETRY = "target/peers/opentelemetry-javaagent.jar";

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
  private static final String RECORDER = " -XX:StartFlightRecording";

  /**
   * @param options JAVA_TOOL_OPTIONS
   * @param second whether it runs on the second JDK
   * @param mounts commands that change what the process sees of the file system, or empty
   * @param onClassPath whether the function lies beside the runtime, as in an image of one's own
   */
  record Place(String name, String options, boolean second, String mounts, boolean onClassPath) {

    Place(String name, String options, boolean second) {
      this(name, options, second, "", false);
    }

    Place(String name, String options, String mounts) {
      this(name, options, false, mounts, false);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Place> places() {
    String javaagent = "-javaagent:" + AGENT;
    String agentlib = "-agentlib:instrument=" + AGENT;
    return Stream.of(
        new Place("-agentlib", agentlib, false),
        new Place("without class sharing", javaagent + " -Xshare:off", false),
        new Place("without the JVM's counters", javaagent + " -XX:-UsePerfData", false),
        new Place(
            "after OpenTelemetry's agent",
            "-javaagent:" + Path.of(OPENTELEMETRY).toAbsolutePath() + " " + javaagent,
            false),
        new Place(
            "before OpenTelemetry's agent",
            javaagent + " -javaagent:" + Path.of(OPENTELEMETRY).toAbsolutePath(),
            false),
        new Place("on the JVM's own class path", javaagent, false, "", true),
        new Place("with a heap of 64 MB", javaagent + " -Xmx64m", false),
        new Place("with a Flight Recorder running", javaagent + RECORDER, false),
        new Place(
            "where nothing can be written",
            javaagent,
            "mount -o remount,bind,ro / && ! touch /tmp/written 2>/dev/null"),
        new Place(
            "where /proc says nothing",
            javaagent,
            "for f in /proc/$$/stat /proc/$$/statm /proc/$$/cmdline /proc/uptime; do mount --bind /dev/null $f || exit 1; done"),
        new Place("JDK 25", javaagent, true),
        new Place("JDK 25, -agentlib", agentlib, true),
        new Place("JDK 25, without class sharing", javaagent + " -Xshare:off", true));
  }

  @TempDir private Path work;

  @ParameterizedTest
  @MethodSource("places")
  void startsErrorsAndCallsAreSeen(Place place) throws Exception {
    Path javaHome = place.second() ? SecondJdk.find() : null;
    Assumptions.assumeTrue(!place.second() || javaHome != null, "no JDK 25");
    if (!place.mounts().isEmpty()) {
      javaHome = hardened(place.mounts());
      Assumptions.assumeTrue(javaHome != null, "no mount namespaces");
    }
    if (place.onClassPath()) {
      javaHome = withClassPath(LambdaForTests.taskRoot());
    }
    Map<String, String> settings = new HashMap<>();
    String options = place.options();
    if (options.endsWith(RECORDER)) {
      // In JAVA_TOOL_OPTIONS it crashes JDK 17, also without any agent.
      options = options.substring(0, options.length() - RECORDER.length());
      settings.put("JDK_JAVA_OPTIONS", RECORDER.trim());
    }
    settings.put("JAVA_TOOL_OPTIONS", options);
    settings.put("THAW_EXPORT_BUDGET", "5s");
    for (String signal : List.of("TRACES", "METRICS", "LOGS")) {
      settings.put("OTEL_" + signal + "_EXPORTER", "none");
    }
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    other.start();
    try (OtlpSink sink = new OtlpSink()) {
      settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url());
      try (LambdaForTests lambda = new LambdaForTests(work, false, settings, javaHome)) {
        String url = "http://127.0.0.1:" + other.getAddress().getPort() + "/";
        assertThat(lambda.invoke("jdkhttp", "{\"url\":\"" + url + "\"}").body())
            .contains("\"synchronous\":204");
        lambda.invoke("throws", "{}");
        OtlpSink.Received cold = first(sink, "jdkhttp");
        OtlpSink.Received failed = first(sink, "throws");

        assertThat(cold.attribute("faas.coldstart")).isEqualTo("true");
        assertThat(sink.named("jdkhttp", "clinit")).hasSize(1);
        assertThat(sink.named("jdkhttp", "init").get(0).attribute("thaw.init.profile"))
            .isNotEmpty();
        assertThat(sink.named("jdkhttp", "GET"))
            .hasSize(2)
            .allSatisfy(call -> assertThat(call.parentId()).isEqualTo(cold.id()));
        assertThat(failed.attribute("error.type")).isEqualTo("java.lang.IllegalStateException");
        assertThat(failed.event("exception", "exception.stacktrace")).contains("Caused by");
        assertThat(ownLines(lambda)).isEmpty();
      }
    } finally {
      other.stop(0);
    }
  }

  /**
   * A JDK whose java changes what it sees of the file system before it starts; null, and a loud
   * line, where that is not allowed.
   */
  private @Nullable Path hardened(String mounts) throws Exception {
    String namespace =
        "root".equals(System.getProperty("user.name")) ? "unshare -m" : "unshare -rm";
    String inside = namespace + " sh -c 'mount --make-rprivate / && " + mounts;
    Process tried = new ProcessBuilder("sh", "-c", inside + "'").redirectErrorStream(true).start();
    if (tried.waitFor() != 0) {
      System.err.println(
          "\n*** NO MOUNT NAMESPACES: the agent was NOT tested in a hardened image. Run as root, or allow"
              + " user namespaces. ***\n");
      return null;
    }
    return jdk("exec %s && exec \"$0\" \"$@\"' %s \"$@\"\n".formatted(inside, JAVA));
  }

  /** A JDK whose java has a function on its class path. */
  private Path withClassPath(Path function) throws Exception {
    return jdk(
        """
        for argument; do
          shift
          test "$before" = -cp && argument="$argument:%1$s:%1$s/lib/*"
          set -- "$@" "$argument"
          before=$argument
        done
        exec %2$s "$@"
        """
            .formatted(function, JAVA));
  }

  private Path jdk(String java) throws Exception {
    Path script = Files.createDirectories(work.resolve("jdk/bin")).resolve("java");
    Files.writeString(script, "#!/bin/sh\n" + java);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return work.resolve("jdk");
  }

  @Test
  void callsInVirtualThreadsBelongToTheirInvocation() throws Exception {
    Path javaHome = SecondJdk.find();
    Assumptions.assumeTrue(javaHome != null, "no JDK 25");
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 200);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    other.setExecutor(Executors.newCachedThreadPool());
    other.start();
    try (OtlpSink sink = new OtlpSink();
        LambdaForTests lambda =
            new LambdaForTests(
                work,
                true,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url(), "THAW_EXPORT_BUDGET", "5s"),
                javaHome)) {
      String url = "http://127.0.0.1:" + other.getAddress().getPort() + "/";
      assertThat(lambda.invoke("invirtualthreads", "{\"url\":\"" + url + "\"}").body())
          .isEqualTo("100");
      OtlpSink.Received invocation = first(sink, "invirtualthreads");
      assertThat(sink.named("invirtualthreads", "GET"))
          .hasSize(100)
          .allSatisfy(call -> assertThat(call.parentId()).isEqualTo(invocation.id()));
    } finally {
      other.stop(0);
    }
  }

  private static OtlpSink.Received first(OtlpSink sink, String function) {
    await().until(() -> !sink.invocations(function).isEmpty());
    return sink.invocations(function).get(0);
  }

  private static List<String> ownLines(LambdaForTests lambda) throws Exception {
    try (Stream<Path> logs = Files.list(lambda.platform().logs())) {
      return logs.flatMap(AwsLambdaElsewhereIT::lines)
          .filter(line -> line.startsWith("[thaw]"))
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
