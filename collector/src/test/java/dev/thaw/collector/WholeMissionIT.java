package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.serve.Tokens;
import dev.thaw.demo.Demo;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole mission on real parts: sample functions on the real runtime with the packaged agent,
 * the packaged collector, and a real browser on what they left.
 */
class WholeMissionIT {

  private static final Path HOME =
      Path.of(System.getProperty("thaw.home")).toAbsolutePath().normalize();

  @TempDir Path folder;

  private static Demo demo;
  private static boolean asItMustBe;

  @BeforeAll
  static void run() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    demo = new Demo(HOME, port);
    asItMustBe = demo.runFor(Duration.ofSeconds(55), null);
  }

  @AfterAll
  static void stop() {
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  void ledgerAndCollectorAreEqualTheChainIsOneTraceAndTheAlertFiredAndWasResolved() {
    assertThat(asItMustBe).as("see what the demo printed above").isTrue();
  }

  @Test
  void aBrowserFindsItsWay() throws Exception {
    boolean browser =
        Stream.of(
                "/usr/bin/chromium",
                "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome",
                String.valueOf(System.getenv("CHROME_PATH")),
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
            .anyMatch(path -> Files.isExecutable(Path.of(path)));
    if (!browser && !"true".equals(System.getenv("CI"))) {
      String message =
          "NO BROWSER: the browser tests did NOT run. Install Chromium (Debian: apt-get install chromium) or set CHROME_PATH.";
      System.err.println("\n*** " + message + " ***\n");
      Assumptions.abort(message);
    }
    assertThat(browser).as("Chromium or Chrome on this machine").isTrue();
    Path tokens = folder.resolve("tokens");
    String token = Tokens.add(tokens, Tokens.Kind.READ, "anna");
    try (Collector locked =
        CollectorForTests.in(folder.resolve("data"), "THAW_TOKENS", tokens.toString())) {
      ProcessBuilder builder =
          new ProcessBuilder("npm", "run", "test:browser")
              .directory(HOME.resolve("dashboard-web").toFile())
              .redirectErrorStream(true);
      builder.environment().put("THAW_URL", demo.url());
      builder.environment().put("THAW_LOCKED_URL", "http://127.0.0.1:" + locked.port());
      builder.environment().put("THAW_LOCKED_TOKEN", token);
      builder.environment().put("NO_COLOR", "1");
      Process tests = builder.start();
      StringBuilder failed = new StringBuilder();
      // Copied rather than inherited: this process's own streams belong to Maven.
      for (String line : (Iterable<String>) tests.inputReader().lines()::iterator) {
        System.out.println(line);
        if (line.contains("Failed Tests") || !failed.isEmpty()) {
          failed.append(line).append('\n');
        }
      }
      assertThat(tests.waitFor()).as("exit code of the browser tests%n%s", failed).isZero();
    }
  }
}
