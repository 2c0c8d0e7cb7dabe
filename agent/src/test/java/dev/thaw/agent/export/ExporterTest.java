package dev.thaw.agent.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.OtlpSink;
import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.invocation.Trigger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits for a collector that is away, and what becomes of it. */
class ExporterTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  private Exporter exporter(String endpoint, String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    environment.put("THAW_SPOOL", folder.toString());
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return new Exporter(
        Settings.read(environment), new FunctionIdentity("f", Map.of("faas.name", "f")));
  }

  private static InvocationRecord record(String requestId) {
    Invocation invocation =
        new Invocation(
            requestId, "", System.currentTimeMillis() + 60_000, null, () -> new Trigger("other"));
    invocation.succeeded();
    return invocation.record();
  }

  private static void flush(Exporter exporter) {
    exporter.flush(true, 5 * SECOND, System.nanoTime() + 5 * SECOND);
  }

  private static List<String> requests(OtlpSink sink) {
    return sink.invocations("f").stream()
        .map(span -> span.attribute("faas.invocation_id"))
        .toList();
  }

  @Test
  void whatWaitedArrivesOnceAndInItsOrder() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      sink.refuse(true);
      Exporter exporter = exporter(sink.url());
      for (int i = 0; i < 3; i++) {
        exporter.add(record("r" + i));
        flush(exporter);
      }
      sink.refuse(false);
      exporter.endPause();
      flush(exporter);
      flush(exporter);
      assertThat(requests(sink)).containsExactly("r0", "r1", "r2");
    }
  }

  @Test
  void anAnnouncementThatComesAfterTheEndDoesNotReplaceIt() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      Exporter exporter = exporter(sink.url());
      Invocation invocation =
          new Invocation(
              "late", "", System.currentTimeMillis() + 60_000, null, () -> new Trigger("other"));
      InvocationRecord announcement = invocation.provisionalRecord(Outcome.RUNNING);
      invocation.succeeded();
      exporter.add(invocation.record());
      exporter.add(announcement);
      flush(exporter);
      exporter.add(announcement);
      flush(exporter);
      assertThat(sink.spans())
          .extracting(span -> span.attribute("thaw.outcome"))
          .containsExactly("ok");
    }
  }

  @Test
  void overTheLimitTheOldestGoAndAreCounted() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      sink.refuse(true);
      Exporter exporter = exporter(sink.url(), "THAW_EXPORT_BUFFER", "64KB");
      for (int i = 0; i < 300; i++) {
        exporter.add(record("r" + i));
      }
      sink.refuse(false);
      flush(exporter);
      assertThat(requests(sink)).contains("r299").doesNotContain("r0").hasSizeBetween(30, 250);
      int last = sink.invocations("f").size() - 1;
      assertThat(Long.parseLong(sink.invocations("f").get(last).attribute("thaw.dropped.records")))
          .isPositive();
    }
  }

  @Test
  void afterThreeFailuresNothingIsTriedUntilSomebodyInsists() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
      Thread acceptor = new Thread(() -> closeAll(server, connections));
      acceptor.setDaemon(true);
      acceptor.start();
      Exporter exporter = exporter("http://127.0.0.1:" + server.getLocalPort());
      for (int i = 0; i < 10; i++) {
        exporter.add(record("r" + i));
        flush(exporter);
      }
      assertThat(connections).hasValue(3);
      exporter.endPause();
      flush(exporter);
      assertThat(connections).hasValue(4);
    }
  }

  private static void closeAll(ServerSocket server, AtomicInteger connections) {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.incrementAndGet();
        connection.close();
      } catch (java.io.IOException e) {
        // Closed.
      }
    }
  }

  @Test
  void aLaterProcessSendsWhatAnEarlierOneCouldNot() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      sink.refuse(true);
      Exporter killed = exporter(sink.url());
      killed.add(record("before"));
      flush(killed);
      sink.refuse(false);
      Exporter next = exporter(sink.url());
      next.add(record("after"));
      flush(next);
      assertThat(requests(sink)).containsExactly("before", "after");
    }
  }

  @Test
  void aWarmSuccessRightAfterASlowSendingArrivesThoughNothingFollowsIt() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      sink.holdAnswers();
      Exporter exporter = exporter(sink.url());
      exporter.add(record("slow"));
      exporter.flush(true, SECOND / 10, System.nanoTime() + 5 * SECOND);
      sink.answer();
      exporter.add(record("last"));
      exporter.flush(false, SECOND / 5, System.nanoTime() + 5 * SECOND);
      await().untilAsserted(() -> assertThat(requests(sink)).containsExactly("slow", "last"));
    }
  }

  /** A connection, and then warm successes of which the collector takes all and answers none. */
  private static List<String> unanswered(OtlpSink sink, Exporter exporter, int count, long budgetNs)
      throws Exception {
    exporter.add(record("first"));
    flush(exporter);
    sink.holdAnswers();
    List<String> added = new ArrayList<>(List.of("first"));
    for (int i = 0; i < count; i++) {
      added.add("r" + i);
      exporter.add(record("r" + i));
      exporter.flush(false, budgetNs, System.nanoTime() + 5 * SECOND);
    }
    return added;
  }

  @Test
  void whatASlowCollectorHasNotAnsweredYetIsNotSentAgain() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      Exporter exporter = exporter(sink.url());
      List<String> added = unanswered(sink, exporter, 12, SECOND / 5);
      added.add("failed");
      exporter.add(record("failed"));
      exporter.flush(true, SECOND / 20, System.nanoTime() + 5 * SECOND);
      sink.answer();
      flush(exporter);
      assertThat(requests(sink)).containsExactlyElementsOf(added);
    }
  }

  @Test
  void whatHasNoRoomOnItsWayGoesWithOneOfTheNext() throws Exception {
    try (OtlpSink sink = new OtlpSink()) {
      Exporter exporter = exporter(sink.url());
      List<String> added = unanswered(sink, exporter, 300, SECOND / 100);
      sink.answer();
      exporter.endPause();
      flush(exporter);
      assertThat(requests(sink)).containsExactlyElementsOf(added);
    }
  }
}
