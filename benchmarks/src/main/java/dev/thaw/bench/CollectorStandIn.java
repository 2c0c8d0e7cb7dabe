package dev.thaw.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * In the collector's place, on this machine: keeps nothing, so that it is not what is measured, and
 * can be in trouble. Thread-safe.
 */
public final class CollectorStandIn implements AutoCloseable {

  /** What it does. */
  public enum Trouble {
    IN_GOOD_HEALTH,
    REFUSES_CONNECTIONS,
    NEVER_ANSWERS,
    ANSWERS_AFTER_150_MS,
    ANSWERS_503
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicLong requests = new AtomicLong();
  private final Trouble trouble;

  public CollectorStandIn(Trouble trouble) throws IOException {
    this.trouble = trouble;
    if (trouble == Trouble.REFUSES_CONNECTIONS) {
      server.close();
    } else {
      daemon(this::accept);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** How many requests have come. */
  public long requests() {
    return requests.get();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "collector-stand-in");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon(() -> serve(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      socket.setTcpNoDelay(true);
      while (true) {
        readRequest(in);
        requests.incrementAndGet();
        switch (trouble) {
          case IN_GOOD_HEALTH -> answer(socket, "200 OK");
          case ANSWERS_503 -> answer(socket, "503 Service Unavailable");
          case ANSWERS_AFTER_150_MS -> {
            LockSupport.parkNanos(150_000_000L);
            answer(socket, "200 OK");
          }
          default -> {
            // Not a word.
          }
        }
      }
    } catch (IOException e) {
      // The agent went away.
    }
  }

  private static void answer(Socket socket, String status) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static void readRequest(InputStream in) throws IOException {
    long length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.startsWith("content-length:")) {
        length = Long.parseLong(line.substring("content-length:".length()).trim());
      }
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("closed");
      }
      line.append((char) b);
    }
    return line.toString().trim().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
