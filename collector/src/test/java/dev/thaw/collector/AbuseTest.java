package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the collector answers to what nobody should send, and that it is well afterwards. The table
 * in docs/reference/abuse.md is made from {@link #CASES}; run with -Dthaw.write.docs=true to write
 * it.
 */
class AbuseTest {

  private static final Path PAGE = Path.of("../docs/reference/abuse.md");
  private static final String BEGIN = "<!-- table: AbuseTest -->\n";
  private static final String END = "<!-- end of table -->";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final int MB = 1 << 20;
  private static final int MOST_CONNECTIONS = 300;

  /**
   * @param answer as the table says it
   * @param actual gives the same when all is well
   */
  private record Case(String what, String answer, Callable<String> actual) {}

  @TempDir static Path folder;
  private static Collector collector;
  private static int number;

  private static final String SMUGGLED =
      "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
          + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n";
  private static final String GET_REBOUND =
      "GET /api/v1/functions HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n";

  private static final List<Case> CASES =
      List.of(
          // Requests that are broken
          new Case("a request that is cut off", "400", () -> otlp(cutOff())),
          new Case("noise in place of protobuf", "400", () -> otlp(noise(1000))),
          new Case("a field that says it has 2 GB", "400", () -> otlp(hex("0affffffff07"))),
          new Case("broken gzip", "400", () -> gzipped(noise(1000))),
          new Case("gzip within gzip", "400", () -> gzipped(gzip(gzip(valid())))),
          new Case("a text that is no UTF-8", "400", () -> otlp(noUtf8())),
          new Case("invalid JSON", "400", () -> json("{\"resourceSpans\": [")),
          new Case(
              "another content type",
              "415",
              () -> status(post("/v1/traces", "text/plain", valid()))),
          new Case("a length and chunks as well", "400", () -> raw(SMUGGLED)),
          new Case(
              "a header of 100 KB", "431", () -> raw(get("/health", "X: " + "x".repeat(100_000)))),
          new Case(
              "an address of 100 KB", "414", () -> raw(get("/" + "x".repeat(100_000), "X: y"))),
          // Requests that are too much
          new Case("a body one byte over the limit", "413", () -> otlp(new byte[64 * MB + 1])),
          new Case("chunks without an end", "413", () -> endless()),
          new Case("a gzip bomb, 1000 to 1", "413", () -> gzipped(gzip(new byte[80 * MB]))),
          new Case(
              "JSON 10,000 deep",
              "400",
              () -> json("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")),
          new Case("an attribute 10,000 deep", "400", () -> otlp(deep(10_000))),
          new Case(
              "a span with 1,000,000 attributes",
              "200, with the first 1000 of them",
              () -> attributes(1_000_000)),
          new Case(
              "a request that does not come to its end",
              "closed when its time is over",
              () -> slow()),
          new Case(
              "10,000 connections",
              "those beyond the limit are closed; the others are served",
              () -> connections()),
          new Case(
              "HTTP/2 streams that are begun and reset, 5,000 times",
              "the connection is closed",
              () -> rapidReset()),
          // Spans that can't be
          new Case("a span of 1970", "200, kept by when it came", () -> spanAt(1)),
          new Case(
              "a span of the year 2262",
              "200, kept by when it came",
              () -> spanAt(Long.MAX_VALUE - 1)),
          new Case("an end before its start", "200, with no duration", () -> endBeforeStart()),
          new Case(
              "ids of the wrong length, or zero", "200, rejected and counted", () -> wrongIds()),
          new Case(
              "parents that are each other's children",
              "200; the trace is shown",
              () -> parentCycle()),
          new Case("a trace of 100,000 spans", "200; the trace is shown", () -> longTrace(100_000)),
          // Disks
          new Case(
              "a data folder on a read-only disk",
              "the collector does not start, and says why",
              () -> readOnly()),
          // Questions
          new Case(
              "a filter 1,500 parentheses deep",
              "400",
              () -> filter("(".repeat(1_500) + "cold" + ")".repeat(1_500))),
          new Case(
              "a filter longer than an address may be",
              "414",
              () -> filter("cold" + " or cold".repeat(999))),
          new Case(
              "SQL in a filter",
              "200, as a text like any other",
              () -> filter("name = \"'; DROP TABLE part; --\"")),
          new Case(
              "SQL in a function's name",
              "404",
              () -> asked("/api/v1/functions/" + encoded("' OR '1'='1"))),
          new Case(
              "all time that there is",
              "200",
              () -> asked("/api/v1/functions?from=0&to=9000000000000")),
          new Case(
              "a range that ends before it begins",
              "400",
              () -> asked("/api/v1/traces?from=2&to=1")),
          new Case("a list of 1,000,000", "400", () -> asked("/api/v1/traces?limit=1000000")),
          new Case(
              "a path out of the dashboard's files",
              "400",
              () -> raw(get("/assets/../../../../etc/passwd", "X: y"))),
          new Case(
              "a page of another site that asks",
              "403",
              () -> raw(get("/api/v1/functions", "Origin: http://evil.example"))),
          new Case("a site that has pointed its own name here", "403", () -> raw(GET_REBOUND)));

  @BeforeAll
  static void start() {
    collector =
        CollectorForTests.in(
            folder.resolve("data"),
            "THAW_MIN_FREE_MB",
            "1",
            "THAW_REQUEST_SECONDS",
            "3",
            "THAW_MAX_CONNECTIONS",
            Integer.toString(MOST_CONNECTIONS));
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  @TestFactory
  Stream<DynamicTest> everyCaseGetsItsAnswerAndHarmsNothing() {
    return CASES.stream()
        .map(
            one ->
                dynamicTest(
                    one.what(),
                    () -> {
                      assertThat(one.actual().call()).isEqualTo(one.answer());
                      assertThat(otlp(valid())).isEqualTo("200");
                    }));
  }

  @Test
  void thePageShowsEveryCase() throws Exception {
    String table =
        CASES.stream()
            .map(one -> "| " + one.what() + " | " + one.answer() + " |\n")
            .collect(Collectors.joining("", "| what comes | what it gets |\n| --- | --- |\n", ""));
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    if (Boolean.getBoolean("thaw.write.docs")) {
      Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(end));
      return;
    }
    assertThat(page.substring(begin, end)).isEqualTo(table);
  }

  // What is sent

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new java.util.Random(5).nextBytes(noise);
    return noise;
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  private static String traceId() {
    return String.format("%032x", 0xabad1deaL << 16 | ++number);
  }

  private static Span.Builder span(String traceId, long id) {
    long now = System.currentTimeMillis() * 1_000_000;
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(hex(traceId)))
        .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id).array()))
        .setName("abuse")
        .setKind(Span.SpanKind.SPAN_KIND_SERVER)
        .setStartTimeUnixNano(now)
        .setEndTimeUnixNano(now + 1000);
  }

  private static byte[] request(Iterable<Span> spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addAllSpans(spans)))
        .build()
        .toByteArray();
  }

  private static byte[] request(Span.Builder span) {
    return request(List.of(span.build()));
  }

  private static byte[] valid() {
    return request(span(traceId(), 1));
  }

  private static byte[] cutOff() {
    byte[] whole = valid();
    return java.util.Arrays.copyOf(whole, whole.length - 5);
  }

  /** An AnyValue within an ArrayValue within an AnyValue, and so on; from the inside out. */
  private static byte[] deep(int levels) {
    ByteArrayOutputStream reversed = new ByteArrayOutputStream();
    for (int i = 0; i < levels; i++) {
      enclose(reversed, 1);
      enclose(reversed, 5);
    }
    // The value of an attribute of a span of a scope of a resource of a request.
    for (int field : new int[] {2, 9, 2, 2, 1}) {
      enclose(reversed, field);
    }
    byte[] bytes = reversed.toByteArray();
    for (int i = 0; i < bytes.length / 2; i++) {
      byte other = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = bytes[i];
      bytes[i] = other;
    }
    return bytes;
  }

  /** Puts what is there into a message's field. */
  private static void enclose(ByteArrayOutputStream reversed, int field) {
    List<Integer> prefix = new ArrayList<>(List.of(field << 3 | 2));
    int left = reversed.size();
    for (; left > 127; left >>>= 7) {
      prefix.add(left & 127 | 128);
    }
    prefix.add(left);
    for (int i = prefix.size() - 1; i >= 0; i--) {
      reversed.write(prefix.get(i));
    }
  }

  // How it is sent

  private static HttpResponse<String> post(String path, String type, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path)))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + collector.port() + path;
  }

  private static String status(HttpResponse<String> answer) {
    return Integer.toString(answer.statusCode());
  }

  private static String otlp(byte[] body) throws Exception {
    return status(post("/v1/traces", "application/x-protobuf", body));
  }

  private static String gzipped(byte[] body) throws Exception {
    return status(post("/v1/traces", "application/x-protobuf", body, "Content-Encoding", "gzip"));
  }

  private static String json(String body) throws Exception {
    return status(post("/v1/traces", "application/json", body.getBytes(StandardCharsets.UTF_8)));
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String asked(String path) throws Exception {
    return status(get(path));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String filter(String text) throws Exception {
    String answer =
        asked("/api/v1/traces?filter=" + encoded(text).replace("%28", "(").replace("%29", ")"));
    return answer.equals("200") ? "200, as a text like any other" : answer;
  }

  private static String get(String path, String header) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + header
        + "\r\nConnection: close\r\n\r\n";
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", collector.port());
    socket.setSoTimeout(60_000);
    return socket;
  }

  /** The status; over a plain socket, because no client sends such things. */
  private static String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      } catch (SocketException e) {
        // It was refused before its end.
      }
      byte[] answer = socket.getInputStream().readNBytes(12);
      return new String(answer, StandardCharsets.ISO_8859_1).substring(9);
    }
  }

  private static String endless() throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      byte[] chunk = new byte[MB];
      try {
        for (int i = 0; i < 80; i++) {
          out.write("100000\r\n".getBytes(StandardCharsets.ISO_8859_1));
          out.write(chunk);
          out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
      } catch (SocketException e) {
        // It had enough.
      }
      byte[] answer = socket.getInputStream().readNBytes(12);
      return new String(answer, StandardCharsets.ISO_8859_1).substring(9);
    }
  }

  private static String slow() throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                      + "Content-Length: 1000\r\n\r\nx")
                  .getBytes(StandardCharsets.ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).doesNotContain(" 500 ", " 200 ");
      return "closed when its time is over";
    }
  }

  private static String connections() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 10_000; i++) {
        sockets.add(connect());
      }
      Socket last = sockets.get(sockets.size() - 1);
      assertThat(isClosed(last)).isTrue();
      Socket first = sockets.get(0);
      first.getOutputStream().write(get("/health", "X: y").getBytes(StandardCharsets.ISO_8859_1));
      assertThat(new String(first.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1))
          .isEqualTo("HTTP/1.1 200");
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    // The server is to have seen that they are gone.
    await().ignoreExceptions().untilAsserted(() -> assertThat(asked("/health")).isEqualTo("200"));
    return "those beyond the limit are closed; the others are served";
  }

  private static String readOnly() throws Exception {
    Path data = Files.createDirectories(folder.resolve("read-only"));
    ProcessBuilder builder = SmallDisk.readOnlyJava(data, "dev.thaw.collector.Collector");
    builder.environment().put("THAW_PORT", "0");
    builder.environment().put("THAW_DATA", data.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(said).contains("thaw collector: The data folder " + data + " can't be written to");
    return "the collector does not start, and says why";
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) 0)
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** RFC 9113 with a header block of the static table: GET, http, /, and an authority. */
  private static String rapidReset() throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.write(frame(4, 0, 0, new byte[0]));
      byte[] headers =
          hex(
              "8286844109"
                  + HexFormat.of().formatHex("localhost".getBytes(StandardCharsets.UTF_8)));
      byte[] cancel = {0, 0, 0, 8};
      try {
        for (int i = 0; i < 5000; i++) {
          out.write(frame(1, 5, 2 * i + 1, headers));
          out.write(frame(3, 0, 2 * i + 1, cancel));
        }
        InputStream in = socket.getInputStream();
        in.transferTo(OutputStream.nullOutputStream());
      } catch (SocketException e) {
        // Closed while it was written to.
      }
      return "the connection is closed";
    }
  }

  // What becomes of it

  private static JsonNode trace(String traceId) {
    JsonNode[] found = new JsonNode[1];
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              HttpResponse<String> answer = get("/api/v1/traces/" + traceId);
              assertThat(answer.statusCode()).isEqualTo(200);
              found[0] = JSON.readTree(answer.body());
            });
    return found[0];
  }

  private static byte[] noUtf8() {
    byte[] body = request(span(traceId(), 1).setName("a name"));
    for (int i = 0; i < body.length - 2; i++) {
      if (body[i] == 'n' && body[i + 1] == 'a' && body[i + 2] == 'm') {
        body[i] = (byte) 0xff;
      }
    }
    return body;
  }

  private static String attributes(int count) throws Exception {
    String traceId = traceId();
    Span.Builder span = span(traceId, 1);
    for (int i = 0; i < count; i++) {
      span.addAttributes(
          KeyValue.newBuilder()
              .setKey("k" + i)
              .setValue(AnyValue.newBuilder().setStringValue("v")));
    }
    String status = otlp(request(span));
    int kept = trace(traceId).get("spans").get(0).get("attributes").size();
    return status + ", with the first " + kept + " of them";
  }

  private static String spanAt(long ns) throws Exception {
    String traceId = traceId();
    String status =
        otlp(request(span(traceId, 1).setStartTimeUnixNano(ns).setEndTimeUnixNano(ns + 1)));
    assertThat(trace(traceId).get("spans")).hasSize(1);
    return status + ", kept by when it came";
  }

  private static String endBeforeStart() throws Exception {
    String traceId = traceId();
    String status = otlp(request(span(traceId, 1).setEndTimeUnixNano(1)));
    assertThat(trace(traceId).get("spans").get(0).get("durationUs").asLong()).isZero();
    return status + ", with no duration";
  }

  private static String wrongIds() throws Exception {
    HttpResponse<String> answer =
        post(
            "/v1/traces",
            "application/json",
            ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
                    + "{\"traceId\":\"abcd\",\"spanId\":\"00f067aa0ba902b7\",\"startTimeUnixNano\":\"1\"},"
                    + "{\"traceId\":\"00000000000000000000000000000000\",\"spanId\":\"00f067aa0ba902b7\",\"startTimeUnixNano\":\"1\"}"
                    + "]}]}]}")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(answer.body()).contains("\"rejectedSpans\":\"2\"");
    return status(answer) + ", rejected and counted";
  }

  private static String parentCycle() throws Exception {
    String traceId = traceId();
    Span a = span(traceId, 1).setParentSpanId(span(traceId, 2).getSpanId()).build();
    Span b = span(traceId, 2).setParentSpanId(span(traceId, 1).getSpanId()).build();
    String status = otlp(request(List.of(a, b)));
    assertThat(trace(traceId).get("spans")).hasSize(2);
    return status + "; the trace is shown";
  }

  private static String longTrace(int spans) throws Exception {
    String traceId = traceId();
    Span root = span(traceId, 1).build();
    List<Span> all = new ArrayList<>(List.of(root));
    for (int i = 2; i <= spans; i++) {
      all.add(span(traceId, i).setParentSpanId(root.getSpanId()).build());
    }
    String status = otlp(request(all));
    assertThat(trace(traceId).get("spans").size()).isGreaterThan(1000);
    return status + "; the trace is shown";
  }
}
