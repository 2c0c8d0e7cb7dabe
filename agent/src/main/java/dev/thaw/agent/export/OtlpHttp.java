package dev.thaw.agent.export;

import dev.thaw.agent.log.Log;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Posts OTLP over HTTP/1.1 (OTLP specification 1.x, «OTLP/HTTP») on a plain socket with an absolute
 * deadline.
 *
 * <p>Not by HttpURLConnection or java.net.http: both may be hooked by this or another agent, have
 * global state of the application's, and load some hundred classes. Not thread-safe; the exporter's
 * lock guards it.
 */
final class OtlpHttp implements Outlet {

  /** An answer's body is read up to here; a longer one costs the connection. */
  private static final int LONGEST_BODY = 64 * 1024;

  /** From here on a connection may have been closed by the other side. */
  private static final long IDLE_NS = 1_000_000_000L;

  /** Who has not answered anything for so long does not answer any more. */
  private static final long SILENCE_NS = 1_000_000_000L;

  private static final int LONGEST_HEAD = 16 * 1024;

  private final String endpoint;
  private final boolean tls;
  private final String host;
  private final int port;

  /** A request's head up to the number of its bytes. */
  private final byte[] head;

  /** Where a request is put together, unless it is longer. */
  private final byte[] outgoing = new byte[8 * 1024];

  private @Nullable Socket socket;

  /** What {@link #abort} closes: also a connection that is only being made. */
  private volatile @Nullable Socket abortable;

  /** Requests on the connection whose answers have not been read. */
  private int outstanding;

  private long lastUse;

  /**
   * What has arrived and was not read yet: an answer comes in one piece, and to ask the socket for
   * each of its bytes would be three system calls a byte.
   */
  private final byte[] arrived = new byte[1024];

  private int arrivedAt;
  private int arrivedEnd;

  /** Of the answer that is being read. */
  private final StringBuilder line = new StringBuilder(128);

  /** When the last answer came, or the oldest request went since. */
  private long silentSince;

