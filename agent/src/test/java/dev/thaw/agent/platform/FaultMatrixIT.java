package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.Faults;
import dev.thaw.agent.LambdaForTests;
import dev.thaw.agent.SecondJdk;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application never notices: whatever the collector does, whatever the handler does, on both
 * JDKs, callers get what they get without the agent, and nothing of the agent's own shows in the
 * function's log but its one line.
 */
class FaultMatrixIT {

  private static final String[] HANDLERS = {
    "plain", "throws", "overflows", "exits", "hangs", "interrupts", "runsoutofmemory"
  };

  /** Most of a run is waiting for the handler that hangs. */
  private static final int LANES = 3;

  private static final String NO_AGENT = "no agent";

  private static final String IDS = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  @TempDir private Path work;

  @Test
  void callersGetTheSameAnswersWhateverTheCollectorDoes() throws Exception {
    List<Path> jdks = new ArrayList<>();
    jdks.add(Path.of(System.getProperty("java.home")));
    Path second = SecondJdk.find();
    if (second != null) {
      jdks.add(second);
    }
    StringBuilder table = new StringBuilder("\ncollector                           JDK  ");
    for (String handler : HANDLERS) {
      table.append(String.format("%-16s", handler));
    }
    List<String> differences = new ArrayList<>();
    ExecutorService lanes = Executors.newFixedThreadPool(LANES);
    try (Faults faults = new Faults()) {
      List<Faults.Fault> all = faults.all(work);
      Map<String, Future<Map<String, List<String>>>> runs = new LinkedHashMap<>();
      for (Path jdk : jdks) {
        String name = jdk.equals(second) ? "25" : "17";
        runs.put(
            NO_AGENT + name, lanes.submit(() -> answers(false, Map.of(), jdk, "none-" + name)));
        for (Faults.Fault fault : all) {
          String folder = fault.name().replace(' ', '-') + "-" + name;
          runs.put(
              fault.name() + name,
              lanes.submit(() -> answers(true, fault.settings(), jdk, folder)));
        }
      }
      for (Path jdk : jdks) {
        String name = jdk.equals(second) ? "25" : "17";
        Map<String, List<String>> expected = runs.get(NO_AGENT + name).get();
        for (Faults.Fault fault : all) {
          Map<String, List<String>> got = runs.get(fault.name() + name).get();
          table.append(String.format("%n%-36s%-5s", fault.name(), name));
          for (String handler : HANDLERS) {
            boolean same = expected.get(handler).equals(got.get(handler));
            table.append(String.format("%-16s", same ? "same" : "DIFFERENT"));
            if (!same) {
              differences.add(
                  fault
                      + " x "
                      + handler
                      + " x "
                      + name
                      + ": "
                      + got.get(handler)
                      + " and not "
                      + expected.get(handler));
            }
          }
        }
      }
    } finally {
      lanes.shutdown();
    }
    System.out.println(table);
    System.out.println(differences.size() + " differences");
    assertThat(differences).isEmpty();
  }

  /** Each handler twice, cold and warm, all handlers at once. */
  private Map<String, List<String>> answers(
      boolean agent, Map<String, String> settings, @Nullable Path jdk, String folder)
      throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(HANDLERS.length);
    Map<String, List<String>> answers = new LinkedHashMap<>();
    try (LambdaForTests lambda =
        new LambdaForTests(Files.createDirectory(work.resolve(folder)), agent, settings, jdk)) {
      Map<String, Future<List<String>>> futures = new LinkedHashMap<>();
      for (String handler : HANDLERS) {
        futures.put(handler, callers.submit(() -> twice(lambda, handler)));
      }
      for (Map.Entry<String, Future<List<String>>> entry : futures.entrySet()) {
        answers.put(entry.getKey(), entry.getValue().get());
      }
      assertThat(ownFrames(lambda)).as(folder).isEmpty();
    } finally {
      callers.shutdown();
    }
    return answers;
  }

  private static List<String> twice(LambdaForTests lambda, String handler) throws Exception {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> response = lambda.invoke(handler, payload(handler));
      answers.add(
          response.statusCode()
              + " "
              + response.headers().firstValue("x-amz-function-error").orElse("")
              + " "
              + response.body().replaceAll(IDS, "ID").replaceAll("0x[0-9a-f]+", "ADDRESS"));
    }
    return answers;
  }

  private static String payload(String handler) {
    return handler.equals("plain") ? "\"Ada\"" : "{}";
  }

  /** What of the agent's code shows in a stack trace of a function's log. */
  private static List<String> ownFrames(LambdaForTests lambda) throws Exception {
    List<String> own = new ArrayList<>();
    try (Stream<Path> logs = Files.list(lambda.platform().logs())) {
      for (Path log : logs.toList()) {
        for (String line : Files.readAllLines(log)) {
          if (line.contains("at dev.thaw.agent.") && !line.contains("dev.thaw.agent.functions.")) {
            own.add(log.getFileName() + ": " + line);
          }
        }
      }
    }
    return own;
  }
}
