package dev.thaw.collector.receive;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseCompleteException;
import com.linecorp.armeria.common.stream.SubscriptionOption;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceBindingBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** What requests carry, whole and decompressed, in bounded memory. Thread-safe. */
public final class Bodies {

  /** For so long the rest of a request that is too large is read, so that its sender reads why. */
  private static final long PASSED_OVER_MS = 5_000;

  /** Says whether so many bytes may come. */
  interface Check {
    /**
     * @throws Intake.OverloadedException when they may not
     */
    void of(long bytes) throws Intake.OverloadedException;
  }

  /** Does something with a body, which takes up room until it returns. */
  interface Use {
    CompletableFuture<HttpResponse> of(Body body) throws IOException, Intake.OverloadedException;
  }

  /** Of one request, as it came. */
  final class Body {
    private final RequestHeaders headers;
    private final byte[] bytes;
    private final Room.Share share;

    private Body(RequestHeaders headers, byte[] bytes, Room.Share share) {
      this.headers = headers;
      this.bytes = bytes;
      this.share = share;
    }

    RequestHeaders headers() {
      return headers;
    }

    byte[] bytes() {
      return bytes;
    }

    /**
     * Decompressed, if its Content-Encoding says that it is compressed.
     *
     * @throws Gzip.TooLargeException when it is larger than the limit
     * @throws IOException when it can't be decompressed
     */
    byte[] decoded() throws IOException, Intake.OverloadedException {
      String encoding =
          headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity").toLowerCase(Locale.ROOT);
      return switch (encoding) {
        case "identity" -> bytes;
        case "gzip" -> inflated(bytes);
        default -> throw new IOException("Content-Encoding must be gzip or identity");
      };
    }

    /**
     * @throws Gzip.TooLargeException when it is larger than the limit
     * @throws IOException when it is not gzip
     */
    byte[] inflated(byte[] part) throws IOException, Intake.OverloadedException {
      return Gzip.inflate(part, largest, share);
    }

    /** To be said before something larger is made of it. */
    void takesUp(long bytes) throws Intake.OverloadedException {
      share.take(bytes);
    }
  }

  private final long largest;
  private final Room room;

  /**
   * @param largest bytes of one body, before and after decompression
   * @param most bytes of the heap for what comes in and is decoded at the same time
   */
  public Bodies(long largest, long most) {
    this.largest = largest;
    room = new Room(most);
  }

  /**
   * Begins a route on which requests are read here. It has no limit for their length: the server
   * itself would answer as soon as it has read how long a request is, and then let a client of
   * HTTP/2 wait.
   */
  public static ServiceBindingBuilder route(ServerBuilder server) {
    return server.route().maxRequestLength(0);
  }

  /** Bytes of one, before and after decompression. */
  long largest() {
    return largest;
  }

  /** Bytes of the heap, by all that come in now. */
  long takenUp() {
    return room.taken();
  }

  /**
   * Reads a request that came by a {@link #route}.
   *
   * @param around bytes that the protocol puts around a body
   * @param check asked before anything is read, because what is refused should cost nothing
   * @param use called when all of it is there, on a thread that may block
   * @return completed with {@link Intake.OverloadedException} when there is no room, and with
   *     {@link ContentTooLargeException} when it is too large
   */
  CompletableFuture<HttpResponse> read(
      ServiceRequestContext context, HttpRequest request, int around, Check check, Use use) {
    context.setRequestAutoAbortDelayMillis(PASSED_OVER_MS);
    Room.Share share = room.share();
    long announced = request.headers().contentLength();
    Arriving arriving = new Arriving(share, announced, largest + around);
    if (announced > largest + around) {
      arriving.refuse(ContentTooLargeException.get());
    } else {
      try {
        check.of(Math.max(0, announced));
      } catch (Intake.OverloadedException e) {
        arriving.refuse(e);
      }
    }
    request
        .whenComplete()
        .exceptionally(
            failure -> {
              if (failure instanceof ResponseCompleteException) {
                // It was answered, because its time was over, and something may still come.
                context.initiateConnectionShutdown(Duration.ZERO);
              }
              return null;
            });
    request.subscribe(arriving, context.eventLoop(), SubscriptionOption.WITH_POOLED_OBJECTS);
    return arriving
        .whole()
        .thenComposeAsync(
            bytes -> {
              try (share) {
                return use.of(new Body(request.headers(), bytes, share));
              } catch (IOException | Intake.OverloadedException e) {
                return CompletableFuture.failedFuture(e);
              }
            },
            context.blockingTaskExecutor());
  }
}
