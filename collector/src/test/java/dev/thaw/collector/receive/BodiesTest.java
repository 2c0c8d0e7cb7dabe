package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much of the heap requests take up, over real connections. */
class BodiesTest {

  private static final int LARGEST = 1 << 20;
  private static final int ROOM = 200_000;
  private static final int MOST_OF_IT = 150_000;

  private final Bodies bodies = new Bodies(LARGEST, ROOM);
  private final Semaphore held = new Semaphore(0);
  private final CountDownLatch end = new CountDownLatch(1);
  private Server server;

  @BeforeEach
  void start() {
    ServerBuilder builder = Server.builder().http(0);
    route(builder, "/kept", bytes -> {}, BodiesTest::length);
    route(builder, "/held", bytes -> {}, this::hold);
    route(builder, "/full", BodiesTest::refuse, BodiesTest::length);
    server = builder.build();
    server.start().join();
  }

  private void route(ServerBuilder builder, String path, Bodies.Check check, Bodies.Use use) {
    Bodies.route(builder)
        .path(path)
        .build((context, request) -> answer(bodies.read(context, request, 0, check, use)));
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop().join();
  }

  private static CompletableFuture<HttpResponse> length(Bodies.Body body)
      throws IOException, Intake.OverloadedException {
    return CompletableFuture.completedFuture(
        HttpResponse.of(Integer.toString(body.decoded().length)));
  }

  private CompletableFuture<HttpResponse> hold(Bodies.Body body) {
    held.release();
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CompletableFuture.completedFuture(HttpResponse.of("held"));
  }

  private static void refuse(long bytes) throws Intake.OverloadedException {
    throw new Intake.OverloadedException("full", 1);
  }

  private static HttpResponse answer(CompletableFuture<HttpResponse> taken) {
    return HttpResponse.of(
        taken.exceptionally(
            failure -> {
              Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
              return HttpResponse.of(
                  why instanceof Intake.OverloadedException
                      ? HttpStatus.SERVICE_UNAVAILABLE
                      : why instanceof ContentTooLargeException
                          ? HttpStatus.REQUEST_ENTITY_TOO_LARGE
                          : HttpStatus.BAD_REQUEST,
                  MediaType.PLAIN_TEXT_UTF_8,
                  String.valueOf(why.getMessage()));
            }));
  }

  /** A connection of a sender. */
  private final class Sender implements AutoCloseable {
    private final Socket socket = new Socket("127.0.0.1", server.activeLocalPort());
    private final OutputStream out = socket.getOutputStream();
    private final DataInputStream in = new DataInputStream(socket.getInputStream());

    Sender() throws IOException {}

    void begin(String path, int length, String headers) throws IOException {
      out.write(
          ("POST " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "Content-Length: " + length)
              .getBytes(StandardCharsets.US_ASCII));
      out.write("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Status and text. */
    String answer() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      String length = head.toString().split("content-length: ")[1].split("\r")[0];
      byte[] text = new byte[Integer.parseInt(length)];
      in.readFully(text);
      return head.substring(9, 12) + " " + new String(text, StandardCharsets.UTF_8);
    }

    String send(String path, byte[] body, String headers) throws IOException {
      begin(path, body.length, headers);
      out.write(body);
      return answer();
    }

    String send(String path, int length) throws IOException {
      return send(path, new byte[length], "");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Somebody else's request, which stays where it is. */
  private Sender holding(int length) throws Exception {
    Sender other = new Sender();
    other.begin("/held", length, "");
    other.out.write(new byte[length]);
    held.acquire();
    return other;
  }

  @Test
  void whatDoesNotFitIsToldToComeBackAndTheConnectionGoesOn() throws Exception {
    try (Sender sender = new Sender()) {
      try (Sender other = holding(MOST_OF_IT)) {
        assertThat(sender.send("/kept", MOST_OF_IT)).startsWith("503 Too much is coming in");
        end.countDown();
        assertThat(other.answer()).isEqualTo("200 held");
      }
      await().until(() -> bodies.takenUp() == 0);
      assertThat(sender.send("/kept", MOST_OF_IT)).isEqualTo("200 " + MOST_OF_IT);
    }
  }

  @Test
  void oneThatIsNearlyAloneMayBeLargerThanTheRoom() throws Exception {
    try (Sender other = holding(1_000);
        Sender sender = new Sender()) {
      assertThat(other.socket.isConnected()).isTrue();
      assertThat(sender.send("/kept", LARGEST)).isEqualTo("200 " + LARGEST);
    }
  }

  @Test
  void whatIsInflatedTakesUpRoomBeforeAllOfItIsThere() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(new byte[LARGEST]);
    }
    try (Sender other = holding(MOST_OF_IT);
        Sender sender = new Sender()) {
      assertThat(other.socket.isConnected()).isTrue();
      assertThat(sender.send("/kept", packed.toByteArray(), "Content-Encoding: gzip\r\n"))
          .startsWith("503 Too much is coming in");
      assertThat(bodies.takenUp()).isEqualTo(MOST_OF_IT);
    }
  }

  @Test
  void whatIsRefusedBeforeItComesIsPassedOverAndTheConnectionGoesOn() throws Exception {
    try (Sender sender = new Sender()) {
      assertThat(sender.send("/full", LARGEST)).isEqualTo("503 full");
      assertThat(bodies.takenUp()).isZero();
      assertThat(sender.send("/kept", 5)).isEqualTo("200 5");
    }
  }

  @Test
  void whatIsLargerThanAllowedIsNotToldToComeBack() throws Exception {
    try (Sender sender = new Sender()) {
      assertThat(sender.send("/full", LARGEST + 1)).startsWith("413");
    }
  }

  @Test
  void aSenderThatGoesAwayGivesItsRoomBack() throws Exception {
    try (Sender sender = new Sender()) {
      sender.begin("/kept", LARGEST, "");
      sender.out.write(new byte[MOST_OF_IT]);
      await().until(() -> bodies.takenUp() == MOST_OF_IT);
    }
    await().until(() -> bodies.takenUp() == 0);
  }

  @Test
  void aBodyWhoseLengthIsNotSaidComesWhole() throws Exception {
    try (Sender sender = new Sender()) {
      byte[] text = "x".repeat(3_000).getBytes(StandardCharsets.US_ASCII);
      sender.out.write(
          "POST /kept HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 7; i++) {
        sender.out.write("bb8\r\n".getBytes(StandardCharsets.US_ASCII));
        sender.out.write(text);
        sender.out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      sender.out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(sender.answer()).isEqualTo("200 21000");
    }
  }
}
