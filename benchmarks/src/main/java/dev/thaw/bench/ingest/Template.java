package dev.thaw.bench.ingest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * A request of a hundred spans with twelve attributes each, as bytes in which ids and times are put
 * anew each time: the generator must not be what is measured. Not thread-safe.
 */
public final class Template {

  public static final int SPANS = 100;

  /** Every so manyth span is an invocation, the others are its calls. */
  private static final int SPANS_PER_INVOCATION = 5;

  private static final String REQUEST_ID = "0".repeat(32);

  /** What is written over, per span; -1 for what it has not. */
  private record Place(int traceId, int spanId, int start, int end, int requestId) {
    Place movedBy(int by) {
      return new Place(
          traceId + by,
          spanId + by,
          start + by,
          end < 0 ? -1 : end + by,
          requestId < 0 ? -1 : requestId + by);
    }
  }

  private static final String[] METHODS = {"GET", "POST", "PUT"};
  private static final String[] REGIONS = {"eu-west-1", "eu-central-1", "us-east-1"};

  private final byte[] bytes;
  private final List<Place> places;
  private final boolean isText;

  private Template(byte[] bytes, List<Place> places, boolean isText) {
    this.bytes = bytes;
    this.places = places;
    this.isText = isText;
  }

  /** An ExportTraceServiceRequest. */
  public static Template otlp(int number) {
    Random random = new Random(number);
    Proto scope = new Proto();
    List<Place> inScope = new ArrayList<>();
    for (int i = 0; i < SPANS; i++) {
      Proto span = new Proto();
      int traceId = span.bytes(1, new byte[16]);
      int spanId = span.bytes(2, new byte[8]);
      span.text(5, "charge");
      boolean isInvocation = i % SPANS_PER_INVOCATION == 0;
      span.number(6, isInvocation ? 2 : 3);
      int start = span.fixed64(7);
      int end = span.fixed64(8);
      for (String[] attribute : attributes(random)) {
        Proto value = new Proto();
        value.text(1, attribute[1]);
        Proto pair = new Proto();
        pair.text(1, attribute[0]);
        pair.message(2, value);
        span.message(9, pair);
      }
      int requestId = -1;
      if (isInvocation) {
        Proto value = new Proto();
        int inValue = value.bytes(1, REQUEST_ID.getBytes(StandardCharsets.UTF_8));
        Proto pair = new Proto();
        pair.text(1, "faas.invocation_id");
        int inPair = pair.message(2, value) + inValue;
        requestId = span.message(9, pair) + inPair;
      }
      inScope.add(
          new Place(traceId, spanId, start, end, requestId).movedBy(scope.message(2, span)));
    }
    Proto value = new Proto();
    value.text(1, "function-" + number % 50);
    Proto pair = new Proto();
    pair.text(1, "faas.name");
    pair.message(2, value);
    Proto resource = new Proto();
    resource.message(1, pair);
    Proto resourceSpans = new Proto();
    resourceSpans.message(1, resource);
    int atScope = resourceSpans.message(2, scope);
    Proto request = new Proto();
    int at = request.message(1, resourceSpans) + atScope;
    List<Place> places = inScope.stream().map(place -> place.movedBy(at)).toList();
    return new Template(request.toByteArray(), places, false);
  }

