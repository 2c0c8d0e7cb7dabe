package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The OpenTelemetry Protocol's specification, section by section, against a whole collector over
 * the wire.
 */
class OtlpConformanceTest {

  private static final int LIMIT = 1 << 20;
  private static final String PATH = "/v1/traces";
  private static final String GRPC_PATH =
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final long NOW_NS = System.currentTimeMillis() * 1_000_000;

  /** The three encodings of the specification. */
  enum Way {
    HTTP_PROTOBUF,
    HTTP_JSON,
    GRPC
  }

  /** A way, compressed or not. */
  record Sending(Way way, boolean gzip) {}

  static Stream<Sending> sendings() {
    return Stream.of(Way.values())
        .flatMap(way -> Stream.of(new Sending(way, false), new Sending(way, true)));
  }

  /**
   * An answer, whatever its way.
   *
   * @param code google.rpc.Code: 0 for success
   * @param status HTTP's status
   * @param message of the partial success or the error
   */
  record Answer(
      int code,
      int status,
      boolean partial,
      long rejected,
      String message,
      String retryAfter,
      String contentType) {}

  @TempDir static Path folder;

  private static Collector collector;
  private static WebClient client;

  /** One whose disk is always too full. */
  private static Collector full;

  private static WebClient ofFull;

  @BeforeAll
  static void start() {
    collector = collector("data", "1");
    client = WebClient.of("h2c://127.0.0.1:" + collector.port());
    full = collector("full", "1048576");
    ofFull = WebClient.of("h2c://127.0.0.1:" + full.port());
  }

  private static Collector collector(String name, String leastFreeMb) {
    return CollectorForTests.in(
        folder.resolve(name), "THAW_MIN_FREE_MB", leastFreeMb, "THAW_MAX_REQUEST_MB", "1");
  }

  @AfterAll
  static void stop() {
    collector.close();
    full.close();
  }

  private static String traceId() {
    return String.format("%032x", 0xfeed0000L + NUMBER.incrementAndGet());
  }