  OtlpHttp(String endpoint, Map<String, String> headers) {
    this.endpoint = endpoint;
    URI uri = URI.create(endpoint);
    tls = "https".equals(uri.getScheme());
    host = uri.getHost() == null ? "localhost" : uri.getHost();
    port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    StringBuilder text = new StringBuilder();
    text.append("POST ")
        .append(uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
        .append(" HTTP/1.1\r\n");
    text.append("Host: ").append(host).append(':').append(port).append("\r\n");
    text.append("User-Agent: thaw-agent\r\nContent-Type: application/x-protobuf\r\n");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    head = text.append("Content-Length: ").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String name() {
    return endpoint;
  }

  @Override
  public Result send(byte[] body, long deadlineNanoTime) {
    boolean reused = socket != null;
    try {
      write(body, deadlineNanoTime);
      return next(deadlineNanoTime);
    } catch (SocketTimeoutException e) {
      return later("did not answer in time");
    } catch (IOException e) {
      close();
      if (!reused) {
        return later(String.valueOf(e));
      }
    }
    // A connection that was kept may be dead, above all after a freeze: once more on a new one.
    try {
      write(body, deadlineNanoTime);
      return next(deadlineNanoTime);
    } catch (IOException e) {
      return later(String.valueOf(e));
    }
  }

  /**
   * On the connection that is open; several requests may be on their way (RFC 9112, section 9.3.2).
   */
  @Override
  public boolean post(byte[] body) {
    Socket kept = socket;
    if (kept == null || outstanding == 0 && isClosedByPeer(kept)) {
      close();
      return false;
    }
    try {
      write(kept, body);
      return true;
    } catch (IOException e) {
      close();
      return false;
    }
  }

  /**
   * A server closes what is idle for long, and a write to such a connection succeeds all the same.
   * It shows in a read that does not have to wait; a connection that was used just now is not
   * asked.
   */
  private boolean isClosedByPeer(Socket kept) {
    if (System.nanoTime() - lastUse < IDLE_NS) {
      return false;
    }
    try {
      kept.setSoTimeout(1);
      kept.getInputStream().read();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public boolean hasAnswer() {
    Socket from = socket;
    try {
      return from == null || arrivedAt < arrivedEnd || from.getInputStream().available() > 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public Result answer(long deadlineNanoTime) {
    try {
      return next(deadlineNanoTime);
    } catch (SocketTimeoutException e) {
      return later("did not answer in time");
    } catch (IOException e) {
      // Most likely closed while the environment was frozen; the batch goes on a new connection.
      close();
      return Result.LATER;
    }
  }

  private Result later(String why) {
    close();
    Log.once(
        "The collector at "
            + endpoint
            + " can't be reached: "
            + why
            + ". What was recorded waits.");
    return Result.LATER;
  }

  @Override
  public void abort() {
    Socket stuck = abortable;
    if (stuck != null) {
      try {
        stuck.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }

  @Override
  public void restored() {
    close();
  }

  private void write(byte[] body, long deadline) throws IOException {
    Socket to = socket == null ? connect(deadline) : socket;
    socket = to;
    to.setSoTimeout(millisUntil(deadline));
    write(to, body);
  }

  private void write(Socket to, byte[] body) throws IOException {
    OutputStream out = to.getOutputStream();
    byte[] rest = (body.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    int length = head.length + rest.length + body.length;
    byte[] message = length <= outgoing.length ? outgoing : new byte[length];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(rest, 0, message, head.length, rest.length);
    System.arraycopy(body, 0, message, head.length + rest.length, body.length);
    // One write, one packet for a small batch: no wait for the peer's delayed acknowledgement.
    out.write(message, 0, length);
    out.flush();
    lastUse = System.nanoTime();
    if (outstanding == 0) {
      silentSince = lastUse;
    }
    outstanding++;
  }

  /** The next answer on the connection, if it begins to arrive before the deadline. */
  private Result next(long deadline) throws IOException {
    Socket from = socket;
    if (from == null) {
      return Result.LATER;
    }
    int first;
    try {
      first = next(from, deadline);
    } catch (SocketTimeoutException e) {
      if (System.nanoTime() - silentSince < SILENCE_NS) {
        return Result.NOT_YET;
      }
      throw e;
    }
    Result result = answer((char) first, from, deadline);
    outstanding = Math.max(0, outstanding - 1);
    if (outstanding == 0 && arrivedAt < arrivedEnd) {
      // It says more than it was asked: the next request must not have that for its answer.
      close();
    }
    silentSince = System.nanoTime();
    return result;
  }

  private Result answer(char first, Socket from, long deadline) throws IOException {
    line.setLength(0);
    line.append(first);
    readLine(from, deadline);
    int code = line.length() > 12 ? parse(line.substring(9, 12)) : -1;
    long length = -1;
    boolean chunked = false;
    boolean close = false;
    int read = 0;
    while (true) {
      line.setLength(0);
      readLine(from, deadline);
      if (line.length() == 0) {
        break;
      }
      read += line.length();
      if (read > LONGEST_HEAD) {
        throw new IOException("an answer's head of more than " + LONGEST_HEAD + " bytes");
      }
      if (isHeader("content-length")) {
        length = parse(value());
      } else if (isHeader("transfer-encoding")) {
        chunked = true;
      } else if (isHeader("connection")) {
        close = value().equalsIgnoreCase("close");
      }
    }
    if (close || chunked || length < 0 || length > LONGEST_BODY) {
      close();
    } else {
      for (long i = 0; i < length; i++) {
        next(from, deadline);
      }
    }
    if (code >= 200 && code < 300) {
      return Result.TAKEN;
    }
    // OTLP specification, «OTLP/HTTP Response»: these four are retryable, everything else is not. A
    // token that is wrong now may be right after somebody has looked; what was recorded waits.
    if (code == 401
        || code == 403
        || code == 429
        || code == 502
        || code == 503
        || code == 504
        || code < 0) {
      return later("answered " + (code < 0 ? "something that is not HTTP" : "" + code));
    }
    Log.once(
        "The collector at "
            + endpoint
            + " refused a batch with status "
            + code
            + ". It is dropped.");
    return Result.REFUSED;
  }

  private Socket connect(long deadline) throws IOException {
    // The application's SOCKS settings are not for this, and looking them up loads a dozen classes.
    Socket plain = new Socket(Proxy.NO_PROXY);
    abortable = plain;
    try {
      plain.setTcpNoDelay(true);
      plain.connect(new InetSocketAddress(host, port), millisUntil(deadline));
      if (!tls) {
        return plain;
      }
      plain.setSoTimeout(millisUntil(deadline));
      SSLSocket secure =
          (SSLSocket)
              ((SSLSocketFactory) SSLSocketFactory.getDefault())
                  .createSocket(plain, host, port, true);
      javax.net.ssl.SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return secure;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /** Adds what there is up to the line's end, which is left out. */
  private void readLine(Socket from, long deadline) throws IOException {
    while (true) {
      int b = next(from, deadline);
      if (b == '\n') {
        int last = line.length() - 1;
        if (last >= 0 && line.charAt(last) == '\r') {
          line.setLength(last);
        }
        return;
      }
      if (line.length() > LONGEST_HEAD) {
        throw new IOException("an answer that is not HTTP");
      }
      line.append((char) b);
    }
  }

  /**
   * Whether the line is this header.
   *
   * @param name in small letters
   */
  private boolean isHeader(String name) {
    int length = name.length();
    if (line.length() <= length || line.charAt(length) != ':') {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (Character.toLowerCase(line.charAt(i)) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Of the header that the line is. */
  private String value() {
    return line.substring(line.indexOf(":") + 1).trim();
  }

  /** The deadline holds for the whole answer, also against a peer that drips one byte a second. */
  private int next(Socket from, long deadline) throws IOException {
    if (arrivedAt == arrivedEnd) {
      from.setSoTimeout(millisUntil(deadline));
      int count = from.getInputStream().read(arrived);
      if (count < 0) {
        throw new EOFException("the connection was closed");
      }
      arrivedAt = 0;
      arrivedEnd = count;
    }
    return arrived[arrivedAt++] & 0xff;
  }

  private static int millisUntil(long deadline) throws SocketTimeoutException {
    long millis = (deadline - System.nanoTime()) / 1_000_000L;
    if (millis <= 0) {
      throw new SocketTimeoutException("no time left");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private static int parse(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void close() {
    Socket open = socket;
    socket = null;
    outstanding = 0;
    arrivedAt = 0;
    arrivedEnd = 0;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Nothing is lost with it.
      }
    }
  }
}
