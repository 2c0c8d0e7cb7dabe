package dev.thaw.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Collectors on their worst days, on this machine. */
public final class Faults implements AutoCloseable {

  /** What a collector does with a connection. */
  private interface Behaviour {
    void serve(Socket socket) throws IOException, InterruptedException;
  }

  /**
   * One of them.
   *
   * @param settings variables of the functions that are to meet it
   */
  public record Fault(String name, Map<String, String> settings) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * All of them.
   *
   * @param work a folder for what they need
   */
  public List<Fault> all(Path work) throws Exception {
    List<Fault> faults = new ArrayList<>();
    faults.add(at("takes no connection", full()));
    faults.add(at("refuses connections", closedPort()));
    faults.add(at("never answers", server(socket -> pause(600_000))));
    faults.add(at("never reads", unread()));
    faults.add(at("answers slowly", server(socket -> answer(socket, 150, "200 OK"))));
    faults.add(at("answers garbage", server(socket -> write(socket, "SSH-2.0-OpenSSH\r\n\r\n"))));
    faults.add(at("429", server(socket -> answer(socket, 0, "429 Too Many Requests"))));
    faults.add(at("503", server(socket -> answer(socket, 0, "503 Service Unavailable"))));
    faults.add(
        at(
            "closes in the middle of its answer",
            server(socket -> write(socket, "HTTP/1.1 200 OK\r\nContent-Le"))));
    faults.add(at("drips", server(Faults::drip)));
    faults.add(at("answers without end", server(Faults::flood)));
    faults.add(
        new Fault(
            "speaks no TLS",
            endpoint("https://127.0.0.1:" + server(socket -> write(socket, "hello\r\n")))));
    faults.add(new Fault("has no address", endpoint("http://collector.invalid:4318")));
    faults.add(new Fault("waits for its address", hangingNames(work)));
    return faults;
  }

  private static Fault at(String name, int port) {
    return new Fault(name, endpoint("http://127.0.0.1:" + port));
  }

  private static Map<String, String> endpoint(String url) {
    return Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", url);
  }

  private int server(Behaviour behaviour) throws IOException {
    return server(new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1")), behaviour);
  }

  private int server(ServerSocket server, Behaviour behaviour) {
    open.add(server);
    daemon(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              daemon(() -> serve(socket, behaviour));
            } catch (IOException e) {
              // Closed.
            }
          }
        });
    return server.getLocalPort();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "fault");
    thread.setDaemon(true);
    thread.start();
  }

  private static void serve(Socket socket, Behaviour behaviour) {
    try (socket) {
      behaviour.serve(socket);
    } catch (IOException | InterruptedException e) {
      // The agent went away.
    }
  }

  private void pause(long ms) throws InterruptedException {
    synchronized (closed) {
      if (!closed.get()) {
        closed.wait(ms);
      }
    }
  }

  /** Its queue is full and nobody takes from it: a connection is neither made nor refused. */
  private int full() throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    open.add(server);
    for (int i = 0; i < 4; i++) {
      Socket filler = new Socket();
      open.add(filler);
      try {
        filler.connect(server.getLocalSocketAddress(), 50);
      } catch (IOException e) {
        break;
      }
    }
    return server.getLocalPort();
  }

  private static int closedPort() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return server.getLocalPort();
    }
  }

  /** With the smallest of buffers, so that a write has to wait soon. */
  private int unread() throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReceiveBufferSize(1024);
    server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    return server(server, socket -> pause(600_000));
  }

  /** Names are looked up in a file that is a pipe, and nobody writes into it. */
  private static Map<String, String> hangingNames(Path work) throws Exception {
    Path pipe = work.resolve("hosts");
    if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
      throw new IOException("mkfifo " + pipe + " failed");
    }
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://collector.example:4318",
        "JDK_JAVA_OPTIONS",
        "-Djdk.net.hosts.file=" + pipe);
  }

  /** Reads requests and answers each. */
  private void answer(Socket socket, long afterMs, String status)
      throws IOException, InterruptedException {
    InputStream in = socket.getInputStream();
    while (true) {
      readRequest(in);
      pause(afterMs == 0 ? 1 : afterMs);
      write(socket, "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    }
  }

  /** Reads a request to its end and gives its head. */
  public static String readRequest(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed");
      }
      head.append((char) b);
    }
    int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
    in.skipNBytes(Long.parseLong(head.substring(at, head.indexOf("\r\n", at))));
    return head.toString();
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void drip(Socket socket) throws IOException, InterruptedException {
    for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".toCharArray()) {
      write(socket, String.valueOf(c));
      Thread.sleep(1000);
    }
  }

  private static void flood(Socket socket) throws IOException {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
    byte[] bytes = new byte[64 * 1024];
    while (true) {
      socket.getOutputStream().write(bytes);
    }
  }

  @Override
  public void close() throws Exception {
    synchronized (closed) {
      closed.set(true);
      closed.notifyAll();
    }
    for (AutoCloseable each : open) {
      each.close();
    }
  }
}
