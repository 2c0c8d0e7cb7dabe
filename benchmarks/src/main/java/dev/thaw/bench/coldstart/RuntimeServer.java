package dev.thaw.bench.coldstart;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A Runtime API (2018-06-01) for one environment that does nothing but take the time: it answers
 * «next» after a short pause, as often as asked for, and notes when each request came.
 *
 * <p>Plain sockets rather than the local platform's server, whose own time would be as large as
 * what is measured. Used by one thread.
 */
public final class RuntimeServer implements AutoCloseable {

  /** Told of each response, on the serving thread. */
  public interface Listener {
    /**
     * @param number of the invocation, from 0
     * @param nanoTime when its response was there
     */
    void answered(int number, long nanoTime) throws IOException;
  }

  private static final int PATIENCE_MS = 60_000;
  private static final byte[] ACCEPTED =
      "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}"
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] REGISTERED =
      "HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: bench\r\nContent-Length: 2\r\n\r\n{}"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_LINE = 1024;

  private final ServerSocket server;
  private final List<Connection> extensions = new ArrayList<>();
  private final String functionArn;
  private final byte[] event;
  private @Nullable Connection runtime;

  /** Moments of one environment, {@link System#nanoTime()}, one entry for each invocation. */
  public static final class Times {
    public final long[] sent;
    public final long[] answered;
    public final long[] nextAsked;

    Times(int invocations) {
      sent = new long[invocations];
      answered = new long[invocations];
      nextAsked = new long[invocations];
    }
  }

  public RuntimeServer(String functionName, byte[] event) throws IOException {
    this.event = event;
    functionArn = "arn:aws:lambda:eu-central-1:123456789012:function:" + functionName;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE_MS);
  }

  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /**
   * Serves so many invocations, one after another, and leaves the runtime then.
   *
   * @param pauseNs how long it waits before each
   * @throws IOException when the runtime says that the function failed, or says nothing for a
   *     minute
   */
  public Times serve(int invocations, long pauseNs, Listener listener) throws IOException {
    Times times = new Times(invocations);
    open();
    for (int i = 0; i < invocations; i++) {
      invoke(i, pauseNs, times, listener);
    }
    close();
    return times;
  }

  /** Waits until the runtime asks for work. */
  void open() throws IOException {
    Connection asking = runtime();
    runtime = asking;
    expect(request(asking.in()), "/next");
  }

  /** One invocation, from the pause before it to the next question for work. */
  void invoke(int number, long pauseNs, Times times, Listener listener) throws IOException {
    Connection asking = Objects.requireNonNull(runtime, "open() comes first");
    InputStream in = asking.in();
    OutputStream out = asking.socket().getOutputStream();
    // On two cores the collector's work for the last invocation must not count for this one.
    LockSupport.parkNanos(pauseNs);
    byte[] invocation = invocation();
    times.sent[number] = System.nanoTime();
    out.write(invocation);
    String answer = request(in);
    times.answered[number] = System.nanoTime();
    listener.answered(number, times.answered[number]);
    expect(answer, "/response");
    out.write(ACCEPTED);
    expect(request(in), "/next");
    times.nextAsked[number] = System.nanoTime();
  }

  private record Connection(Socket socket, BufferedInputStream in) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      socket.close();
    }

    /** What the next request is for, without taking it. */
    String nextPath() throws IOException {
      in.mark(LONGEST_LINE);
      String first = line(in);
      in.reset();
      return first.split(" ")[1];
    }
  }

  /**
   * The runtime's own connection. An extension that comes first is registered, and then left to
   * wait for an event that does not come.
   */
  private Connection runtime() throws IOException {
    while (true) {
      Socket socket = server.accept();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MS);
      Connection connection =
          new Connection(socket, new BufferedInputStream(socket.getInputStream()));
      if (!connection.nextPath().endsWith("/extension/register")) {
        return connection;
      }
      request(connection.in());
      socket.getOutputStream().write(REGISTERED);
      request(connection.in());
      extensions.add(connection);
    }
  }

  private static void expect(String path, String end) throws IOException {
    if (!path.endsWith(end)) {
      throw new IOException("The runtime called " + path + " where ..." + end + " was due");
    }
  }

  private byte[] invocation() throws IOException {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "
            + UUID.randomUUID()
            + "\r\nLambda-Runtime-Invoked-Function-Arn: "
            + functionArn
            + "\r\nLambda-Runtime-Deadline-Ms: "
            + (System.currentTimeMillis() + 30_000)
            + "\r\nContent-Length: "
            + event.length
            + "\r\n\r\n";
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[start.length + event.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(event, 0, all, start.length, event.length);
    return all;
  }

  /** Reads a request to its end and says its path. */
  private static String request(InputStream in) throws IOException {
    String first = line(in);
    long length = 0;
    boolean chunked = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).trim());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    if (chunked) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        in.skipNBytes(size + 2L);
      }
      line(in);
    } else {
      in.skipNBytes(length);
    }
    return first.split(" ")[1];
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in).trim(), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("The runtime closed its connection");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    for (Connection extension : extensions) {
      extension.close();
    }
    if (runtime != null) {
      runtime.close();
    }
    server.close();
  }
}
