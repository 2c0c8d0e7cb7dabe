package dev.thaw.bench.invoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.bench.Javas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an invocation without outgoing calls costs on the handler's own thread. */
@Command(
    name = "invoke",
    mixinStandardHelpOptions = true,
    description = "What the agent does on the handler's own thread (JMH); about two minutes.")
public final class InvokeBench implements Callable<Integer> {

  private static final double MOST_US = 5;
  private static final double MOST_BYTES = 2048;

  @Option(
      names = "--java",
      split = ",",
      description = "JDKs to run on, their homes; default: this one, and a JDK 25 if it finds one.")
  private List<Path> javaHomes = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    boolean met = true;
    for (Path java : javaHomes.isEmpty() ? Javas.found() : javaHomes) {
      met &= measure(java);
    }
    System.out.println(met ? "Every budget is met." : "NOT every budget is met.");
    return met ? 0 : 1;
  }

  private static boolean measure(Path java) throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("thaw.home"));
    Path result = Files.createTempFile("thaw-bench-invoke", ".json");
    // As Lambda runs a function: no C2.
    ProcessBuilder jmh =
        new ProcessBuilder(
            java.resolve("bin/java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.openjdk.jmh.Main",
            HandlerThread.class.getName(),
            "-prof",
            "gc",
            "-f",
            "2",
            "-wi",
            "3",
            "-w",
            "2",
            "-i",
            "5",
            "-r",
            "2",
            "-jvmArgs",
            "-javaagent:"
                + home.resolve("agent/target/thaw-agent.jar")
                + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "-rf",
            "json",
            "-rff",
            result.toString());
    // By these the agent knows that it is on Lambda; nobody is there and nothing is sent.
    jmh.environment().put("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9");
    jmh.environment().put("AWS_LAMBDA_FUNCTION_NAME", "bench");
    if (jmh.inheritIO().start().waitFor() != 0) {
      throw new IOException("JMH failed; what it said stands above");
    }
    JsonNode measured = new ObjectMapper().readTree(result.toFile()).get(0);
    Files.delete(result);
    double micros = measured.at("/primaryMetric/score").asDouble();
    double bytes =
        measured.at("/secondaryMetrics").path("gc.alloc.rate.norm").path("score").asDouble();
    System.out.printf(
        Locale.ROOT,
        "%n| budget, %s | measured | |%n| --- | ---: | --- |%n"
            + "| on the handler's thread: at most %.0f us | %.2f us | %s |%n"
            + "| allocated there: at most %.0f bytes | %.0f bytes | %s |%n%n",
        Javas.name(java),
        MOST_US,
        micros,
        micros <= MOST_US ? "met" : "**MISSED**",
        MOST_BYTES,
        bytes,
        bytes <= MOST_BYTES ? "met" : "**MISSED**");
    return micros <= MOST_US && bytes <= MOST_BYTES;
  }
}
