package dev.thaw.collector.receive;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

/**
 * OTLP/gRPC (OTLP specification, «OTLP/gRPC»): the one unary method of each service, in gRPC's form
 * over HTTP/2. The web server's own gRPC library is not published in the server's version.
 */
final class OtlpGrpcService implements HttpService {

  private static final MediaType GRPC = MediaType.parse("application/grpc+proto");

  /** A byte that says whether the message is compressed, and four for its length. */
  static final int PREFIX = 5;

  private final OtlpSignal signal;
  private final Bodies bodies;
  private final Counter refused;

  OtlpGrpcService(OtlpSignal signal, Bodies bodies, MeterRegistry metrics) {
    this.signal = signal;
    this.bodies = bodies;
    refused = Otlp.refused(metrics);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    MediaType type = request.contentType();
    if (type == null || !type.type().equals("application") || !type.subtype().startsWith("grpc")) {
      // gRPC's protocol: "servers SHOULD return 415".
      return HttpResponse.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }
    return HttpResponse.of(
        bodies
            .read(context, request, PREFIX, signal::checkRoom, this::take)
            .exceptionally(failure -> refuse(OtlpStatus.of(failure, signal, bodies.largest()))));
  }

  private CompletableFuture<HttpResponse> take(Bodies.Body body)
      throws IOException, Intake.OverloadedException {
    byte[] message = message(body);
    body.takesUp(signal.timesAsMuch() * message.length);
    return signal
        .take(message)
        .thenApply(
            result ->
                result.isTaken()
                    ? answer(signal.response(result).toByteArray())
                    : refuse(OtlpStatus.unavailable(result.message(), result.retryAfterSeconds())));
  }

  private byte[] message(Bodies.Body body) throws IOException, Intake.OverloadedException {
    ByteBuffer framed = ByteBuffer.wrap(body.bytes());
    if (framed.remaining() < PREFIX) {
      throw new IOException("it is shorter than its prefix");
    }
    boolean compressed = framed.get() != 0;
    int length = framed.getInt();
    if (length > bodies.largest()) {
      throw new Gzip.TooLargeException();
    }
    if (length != framed.remaining()) {
      throw new IOException("it says " + length + " bytes and has " + framed.remaining());
    }
    body.takesUp(length);
    byte[] message = new byte[length];
    framed.get(message);
    if (!compressed) {
      return message;
    }
    String encoding = body.headers().get("grpc-encoding", "identity");
    if (!encoding.equals("gzip")) {
      throw new OtlpStatus.UnknownCompressionException(encoding);
    }
    return body.inflated(message);
  }

  private static HttpResponse answer(byte[] message) {
    ByteBuffer framed = ByteBuffer.allocate(PREFIX + message.length);
    framed.put((byte) 0).putInt(message.length).put(message);
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK).contentType(GRPC).build(),
        HttpData.wrap(framed.array()),
        HttpHeaders.of("grpc-status", "0"));
  }

  private HttpResponse refuse(OtlpStatus why) {
    refused.increment();
    return HttpResponse.of(error(why));
  }

  /** Headers alone, as gRPC has it where there is no message. */
  static ResponseHeaders error(OtlpStatus why) {
    return ResponseHeaders.builder(HttpStatus.OK)
        .endOfStream(true)
        .contentType(GRPC)
        .add("grpc-status", Integer.toString(why.code()))
        .add("grpc-message", percentEncoded(why.message()))
        .add(
            "grpc-status-details-bin",
            Base64.getEncoder().withoutPadding().encodeToString(why.protobuf()))
        .build();
  }

  /** gRPC over HTTP/2, «Status-Message»: all but printable ASCII, and the percent sign. */
  private static String percentEncoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0x20 && b <= 0x7e && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append(String.format("%%%02X", b));
      }
    }
    return encoded.toString();
  }
}
