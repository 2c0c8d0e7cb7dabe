package dev.thaw.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.Faults;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against sockets that behave as collectors do on bad days. */
class OtlpHttpTest {

  private static final long SECOND = 1_000_000_000L;
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /** What a server does with one connection. */
  private interface Behaviour {
    void serve(Socket socket) throws IOException;
  }

  private ServerSocket server;
  private final AtomicInteger connections = new AtomicInteger();

  private OtlpHttp to(Behaviour behaviour) throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket socket = server.accept();
                  connections.incrementAndGet();
                  behaviour.serve(socket);
                } catch (IOException e) {
                  // The client went away, or the test is over.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return new OtlpHttp(
        "http://127.0.0.1:" + server.getLocalPort() + "/v1/traces", Map.of("x-key", "k"));
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static Outlet.Result send(OtlpHttp http, long budgetNs) {
    return http.send(new byte[] {1, 2, 3}, System.nanoTime() + budgetNs);
  }

  private static String readRequest(Socket socket) throws IOException {
    return Faults.readRequest(socket.getInputStream());
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Test
  void anAcceptedBatchIsTakenAndTheConnectionIsKept() throws Exception {
    String[] seen = new String[1];
    OtlpHttp http =
        to(
            socket -> {
              while (true) {
                seen[0] = readRequest(socket);
                write(socket, OK);
              }
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(connections).hasValue(1);
    assertThat(seen[0])
        .startsWith("POST /v1/traces HTTP/1.1\r\n")
        .contains(
            "Content-Type: application/x-protobuf\r\n", "x-key: k\r\n", "Content-Length: 3\r\n");
  }

  @Test
  void whatASecondAnswerToOneRequestSaysIsNotTakenForTheNextOnes() throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              try (socket) {
                readRequest(socket);
                write(socket, OK + "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                socket.getInputStream().read();
              }
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(connections).hasValue(2);
  }

  @Test
  void aConnectionThatDiedWhileItWasKeptIsOpenedAgainOnce() throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              try (socket) {
                readRequest(socket);
                write(socket, OK);
              }
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(connections).hasValue(2);
  }

  @ParameterizedTest
  @CsvSource({
    "200, TAKEN",
    "202, TAKEN",
    "400, REFUSED",
    "401, LATER",
    "403, LATER",
    "413, REFUSED",
    "500, REFUSED",
    "429, LATER",
    "502, LATER",
    "503, LATER",
    "504, LATER"
  })
  void aStatusDecidesAsOtlpSays(int status, Outlet.Result result) throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              readRequest(socket);
              write(socket, "HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource({"''", "SSH-2.0-OpenSSH", "HTTP/1.1", "HTTP/1.1 abc X"})
  void garbageIsKeptForLater(String answer) throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              try (socket) {
                readRequest(socket);
                write(socket, answer + "\r\n\r\n");
              }
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.LATER);
  }

  @Test
  void anAnswerThatHasNotComeAtTheDeadlineMayStillCome() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    OtlpHttp http =
        to(
            socket -> {
              readRequest(socket);
              awaitUninterruptibly(late);
              write(socket, OK);
              socket.getInputStream().read();
            });
    assertThat(send(http, SECOND / 5)).isEqualTo(Outlet.Result.NOT_YET);
    late.countDown();
    assertThat(http.answer(System.nanoTime() + 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
  }

  @Test
  void anAnswerThatNeverComesIsNotWaitedForForEver() throws Exception {
    OtlpHttp http = to(OtlpHttpTest::readRequest);
    assertThat(send(http, 5 * SECOND / 4)).isEqualTo(Outlet.Result.LATER);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anAnswerThatDripsIsGivenUpAtTheDeadline() throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              readRequest(socket);
              for (char c : OK.toCharArray()) {
                write(socket, String.valueOf(c));
                try {
                  Thread.sleep(50);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            });
    assertThat(send(http, SECOND / 5)).isEqualTo(Outlet.Result.LATER);
  }

  @Test
  void anEndlessAnswerCostsTheConnectionOnly() throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              readRequest(socket);
              write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
  }

  @Test
  void nobodyThereIsKeptForLater() throws Exception {
    int port;
    try (ServerSocket probe = new ServerSocket(0)) {
      port = probe.getLocalPort();
    }
    OtlpHttp http = new OtlpHttp("http://127.0.0.1:" + port, Map.of());
    assertThat(send(http, SECOND)).isEqualTo(Outlet.Result.LATER);
  }

  @Test
  void severalBatchesAreOnTheirWayAndTheirAnswersComeInOrder() throws Exception {
    OtlpHttp http =
        to(
            socket -> {
              readRequest(socket);
              write(socket, OK);
              readRequest(socket);
              readRequest(socket);
              write(socket, OK);
              write(socket, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
              socket.getInputStream().read();
            });
    assertThat(send(http, 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(http.post(new byte[] {1, 2, 3})).isTrue();
    assertThat(http.post(new byte[] {1, 2, 3})).isTrue();
    assertThat(http.answer(System.nanoTime() + 5 * SECOND)).isEqualTo(Outlet.Result.TAKEN);
    assertThat(http.answer(System.nanoTime() + 5 * SECOND)).isEqualTo(Outlet.Result.LATER);
  }

  @Test
  void aBatchIsNotPostedWithoutAConnection() throws Exception {
    OtlpHttp http = to(OtlpHttpTest::readRequest);
    assertThat(http.post(new byte[] {1, 2, 3})).isFalse();
  }
}
