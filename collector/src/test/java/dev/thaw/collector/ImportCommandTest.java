package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.thaw.collector.receive.OtlpWriter;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code thaw import}, from a log into a collector. */
class ImportCommandTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path log;

  @BeforeEach
  void writeLog() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    long nowNs = System.currentTimeMillis() * 1_000_000;
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      deflater.write(
          OtlpWriter.write(
              List.of(
                  Spans.invocation("checkout", 1).startingAt(nowNs - 60_000_000_000L).build())));
    }
    log = folder.resolve("function.log");
    Files.writeString(
        log,
        "START\n2026-11-21T10:00:00Z thaw-otlp 1 "
            + Base64.getEncoder().encodeToString(packed.toByteArray())
            + "\nEND\n");
  }

  private int bring(Path file, int port) {
    return new CommandLine(new ImportCommand(1))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(file.toString(), "--to", "http://127.0.0.1:" + port);
  }

  @Test
  void whatALogHoldsIsStoredAndCounted() {
    try (Collector collector = CollectorForTests.in(folder.resolve("data"))) {
      assertThat(bring(log, collector.port())).isZero();
      assertThat(out).hasToString("1 batches with 1 spans\n");
    }
  }

  @Test
  void aCollectorThatHasTooMuchToDoIsAskedAgain() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpServer busy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    busy.createContext(
        "/api/v1/import",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          boolean isBusy = requests.incrementAndGet() < 3;
          byte[] answer =
              (isBusy ? "busy" : "{\"batches\":1,\"unreadable\":0,\"spans\":1}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(isBusy ? 503 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    busy.start();
    try {
      assertThat(bring(log, busy.getAddress().getPort())).isZero();
      assertThat(requests).hasValue(3);
    } finally {
      busy.stop(0);
    }
  }

  @Test
  void aFileThatIsNotThereIsAnError() {
    assertThat(bring(folder.resolve("none.log"), 1)).isEqualTo(1);
    assertThat(err.toString()).contains("There is no file").contains("none.log");
  }
}
