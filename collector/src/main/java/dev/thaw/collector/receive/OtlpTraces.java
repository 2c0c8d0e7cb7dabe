package dev.thaw.collector.receive;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.thaw.collector.model.Attributes;
import dev.thaw.collector.model.Span;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Reads an ExportTraceServiceRequest (opentelemetry-proto) into the model, field by field: the
 * generated classes would be a second copy of everything. {@code OtlpTracesTest} holds it against
 * them.
 *
 * <p>A span with ids of the wrong length or of zeros, or without a start, is rejected and counted;
 * the others are taken. Values longer than the limit are cut. Unknown fields are passed over.
 */
public final class OtlpTraces {

  private static final int LONGEST_TEXT = 64 * 1024;

  /** Of a span or an event; those beyond it are left out. */
  private static final int MOST_ATTRIBUTES = 1_000;

  private static final int MOST_EVENTS = 1_000;

  /** As many messages as a queue gives a function at once. */
  private static final int MOST_LINKS = 10_000;

  /** As deep as protobuf's own classes read. */
  private static final int DEEPEST = 100;

  /** How deep the value of a span's attribute lies. */
  private static final int ATTRIBUTE_DEPTH = 5;

  // Tags of trace.proto, resource.proto and common.proto, by their field numbers.
  private static final int MESSAGE_1 = message(1);
  private static final int MESSAGE_2 = message(2);
  private static final int MESSAGE_3 = message(3);
  private static final int SPAN_PARENT = message(4);
  private static final int SPAN_NAME = message(5);
  private static final int SPAN_KIND = 6 << 3 | WireFormat.WIRETYPE_VARINT;
  private static final int SPAN_START = 7 << 3 | WireFormat.WIRETYPE_FIXED64;
  private static final int SPAN_END = 8 << 3 | WireFormat.WIRETYPE_FIXED64;
  private static final int SPAN_ATTRIBUTE = message(9);
  private static final int SPAN_EVENT = message(11);
  private static final int SPAN_LINK = message(13);
  private static final int SPAN_STATUS = message(15);
  private static final int STATUS_CODE = 3 << 3 | WireFormat.WIRETYPE_VARINT;
  private static final int EVENT_TIME = 1 << 3 | WireFormat.WIRETYPE_FIXED64;
  private static final int VALUE_TEXT = message(1);
  private static final int VALUE_BOOL = 2 << 3 | WireFormat.WIRETYPE_VARINT;
  private static final int VALUE_INT = 3 << 3 | WireFormat.WIRETYPE_VARINT;
  private static final int VALUE_DOUBLE = 4 << 3 | WireFormat.WIRETYPE_FIXED64;
  private static final int VALUE_ARRAY = message(5);
  private static final int VALUE_MAP = message(6);
  private static final int VALUE_BYTES = message(7);

  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final byte[] NONE = {};
  private static final Span.Kind[] KINDS = Span.Kind.values();
  private static final Span.Status[] STATUSES = Span.Status.values();

  /**
   * What a request held.
   *
   * @param rejected how many spans were not taken
   * @param why what was wrong with the first of them, or empty
   */
  public record Decoded(List<Span> spans, int rejected, String why) {}

  /** Of all requests, because they have most of their texts in common. */
  private static final Texts TEXTS = new Texts();

  private final byte[] bytes;

  /** Where in the bytes what is being read begins. */
  private int base;

  private final List<Span> spans = new ArrayList<>();
  private final Attributes.Builder ofSpan = new Attributes.Builder();
  private int rejected;
  private String why = "";

  private OtlpTraces(byte[] bytes) {
    this.bytes = bytes;
  }