  /** The same spans as Zipkin's JSON, version 2. */
  static Template zipkin(int number) {
    Random random = new Random(number);
    StringBuilder text = new StringBuilder("[");
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < SPANS; i++) {
      text.append(i == 0 ? "{\"traceId\":\"" : ",{\"traceId\":\"");
      int traceId = text.length();
      text.append("0".repeat(32)).append("\",\"id\":\"");
      int spanId = text.length();
      text.append("0".repeat(16))
          .append("\",\"kind\":\"SERVER\",\"name\":\"charge\",\"timestamp\":");
      int start = text.length();
      text.append(
              "1000000000000000,\"duration\":1000,\"localEndpoint\":{\"serviceName\":\"function-")
          .append(number % 50)
          .append("\"},\"tags\":{");
      String comma = "";
      for (String[] attribute : attributes(random)) {
        text.append(comma)
            .append('"')
            .append(attribute[0])
            .append("\":\"")
            .append(attribute[1])
            .append('"');
        comma = ",";
      }
      int requestId = -1;
      if (i % SPANS_PER_INVOCATION == 0) {
        text.append(",\"faas.invocation_id\":\"");
        requestId = text.length();
        text.append(REQUEST_ID).append('"');
      }
      text.append("}}");
      places.add(new Place(traceId, spanId, start, -1, requestId));
    }
    return new Template(text.append(']').toString().getBytes(StandardCharsets.UTF_8), places, true);
  }

  private static String[][] attributes(Random random) {
    return new String[][] {
      {"http.request.method", METHODS[random.nextInt(3)]},
      {"url.path", "/orders/" + random.nextInt(1000)},
      {"http.response.status_code", random.nextInt(50) == 0 ? "500" : "200"},
      {"server.address", "api-" + random.nextInt(20) + ".example.com"},
      {"cloud.region", REGIONS[random.nextInt(3)]},
      {"faas.trigger", "http"},
      {"faas.version", Integer.toString(1 + random.nextInt(5))},
      {"user.id", "user-" + random.nextInt(100_000)},
      {"tenant", "tenant-" + random.nextInt(200)},
      {"db.system.name", "postgresql"},
      {"db.operation.name", "SELECT"},
      {"thread.name", "worker-" + random.nextInt(16)},
    };
  }

  /**
   * The same with something before it, so that both are written at once.
   *
   * @param head for a body of so many bytes
   */
  Template behind(IntFunction<byte[]> head) {
    byte[] before = head.apply(bytes.length);
    byte[] all = Arrays.copyOf(before, before.length + bytes.length);
    System.arraycopy(bytes, 0, all, before.length, bytes.length);
    List<Place> moved = places.stream().map(place -> place.movedBy(before.length)).toList();
    return new Template(all, moved, isText);
  }

  /** The request with new ids; valid until the next call. */
  byte[] next(Random random) {
    long nowNs = System.currentTimeMillis() * 1_000_000;
    for (Place place : places) {
      long high = random.nextLong() | 1;
      long low = random.nextLong();
      long id = random.nextLong() | 1;
      if (place.requestId() >= 0) {
        hex(place.requestId(), high);
        hex(place.requestId() + 16, low);
      }
      if (isText) {
        hex(place.traceId(), high);
        hex(place.traceId() + 16, low);
        hex(place.spanId(), id);
        decimal(place.start(), nowNs / 1000);
      } else {
        bigEndian(place.traceId(), high);
        bigEndian(place.traceId() + 8, low);
        bigEndian(place.spanId(), id);
        littleEndian(place.start(), nowNs);
        littleEndian(place.end(), nowNs + 1_000_000 + (id & 0xfffff));
      }
    }
    return bytes;
  }

  /** Of every span 24 bytes: trace id and span id, big-endian. Of OTLP only. */
  byte[] ids() {
    byte[] ids = new byte[places.size() * 24];
    for (int i = 0; i < places.size(); i++) {
      System.arraycopy(bytes, places.get(i).traceId(), ids, i * 24, 16);
      System.arraycopy(bytes, places.get(i).spanId(), ids, i * 24 + 16, 8);
    }
    return ids;
  }

  int size() {
    return bytes.length;
  }

  private void hex(int at, long value) {
    byte[] digits = HexFormat.of().toHexDigits(value).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(digits, 0, bytes, at, 16);
  }

  private void decimal(int at, long value) {
    for (int i = 15; i >= 0; i--, value /= 10) {
      bytes[at + i] = (byte) ('0' + value % 10);
    }
  }

  private void bigEndian(int at, long value) {
    for (int i = 7; i >= 0; i--, value >>= 8) {
      bytes[at + i] = (byte) value;
    }
  }

  private void littleEndian(int at, long value) {
    for (int i = 0; i < 8; i++, value >>= 8) {
      bytes[at + i] = (byte) value;
    }
  }

  /** Just enough of protobuf's encoding; says where what it wrote begins. */
  private static final class Proto {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    int bytes(int field, byte[] value) {
      varint(field << 3 | 2);
      varint(value.length);
      int at = out.size();
      out.writeBytes(value);
      return at;
    }

    void text(int field, String value) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    int message(int field, Proto value) {
      return bytes(field, value.toByteArray());
    }

    void number(int field, int value) {
      varint(field << 3);
      varint(value);
    }

    int fixed64(int field) {
      varint(field << 3 | 1);
      int at = out.size();
      out.writeBytes(new byte[8]);
      return at;
    }

    private void varint(int value) {
      int left = value;
      while (left > 127) {
        out.write(left & 127 | 128);
        left >>>= 7;
      }
      out.write(left);
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }
  }
}