  private static Span.Builder span(String traceId) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(traceId)))
        .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex("00f067aa0ba902b7")))
        .setName("charge")
        .setStartTimeUnixNano(NOW_NS)
        .setEndTimeUnixNano(NOW_NS + 1_000_000);
  }

  private static ExportTraceServiceRequest request(Span.Builder... spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    Stream.of(spans).forEach(scope::addSpans);
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build();
  }

  private static String json(String... spans) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + String.join(",", spans) + "]}]}]}";
  }

  private static String jsonSpan(String traceId, String more) {
    return "{\"traceId\":\"%s\",\"spanId\":\"00f067aa0ba902b7\",\"name\":\"charge\",\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\"%s}"
        .formatted(traceId, NOW_NS, NOW_NS + 1_000_000, more);
  }

  /** A good span, and as many bad ones. */
  private static byte[] body(Way way, String traceId, int bad) {
    if (way == Way.HTTP_JSON) {
      String[] spans = new String[bad + 1];
      java.util.Arrays.fill(spans, jsonSpan("00000000000000000000000000000000", ""));
      spans[0] = jsonSpan(traceId, "");
      return json(spans).getBytes(StandardCharsets.UTF_8);
    }
    Span.Builder[] spans = new Span.Builder[bad + 1];
    java.util.Arrays.setAll(
        spans, i -> i == 0 ? span(traceId) : span("00000000000000000000000000000000"));
    return request(spans).toByteArray();
  }

  private static Answer send(Sending sending, byte[] body) throws Exception {
    return send(client, sending, sending.gzip() ? gzip(body) : body);
  }

  /**
   * @param body as it goes over the wire, but for gRPC's prefix
   */
  private static Answer send(WebClient to, Sending sending, byte[] body) throws Exception {
    return sending.way() == Way.GRPC
        ? overGrpc(to, sending.gzip() ? "gzip" : "identity", framed(body, sending.gzip()))
        : overHttp(to, sending, body);
  }

  private static byte[] framed(byte[] message, boolean compressed) {
    return ByteBuffer.allocate(message.length + 5)
        .put((byte) (compressed ? 1 : 0))
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static Answer overGrpc(WebClient to, String encoding, byte[] body) throws Exception {
    AggregatedHttpResponse answer =
        to.execute(
                RequestHeaders.builder(HttpMethod.POST, GRPC_PATH)
                    .contentType(MediaType.parse("application/grpc"))
                    .add("te", "trailers")
                    .add("grpc-encoding", encoding)
                    .build(),
                HttpData.wrap(body))
            .aggregate()
            .join();
    HttpHeaders end = answer.trailers().isEmpty() ? answer.headers() : answer.trailers();
    int code = Integer.parseInt(end.get("grpc-status", "-1"));
    byte[] details = Base64.getDecoder().decode(end.get("grpc-status-details-bin", ""));
    String retry =
        new String(details, StandardCharsets.ISO_8859_1).contains("RetryInfo") ? "yes" : "";
    byte[] message = answer.content().array();
    if (code != 0) {
      return new Answer(
          code,
          answer.status().code(),
          false,
          0,
          end.get("grpc-message", ""),
          retry,
          String.valueOf(answer.contentType()));
    }
    ExportTraceServiceResponse response =
        ExportTraceServiceResponse.parseFrom(ByteString.copyFrom(message).substring(5));
    return new Answer(
        code,
        answer.status().code(),
        response.hasPartialSuccess(),
        response.getPartialSuccess().getRejectedSpans(),
        response.getPartialSuccess().getErrorMessage(),
        retry,
        String.valueOf(answer.contentType()));
  }

  private static Answer overHttp(WebClient to, Sending sending, byte[] body) throws Exception {
    boolean isJson = sending.way() == Way.HTTP_JSON;
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.POST, PATH)
            .contentType(isJson ? MediaType.JSON : MediaType.parse("application/x-protobuf"));
    if (sending.gzip()) {
      headers.add("content-encoding", "gzip");
    }
    AggregatedHttpResponse answer =
        to.execute(headers.build(), HttpData.wrap(body)).aggregate().join();
    int status = answer.status().code();
    byte[] content = answer.content().array();
    String retry = answer.headers().get("retry-after", "");
    String type = String.valueOf(answer.contentType());
    if (isJson) {
      JsonNode node = JSON.readTree(content);
      JsonNode partial = node.path("partialSuccess");
      return new Answer(
          node.path("code").asInt(),
          status,
          !partial.isMissingNode(),
          partial.path("rejectedSpans").asLong(),
          status == 200 ? partial.path("errorMessage").asText() : node.path("message").asText(),
          retry,
          type);
    }
    if (status != 200) {
      // google.rpc.Status has an enum's number and a text where Span has none: read as it is.
      com.google.protobuf.CodedInputStream in =
          com.google.protobuf.CodedInputStream.newInstance(content);
      in.readTag();
      int code = in.readInt32();
      in.readTag();
      return new Answer(code, status, false, 0, in.readString(), retry, type);
    }
    ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(content);
    return new Answer(
        0,
        status,
        response.hasPartialSuccess(),
        response.getPartialSuccess().getRejectedSpans(),
        response.getPartialSuccess().getErrorMessage(),
        retry,
        type);
  }

  private static byte[] gzip(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  private static int httpStatus(Way way, int status) {
    return way == Way.GRPC ? 200 : status;
  }

  private static int spansStored(String traceId) throws Exception {
    collector.settled().join();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:" + collector.port() + "/api/v1/traces/" + traceId))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 404 ? 0 : JSON.readTree(answer.body()).path("spans").size();
  }

  /** Of any size, by an attribute of that many letters. */
  private static byte[] ofSize(Way way, int size) {
    byte[] small = padded(way, 0);
    byte[] large = padded(way, size - small.length);
    // A length of more digits, or in more bytes, makes the message a little longer.
    byte[] exact = padded(way, size - small.length - (large.length - size));
    assertThat(exact).hasSize(size);
    return exact;
  }

  private static byte[] padded(Way way, int letters) {
    if (way == Way.HTTP_JSON) {
      return (json(jsonSpan("0af7651916cd43dd8448eb211c80319c", "")) + " ".repeat(letters))
          .getBytes(StandardCharsets.UTF_8);
    }
    return request(
            span("0af7651916cd43dd8448eb211c80319c")
                .addAttributes(
                    KeyValue.newBuilder()
                        .setKey("padding")
                        .setValue(AnyValue.newBuilder().setStringValue("x".repeat(letters)))))
        .toByteArray();
  }

  @Nested
  class FullSuccess {

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void aValidRequestIsStoredAndThePartialSuccessIsNotSet(Sending sending) throws Exception {
      String traceId = traceId();
      Answer answer = send(sending, body(sending.way(), traceId, 0));
      assertThat(answer.code()).isZero();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.partial()).isFalse();
      assertThat(spansStored(traceId)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void anEmptyRequestIsASuccess(Sending sending) throws Exception {
      byte[] empty =
          sending.way() == Way.HTTP_JSON ? "{}".getBytes(StandardCharsets.UTF_8) : new byte[0];
      Answer answer = send(sending, empty);
      assertThat(answer.code()).isZero();
      assertThat(answer.partial()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void emptyResourceSpansAreASuccess(Sending sending) throws Exception {
      byte[] empty =
          sending.way() == Way.HTTP_JSON
              ? "{\"resourceSpans\":[]}".getBytes(StandardCharsets.UTF_8)
              : ExportTraceServiceRequest.newBuilder()
                  .addResourceSpans(ResourceSpans.newBuilder())
                  .build()
                  .toByteArray();
      Answer answer = send(sending, empty);
      assertThat(answer.code()).isZero();
      assertThat(answer.partial()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void whatComesTwiceAfterALostAnswerIsStoredOnce(Sending sending) throws Exception {
      String traceId = traceId();
      send(sending, body(sending.way(), traceId, 0));
      send(sending, body(sending.way(), traceId, 0));
      assertThat(spansStored(traceId)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theAnswerIsInTheEncodingOfTheRequest(Way way) throws Exception {
      String expected =
          switch (way) {
            case HTTP_PROTOBUF -> "application/x-protobuf";
            case HTTP_JSON -> "application/json";
            case GRPC -> "application/grpc+proto";
          };
      assertThat(send(new Sending(way, false), body(way, traceId(), 0)).contentType())
          .startsWith(expected);
      assertThat(send(new Sending(way, false), "{".getBytes(StandardCharsets.UTF_8)).contentType())
          .startsWith(expected);
    }
  }

  @Nested
  class PartialSuccess {

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void theRejectedAreCountedAndTheOthersStored(Sending sending) throws Exception {
      String traceId = traceId();
      Answer answer = send(sending, body(sending.way(), traceId, 3));
      assertThat(answer.code()).isZero();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.rejected()).isEqualTo(3);
      assertThat(answer.message()).contains("trace_id");
      assertThat(spansStored(traceId)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 15, 17})
    void aTraceIdOfAnotherLengthIsRejected(int length) throws Exception {
      Span.Builder bad =
          span(traceId())
              .setTraceId(ByteString.copyFrom("x".repeat(length).getBytes(StandardCharsets.UTF_8)));
      Answer answer = send(new Sending(Way.HTTP_PROTOBUF, false), request(bad).toByteArray());
      assertThat(answer.rejected()).isEqualTo(1);
    }

    @Test
    void thatMetricsAreNotKeptIsSaid() throws Exception {
      String body =
          "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"asInt\":\"1\"},{\"asDouble\":2.5}]}}]}]}]}";
      AggregatedHttpResponse answer =
          client
              .execute(
                  RequestHeaders.of(
                      HttpMethod.POST, "/v1/metrics", "content-type", "application/json"),
                  body)
              .aggregate()
              .join();
      assertThat(answer.status().code()).isEqualTo(200);
      assertThat(answer.contentUtf8()).contains("\"2\"").contains("does not keep metrics");
    }
  }

  @Nested
  class BadData {

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void whatCanNotBeDecodedIsNotToBeSentAgain(Sending sending) throws Exception {
      Answer answer = send(sending, "garbage".getBytes(StandardCharsets.UTF_8));
      assertThat(answer.code()).isEqualTo(OtlpStatus.INVALID_ARGUMENT);
      assertThat(answer.status()).isEqualTo(httpStatus(sending.way(), 400));
      assertThat(answer.message()).isNotEmpty();
      assertThat(answer.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatIsNoGzipIsBadData(Way way) throws Exception {
      Answer answer = send(client, new Sending(way, true), body(way, traceId(), 0));
      assertThat(answer.code()).isEqualTo(OtlpStatus.INVALID_ARGUMENT);
      assertThat(answer.status()).isEqualTo(httpStatus(way, 400));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aValueThatIsNestedTenThousandDeepIsBadData(Way way) throws Exception {
      byte[] body;
      if (way == Way.HTTP_JSON) {
        body =
            json(jsonSpan(
                    traceId(),
                    ",\"attributes\":[{\"key\":\"deep\",\"value\":"
                        + "{\"arrayValue\":{\"values\":[".repeat(10_000)
                        + "]}}".repeat(10_000)
                        + "}]"))
                .getBytes(StandardCharsets.UTF_8);
      } else {
        ByteString value = AnyValue.newBuilder().setIntValue(1).build().toByteString();
        for (int i = 0; i < 10_000; i++) {
          value = field(5, field(1, value));
        }
        ByteString attribute = field(1, ByteString.copyFromUtf8("deep")).concat(field(2, value));
        ByteString span = span(traceId()).build().toByteString().concat(field(9, attribute));
        body = field(1, field(2, field(2, span))).toByteArray();
      }
      Answer answer = send(new Sending(way, false), body);
      assertThat(answer.code()).isEqualTo(OtlpStatus.INVALID_ARGUMENT);
    }

    private static ByteString field(int number, ByteString content) {
      com.google.protobuf.ByteString.Output out = ByteString.newOutput();
      try {
        com.google.protobuf.CodedOutputStream coded =
            com.google.protobuf.CodedOutputStream.newInstance(out);
        coded.writeBytes(number, content);
        coded.flush();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return out.toByteString();
    }
  }

  @Nested
  class SizeLimits {

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void aRequestOfTheLimitIsTakenAndOneByteMoreIsNot(Sending sending) throws Exception {
      Answer taken = send(sending, ofSize(sending.way(), LIMIT));
      Answer refused = send(sending, ofSize(sending.way(), LIMIT + 1));
      assertThat(taken.code()).isZero();
      assertThat(refused.code()).isEqualTo(OtlpStatus.RESOURCE_EXHAUSTED);
      assertThat(refused.status()).isEqualTo(httpStatus(sending.way(), 413));
      assertThat(refused.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aBombIsNotInflated(Way way) throws Exception {
      byte[] bomb = gzip(new byte[100 * LIMIT]);
      assertThat(bomb.length).isLessThan(LIMIT / 5);
      Answer answer = send(client, new Sending(way, true), bomb);
      assertThat(answer.code()).isEqualTo(OtlpStatus.RESOURCE_EXHAUSTED);
    }

    @Test
    void aBodyWithoutALengthIsTaken() throws Exception {
      HttpResponse<byte[]> answer =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .build()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + collector.port() + PATH))
                      .header("Content-Type", "application/x-protobuf")
                      .header("Content-Encoding", "gzip")
                      .POST(
                          HttpRequest.BodyPublishers.ofInputStream(
                              () -> new ByteArrayInputStream(zipped())))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static byte[] zipped() {
      try {
        return gzip(body(Way.HTTP_PROTOBUF, traceId(), 0));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Nested
  class RetryableErrors {

    @ParameterizedTest
    @MethodSource("dev.thaw.collector.receive.OtlpConformanceTest#sendings")
    void aCollectorThatCanTakeNothingSaysWhenToComeBack(Sending sending) throws Exception {
      byte[] body = body(sending.way(), traceId(), 0);
      Answer answer = send(ofFull, sending, sending.gzip() ? gzip(body) : body);
      assertThat(answer.code()).isEqualTo(OtlpStatus.UNAVAILABLE);
      assertThat(answer.status()).isEqualTo(httpStatus(sending.way(), 503));
      assertThat(answer.message()).contains("disk is nearly full");
      assertThat(answer.retryAfter()).isNotEmpty();
    }
  }

  @Nested
  class HttpRequests {

    @Test
    void anotherMethodIs405() {
      AggregatedHttpResponse answer = client.get(PATH).aggregate().join();
      assertThat(answer.status().code()).isEqualTo(405);
    }

    @Test
    void anotherTypeIs415AndSaysWhatToSend() {
      AggregatedHttpResponse answer =
          client
              .execute(
                  RequestHeaders.of(HttpMethod.POST, PATH, "content-type", "text/plain"), "hello")
              .aggregate()
              .join();
      assertThat(answer.status().code()).isEqualTo(415);
      assertThat(answer.contentUtf8()).contains("application/x-protobuf");
    }

    @Test
    void anUnknownCompressionIsBadData() {
      AggregatedHttpResponse answer =
          client
              .execute(
                  RequestHeaders.of(
                      HttpMethod.POST,
                      PATH,
                      "content-type",
                      "application/x-protobuf",
                      "content-encoding",
                      "br"),
                  HttpData.wrap(body(Way.HTTP_PROTOBUF, traceId(), 0)))
              .aggregate()
              .join();
      assertThat(answer.status().code()).isEqualTo(400);
    }
  }

  @Nested
  class JsonProtobufEncoding {

    private static final Sending PLAIN = new Sending(Way.HTTP_JSON, false);

    private static Answer sent(String body) throws Exception {
      return send(PLAIN, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void idsAreHexInEitherCase() throws Exception {
      String traceId = "ABCDEFabcdef0123456789ABCDEF" + String.format("%04x", NUMBER.get());
      assertThat(sent(json(jsonSpan(traceId, ""))).partial()).isFalse();
      assertThat(spansStored(traceId.toLowerCase(java.util.Locale.ROOT))).isEqualTo(1);
    }

    @Test
    void anEnumIsANumber() throws Exception {
      assertThat(sent(json(jsonSpan(traceId(), ",\"kind\":3"))).code()).isZero();
      Answer named = sent(json(jsonSpan(traceId(), ",\"kind\":\"SPAN_KIND_CLIENT\"")));
      assertThat(named.code()).isEqualTo(OtlpStatus.INVALID_ARGUMENT);
      assertThat(named.message()).contains("kind must be the number");
    }

    @Test
    void aNumberOf64BitsIsTextOrANumber() throws Exception {
      String traceId = traceId();
      String asNumber =
          jsonSpan(traceId, "")
              .replace("\"" + NOW_NS + "\"", Long.toString(NOW_NS))
              .replace(
                  "\"endTime",
                  "\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":\"42\"}}],\"endTime");
      assertThat(sent(json(asNumber)).partial()).isFalse();
      assertThat(spansStored(traceId)).isEqualTo(1);
    }

    @Test
    void unknownFieldsAreIgnored() throws Exception {
      String traceId = traceId();
      assertThat(
              sent(json(
                      jsonSpan(
                          traceId,
                          ",\"later\":{\"a\":[1,{\"b\":null}]},\"droppedLinksCount\":null")))
                  .partial())
          .isFalse();
      assertThat(spansStored(traceId)).isEqualTo(1);
    }

    @Test
    void keysAreInLowerCamelCase() throws Exception {
      Answer answer = sent(json(jsonSpan(traceId(), "").replace("traceId", "trace_id")));
      assertThat(answer.rejected()).isEqualTo(1);
    }

    @Test
    void anErrorSaysWhereItIs() throws Exception {
      assertThat(sent("{\"resourceSpans\":\n 7}").message())
          .contains("must be an array")
          .contains("line 2");
    }
  }

  @Nested
  class Clients {

    /** OpenTelemetry's own exporters for Java. */
    @ParameterizedTest
    @ValueSource(strings = {"http, none", "http, gzip", "grpc, none", "grpc, gzip"})
    void theExportersOfOpenTelemetryDeliver(String which) throws Exception {
      String compression = which.substring(6);
      String url = "http://127.0.0.1:" + collector.port();
      SpanExporter exporter =
          which.startsWith("http")
              ? OtlpHttpSpanExporter.builder()
                  .setEndpoint(url + PATH)
                  .setCompression(compression)
                  .build()
              : OtlpGrpcSpanExporter.builder().setEndpoint(url).setCompression(compression).build();
      String traceId;
      try (SdkTracerProvider provider =
          SdkTracerProvider.builder()
              .setResource(Resource.create(Attributes.builder().put("service.name", "sdk").build()))
              .addSpanProcessor(SimpleSpanProcessor.create(exporter))
              .build()) {
        io.opentelemetry.api.trace.Span span =
            provider.get("test").spanBuilder("from the SDK").startSpan();
        traceId = span.getSpanContext().getTraceId();
        span.setAttribute("list", "value").end();
      }
      await().untilAsserted(() -> assertThat(spansStored(traceId)).isEqualTo(1));
    }
  }
}
