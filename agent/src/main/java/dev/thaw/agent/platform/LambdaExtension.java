package dev.thaw.agent.platform;

import dev.thaw.agent.log.Log;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * Registers this process as an internal extension (Extensions API, 2020-01-01), for no event.
 *
 * <p>It is the platform's word that somebody here wants to know: a process with an extension gets
 * SIGTERM and 500 ms before it is killed, at a timeout and at a shutdown; one without gets SIGKILL.
 * The init is not held: it waits for an extension only until that has asked for its next event,
 * which this one does at once. Events would let the freeze wait for this thread; the runtime
 * client's own «next» is the better place for that, because nothing has to be handed from thread to
 * thread.
 */
final class LambdaExtension implements Runnable {

  private static final String PATH = "/2020-01-01/extension/";
  private static final String IDENTIFIER = "lambda-extension-identifier:";
  private static final int CONNECT_MS = 1000;

  private final String api;
  private final long afterMs;

  private LambdaExtension(String runtimeApi, long afterMs) {
    this.api = runtimeApi;
    this.afterMs = afterMs;
  }

  /**
   * @param runtimeApi host and port, as AWS_LAMBDA_RUNTIME_API has them
   * @param afterMs when; a start that is over before is left alone
   */
  static void register(String runtimeApi, long afterMs) {
    LambdaExtension extension = new LambdaExtension(runtimeApi, afterMs);
    Thread thread = new Thread(null, extension, "thaw-extension", 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    if (afterMs > 0) {
      LockSupport.parkNanos(afterMs * 1_000_000L);
    }
    if (AwsLambda.isReady()) {
      return;
    }
    int colon = api.lastIndexOf(':');
    // Without a look at the system's proxies, which reads a file and loads a dozen classes.
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      String host = colon < 0 ? api : api.substring(0, colon);
      int port = colon < 0 ? 80 : Integer.parseInt(api.substring(colon + 1));
      socket.connect(new InetSocketAddress(host, port), CONNECT_MS);
      String body = "{\"events\":[]}";
      write(
          socket,
          "POST "
              + PATH
              + "register HTTP/1.1\r\nHost: "
              + api
              + "\r\nLambda-Extension-Name: thaw\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      String id = identifier(socket.getInputStream());
      if (id.isEmpty()) {
        Log.debug("the platform took no registration", null);
        return;
      }
      write(
          socket,
          "GET "
              + PATH
              + "event/next HTTP/1.1\r\nHost: "
              + api
              + "\r\nLambda-Extension-Identifier: "
              + id
              + "\r\n\r\n");
      // No event will come; the request must stay open all the same.
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {
        continue;
      }
    } catch (Throwable e) {
      Log.debug("not registered as an extension:", e.toString());
    }
  }

  private static void write(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Of a whole answer; empty when it is a refusal. */
  private static String identifier(InputStream in) throws IOException {
    String id = "";
    int length = 0;
    StringBuilder line = new StringBuilder(64);
    while (true) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      if (b != '\n') {
        line.append((char) b);
        continue;
      }
      String text = line.toString().trim();
      line.setLength(0);
      if (text.isEmpty()) {
        in.skip(length);
        return id;
      }
      String lower = text.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith(IDENTIFIER)) {
        id = text.substring(IDENTIFIER.length()).trim();
      } else if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).trim());
      }
    }
  }
}