  private static int message(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /**
   * @throws InvalidProtocolBufferException when the bytes are not such a request
   */
  public static Decoded decode(byte[] bytes) throws InvalidProtocolBufferException {
    OtlpTraces read = new OtlpTraces(bytes);
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == MESSAGE_1) {
          int length = in.readRawVarint32();
          int from = in.getTotalBytesRead();
          in.skipRawBytes(length);
          read.resourceSpans(from, length);
        } else {
          skip(in, tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
    return new Decoded(read.spans, read.rejected, read.why);
  }

  /** Twice over the same bytes, because the resource may stand behind its spans. */
  private void resourceSpans(int from, int length) throws IOException {
    base = from;
    Attributes.Builder ofResource = new Attributes.Builder();
    CodedInputStream in = CodedInputStream.newInstance(bytes, from, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == MESSAGE_1) {
        int outer = begin(in);
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
          if (inner == MESSAGE_1) {
            attribute(in, ofResource, ATTRIBUTE_DEPTH);
          } else {
            skip(in, inner);
          }
        }
        end(in, outer);
      } else {
        skip(in, tag);
      }
    }
    Map<String, Object> resource = ofResource.build();
    in = CodedInputStream.newInstance(bytes, from, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == MESSAGE_2) {
        int outer = begin(in);
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
          if (inner == MESSAGE_2) {
            span(in, resource);
          } else {
            skip(in, inner);
          }
        }
        end(in, outer);
      } else {
        skip(in, tag);
      }
    }
  }

  private void span(CodedInputStream in, Map<String, Object> resource) throws IOException {
    ofSpan.build();
    byte[] traceId = NONE;
    byte[] spanId = NONE;
    byte[] parent = NONE;
    String name = "";
    int kind = 0;
    long start = 0;
    long until = 0;
    int status = 0;
    String statusMessage = "";
    List<Span.Event> events = List.of();
    List<Span.Link> links = List.of();
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == SPAN_ATTRIBUTE) {
        attribute(in, ofSpan, ATTRIBUTE_DEPTH);
      } else if (tag == MESSAGE_1) {
        traceId = in.readByteArray();
      } else if (tag == MESSAGE_2) {
        spanId = in.readByteArray();
      } else if (tag == SPAN_PARENT) {
        parent = in.readByteArray();
      } else if (tag == SPAN_NAME) {
        name = text(in);
      } else if (tag == SPAN_KIND) {
        kind = in.readEnum();
      } else if (tag == SPAN_START) {
        start = in.readFixed64();
      } else if (tag == SPAN_END) {
        until = in.readFixed64();
      } else if (tag == SPAN_EVENT) {
        events = events.isEmpty() ? new ArrayList<>() : events;
        Span.Event event = event(in);
        if (events.size() < MOST_EVENTS) {
          events.add(event);
        }
      } else if (tag == SPAN_LINK) {
        links = links.isEmpty() ? new ArrayList<>() : links;
        link(in, links);
      } else if (tag == SPAN_STATUS) {
        int before = begin(in);
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
          if (inner == MESSAGE_2) {
            statusMessage = text(in);
          } else if (inner == STATUS_CODE) {
            status = in.readEnum();
          } else {
            skip(in, inner);
          }
        }
        end(in, before);
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    String problem = problem(traceId, spanId, parent, start);
    if (!problem.isEmpty()) {
      rejected++;
      why = why.isEmpty() ? problem : why;
      return;
    }
    Object function =
        resource.getOrDefault("faas.name", resource.getOrDefault("service.name", "unknown"));
    spans.add(
        new Span(
            hex(traceId),
            hex(spanId),
            isId(parent, 8) ? hex(parent) : "",
            kind >= 0 && kind < KINDS.length ? KINDS[kind] : Span.Kind.UNSPECIFIED,
            cut(name),
            cut(function.toString()),
            start,
            Math.max(start, until),
            status >= 0 && status < STATUSES.length ? STATUSES[status] : Span.Status.UNSET,
            cut(statusMessage),
            ofSpan.build(),
            events,
            links,
            resource));
  }

  private static String problem(byte[] traceId, byte[] spanId, byte[] parent, long start) {
    if (!isId(traceId, 16)) {
      return "trace_id must be 16 bytes and not all zeros";
    }
    if (!isId(spanId, 8)) {
      return "span_id must be 8 bytes and not all zeros";
    }
    if (parent.length != 0 && parent.length != 8) {
      return "parent_span_id must be 8 bytes or empty";
    }
    return start <= 0 ? "start_time_unix_nano is missing" : "";
  }

  private static boolean isId(byte[] id, int length) {
    if (id.length != length) {
      return false;
    }
    for (byte b : id) {
      if (b != 0) {
        return true;
      }
    }
    return false;
  }

  private Span.Event event(CodedInputStream in) throws IOException {
    long time = 0;
    String name = "";
    Attributes.Builder attributes = new Attributes.Builder();
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == EVENT_TIME) {
        time = in.readFixed64();
      } else if (tag == MESSAGE_2) {
        name = text(in);
      } else if (tag == MESSAGE_3) {
        attribute(in, attributes, ATTRIBUTE_DEPTH + 1);
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    return new Span.Event(time, name, attributes.build());
  }

  private static void link(CodedInputStream in, List<Span.Link> links) throws IOException {
    byte[] traceId = NONE;
    byte[] spanId = NONE;
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == MESSAGE_1) {
        traceId = in.readByteArray();
      } else if (tag == MESSAGE_2) {
        spanId = in.readByteArray();
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    if (isId(traceId, 16) && isId(spanId, 8) && links.size() < MOST_LINKS) {
      links.add(new Span.Link(hex(traceId), hex(spanId)));
    }
  }

  /**
   * @param depth of the attribute's value
   */
  private void attribute(CodedInputStream in, Attributes.Builder into, int depth)
      throws IOException {
    String key = "";
    Object value = "";
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == MESSAGE_1) {
        key = text(in);
      } else if (tag == MESSAGE_2) {
        value = value(in, depth);
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    if (into.size() < MOST_ATTRIBUTES) {
      into.put(key, value);
    }
  }

  private Object value(CodedInputStream in, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new InvalidProtocolBufferException("A value is nested too deep");
    }
    Object value = "";
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == VALUE_TEXT) {
        value = cut(text(in));
      } else if (tag == VALUE_BOOL) {
        value = in.readBool();
      } else if (tag == VALUE_INT) {
        value = in.readInt64();
      } else if (tag == VALUE_DOUBLE) {
        value = in.readDouble();
      } else if (tag == VALUE_ARRAY) {
        value = array(in, depth);
      } else if (tag == VALUE_MAP) {
        value = map(in, depth);
      } else if (tag == VALUE_BYTES) {
        value = Base64.getEncoder().encodeToString(in.readByteArray());
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    return value;
  }

  private List<Object> array(CodedInputStream in, int depth) throws IOException {
    List<Object> values = new ArrayList<>();
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == MESSAGE_1) {
        values.add(value(in, depth + 2));
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    return values;
  }

  private Map<String, Object> map(CodedInputStream in, int depth) throws IOException {
    Attributes.Builder values = new Attributes.Builder();
    int outer = begin(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == MESSAGE_1) {
        attribute(in, values, depth + 3);
      } else {
        skip(in, tag);
      }
    }
    end(in, outer);
    return values.build();
  }

  private String text(CodedInputStream in) throws IOException {
    int length = in.readRawVarint32();
    int from = base + in.getTotalBytesRead();
    in.skipRawBytes(length);
    return TEXTS.read(bytes, from, length);
  }

  /** Enters a message; returns what {@link #end} needs. */
  private static int begin(CodedInputStream in) throws IOException {
    return in.pushLimit(in.readRawVarint32());
  }

  private static void end(CodedInputStream in, int outer) throws IOException {
    in.checkLastTagWas(0);
    in.popLimit(outer);
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("A group ends that did not begin");
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }

  private static String hex(byte[] id) {
    byte[] digits = new byte[2 * id.length];
    for (int i = 0; i < id.length; i++) {
      digits[2 * i] = (byte) HEX[id[i] >> 4 & 15];
      digits[2 * i + 1] = (byte) HEX[id[i] & 15];
    }
    return new String(digits, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
