package dev.thaw.bench.ingest;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A few connections that send one request after the other, each as soon as the one before was
 * answered, or at a given rate. Plain sockets, because the generator shares the processors with
 * what it measures.
 */
public final class Load {

  /**
   * What came of it.
   *
   * @param accepted spans that were acknowledged
   * @param refused requests that were told to come back
   * @param seconds how long it took
   * @param latenciesNs of each acknowledgement, sorted
   */
  public record Outcome(long accepted, long refused, double seconds, long[] latenciesNs) {
    public double perSecond() {
      return accepted / seconds;
    }

    /** With those that were refused. */
    public double offeredPerSecond() {
      return (accepted + refused * Template.SPANS) / seconds;
    }

    public double latencyMs(double share) {
      return latenciesNs.length == 0
          ? Double.NaN
          : latenciesNs[(int) Math.min(latenciesNs.length - 1, latenciesNs.length * share)] / 1e6;
    }
  }

  /** Of all connections, so that a thousand of them don't need more memory than sixteen. */
  private static final int TEMPLATES = 640;

  private static final int MOST_TEMPLATES_EACH = 40;

  /** More than a request, so that one call hands it over. */
  private static final int SEND_BUFFER_BYTES = 128 << 10;

  private static final byte[] NONE = {};

  private final int port;
  private final String path;
  private final String type;
  private final IntFunction<Template> templates;
  private boolean isWatched;
  private boolean rests = true;
  private Consumer<byte[]> sent = ids -> {};
  private Consumer<byte[]> acknowledged = ids -> {};

  public Load(int port, String path, String type, IntFunction<Template> templates) {
    this.port = port;
    this.path = path;
    this.type = type;
    this.templates = templates;
  }

  /**
   * Tells of every request, by the ids of its spans.
   *
   * @param whenSent before it is sent
   * @param whenAcknowledged when the server says that it has it
   */
  public void watch(Consumer<byte[]> whenSent, Consumer<byte[]> whenAcknowledged) {
    isWatched = true;
    sent = whenSent;
    acknowledged = whenAcknowledged;
  }

  /** Who is told to come back comes back at once, as no sender should. */
  public void neverRests() {
    rests = false;
  }

  /** As fast as it is taken, until the server is gone. */
  public void untilItBreaks(int connections) {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    for (int i = 0; i < connections; i++) {
      int number = i;
      threads.execute(
          () -> {
            try {
              connection(number, connections, Long.MAX_VALUE, 0);
            } catch (IOException e) {
              // That is what it waited for.
            }
          });
    }
    threads.shutdown();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @param spansPerSecond over all connections; 0 for as many as it takes
   */
  public Outcome run(int connections, double seconds, double spansPerSecond) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Future<Outcome>> parts = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      int number = i;
      parts.add(
          threads.submit(() -> connection(number, connections, end, spansPerSecond / connections)));
    }
    long accepted = 0;
    long refused = 0;
    List<long[]> latencies = new ArrayList<>();
    for (Future<Outcome> part : parts) {
      Outcome outcome = part.get();
      accepted += outcome.accepted();
      refused += outcome.refused();
      latencies.add(outcome.latenciesNs());
    }
    threads.shutdown();
    long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Outcome(accepted, refused, (System.nanoTime() - start) / 1e9, all);
  }

  private Outcome connection(int number, int connections, long end, double spansPerSecond)
      throws IOException {
    Random random = new Random(System.nanoTime() + number);
    int each = Math.max(1, Math.min(MOST_TEMPLATES_EACH, TEMPLATES / connections));
    Template[] own = new Template[each];
    Arrays.setAll(own, i -> templates.apply(number * each + i).behind(this::head));
    long[] latencies = new long[1024];
    int answers = 0;
    long accepted = 0;
    long refused = 0;
    try (Socket socket = new Socket()) {
      socket.setSendBufferSize(SEND_BUFFER_BYTES);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Answers in = new Answers(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      long due = System.nanoTime();
      byte[] request = NONE;
      byte[] ids = NONE;
      int next = 0;
      boolean isNew = true;
      while (System.nanoTime() < end) {
        if (spansPerSecond > 0) {
          due += (long) (Template.SPANS / spansPerSecond * 1e9);
          for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
          }
        }
        if (isNew) {
          Template template = own[next++ % each];
          request = template.next(random);
          ids = isWatched ? template.ids() : NONE;
          sent.accept(ids);
        }
        // At a given rate the wait for a late answer counts for those behind it, too.
        long from = spansPerSecond > 0 ? due : System.nanoTime();
        out.write(request);
        in.next();
        int status = in.status();
        // What was refused comes again as it was, as senders do.
        isNew = status / 100 == 2;
        if (isNew) {
          accepted += Template.SPANS;
          acknowledged.accept(ids);
          if (answers == latencies.length) {
            latencies = Arrays.copyOf(latencies, 2 * answers);
          }
          latencies[answers++] = System.nanoTime() - from;
        } else if (status == 503 || status == 429) {
          refused++;
          if (rests) {
            LockSupport.parkNanos(Math.min(in.retryAfterNs(), end - System.nanoTime()));
          }
        } else {
          throw new IOException("The server answered " + status);
        }
      }
    }
    return new Outcome(accepted, refused, 0, Arrays.copyOf(latencies, answers));
  }

  private byte[] head(int length) {
    return ("POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
