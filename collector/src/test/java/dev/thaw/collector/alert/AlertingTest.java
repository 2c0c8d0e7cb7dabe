package dev.thaw.collector.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.thaw.collector.Spans;
import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything about alerts together, over restarts, with a real receiver. */
class AlertingTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private volatile boolean isSlow;
  private volatile int answer = 200;
  private HttpServer receiver;
  private Path file;
  private Store store;
  private Alerting alerting;
  private int number;

  @BeforeEach
  void open() throws Exception {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (answer == 200) {
              taken.add(body.replaceAll(".*\"status\":\"(\\w+)\",\"severity\".*", "$1"));
            }
            if (isSlow) {
              hold();
            }
            exchange.sendResponseHeaders(answer, -1);
          }
        });
    receiver.start();
    file = folder.resolve("rules.yaml");
    write("kind: timeouts, keep-firing: 0s, window: 5s");
    store = Stores.open("duckdb", folder.resolve("data"));
    start();
  }

  @AfterEach
  void close() {
    alerting.close();
    store.close();
    receiver.stop(0);
  }

  private void hold() {
    try {
      mayAnswer.await(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String rule) throws Exception {
    Files.writeString(
        file,
        """
        rules: [{name: r, %s}]
        grouping: {wait: 0s, interval: 0s}
        channels: [{type: webhook, url: 'http://127.0.0.1:%d/', allow-local: true}]
        """
            .formatted(rule, receiver.getAddress().getPort()));
  }

  private void start() {
    alerting =
        new Alerting(
            store,
            new Alerting.Setup(
                file,
                folder,
                "http://thaw.example",
                Duration.ofMillis(200),
                new Prices(0.0000166667, 0.2)),
            name -> null,
            new SimpleMeterRegistry());
  }

  private void restart() {
    alerting.close();
    start();
  }

  private void timeout() {
    store.append(
        List.of(
            Spans.invocation("stuck", ++number)
                .outcome("timeout")
                .startingAt((System.currentTimeMillis() - 100) * 1_000_000)
                .build()));
  }

  @Test
  void anAlertIsToldOnceOverARestartAndThenItsEnd() {
    timeout();
    await().atMost(LONG).untilAsserted(() -> assertThat(taken).containsExactly("firing"));
    restart();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(taken).containsExactly("firing", "resolved"));
    restart();
    assertThat(alerting.view().alerts())
        .extracting(item -> item.alert().state())
        .containsExactly("resolved");
    assertThat(taken).hasSize(2);
  }

  @Test
  void aMessageThatIsJustBeingTakenWhenThawStopsIsNotToldAgain() throws Exception {
    isSlow = true;
    timeout();
    await().atMost(LONG).untilAsserted(() -> assertThat(taken).containsExactly("firing"));
    Thread closing = new Thread(alerting::close);
    closing.start();
    await().atMost(LONG).until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    mayAnswer.countDown();
    closing.join();
    isSlow = false;
    start();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(taken).containsExactly("firing", "resolved"));
  }

  @Test
  void aMessageThatNobodyTookIsShownKeptOverARestartAndTakenLaterInOrder() {
    answer = 401;
    timeout();
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(alerting.view().waiting())
                    .singleElement()
                    .extracting(Alerting.WaitingItem::error)
                    .isEqualTo("status 401, wrong credentials"));
    assertThat(alerting.view().channels().get(0).error()).contains("wrong credentials");
    restart();
    assertThat(alerting.view().channels().get(0).waiting()).isPositive();
    answer = 200;
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(taken).containsExactly("firing", "resolved"));
    await().atMost(LONG).untilAsserted(() -> assertThat(alerting.view().waiting()).isEmpty());
  }

  @Test
  void aChangedFileHoldsFromThenOn() throws Exception {
    timeout();
    await().atMost(LONG).untilAsserted(() -> assertThat(taken).containsExactly("firing"));
    write("kind: errors, threshold: 17, keep-firing: 0s");
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(alerting.view().rules().get(0).sentence())
                    .isEqualTo("17 or more errors within 5m"));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(taken).containsExactly("firing", "resolved"));
  }

  @Test
  void aFileThatWasBrokenChangesNothingAndIsShownUntilItIsMended() throws Exception {
    write("kind: timeout");
    await().atMost(LONG).untilAsserted(() -> assertThat(alerting.view().problems()).hasSize(1));
    assertThat(alerting.view().problems().get(0))
        .isEqualTo(new Problem(1, 25, alerting.view().problems().get(0).message()));
    assertThat(alerting.view().rules().get(0).sentence()).isEqualTo("1 or more timeouts within 5s");
    write("kind: timeouts");
    await().atMost(LONG).untilAsserted(() -> assertThat(alerting.view().problems()).isEmpty());
  }

  @Test
  void aFileThatIsBrokenAtTheStartIsRefused() throws Exception {
    alerting.close();
    write("kind: timeout");
    assertThatThrownBy(this::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + ":1:25: kind is 'timeout'; use one of");
    write("kind: timeouts");
    start();
  }

  @Test
  void aRuleOfTheEditorOutlivesItsChannel() throws Exception {
    alerting.save("{name: mine, kind: errors, notify: [webhook]}", "");
    Files.writeString(file, "rules: []");
    restart();
    assertThat(alerting.view().rules())
        .singleElement()
        .extracting(Alerting.RuleItem::channels)
        .isEqualTo(List.of("webhook"));
  }

  /** Cut off, and with a bit flipped in a name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"evaluatedMs\":",
        "{\"evaluatedMs\":0,\"alerts\":[],\"groups\":[],\"silencds\":[],\"deliveries\":[]}"
      })
  void statesThatCannotBeReadAreSetAside(String damaged) throws Exception {
    alerting.close();
    Files.writeString(folder.resolve("alerts.json"), damaged);
    start();
    try (var files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .anyMatch(name -> name.startsWith("alerts.json.damaged-"));
    }
  }
}
