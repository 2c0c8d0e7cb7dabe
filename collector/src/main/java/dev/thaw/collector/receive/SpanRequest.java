package dev.thaw.collector.receive;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ExportTraceServiceRequest that is made span by span and only as bytes: as objects, a hundred
 * thousand spans would take ten times as much of the heap. Not thread-safe.
 */
final class SpanRequest {

  private static final int RESOURCE_SPANS = ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER;
  private static final int SCOPE_SPANS = ResourceSpans.SCOPE_SPANS_FIELD_NUMBER;

  /** A ResourceSpans, without its tag and length. */
  private record Of(ByteString resource, ByteString spans) {
    int length() {
      return resource.size() + CodedOutputStream.computeBytesSize(SCOPE_SPANS, spans);
    }
  }

  private final Map<Resource, ByteString.Output> byResource = new LinkedHashMap<>();

  void add(Resource resource, Span span) {
    ByteString.Output spans = byResource.computeIfAbsent(resource, key -> ByteString.newOutput());
    try {
      // A message may come in parts, one behind the other: here with one span each.
      ScopeSpans.newBuilder().addSpans(span).build().writeTo(spans);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of it; nothing can be added afterwards. */
  byte[] toByteArray() {
    int length = 0;
    List<Of> all = new ArrayList<>();
    for (Map.Entry<Resource, ByteString.Output> entry : byResource.entrySet()) {
      Of of =
          new Of(
              ResourceSpans.newBuilder().setResource(entry.getKey()).build().toByteString(),
              entry.getValue().toByteString());
      all.add(of);
      length += CodedOutputStream.computeTagSize(RESOURCE_SPANS);
      length += CodedOutputStream.computeUInt32SizeNoTag(of.length()) + of.length();
    }
    byResource.clear();
    byte[] request = new byte[length];
    CodedOutputStream out = CodedOutputStream.newInstance(request);
    try {
      for (Of of : all) {
        out.writeTag(RESOURCE_SPANS, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(of.length());
        out.writeRawBytes(of.resource());
        out.writeBytes(SCOPE_SPANS, of.spans());
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return request;
  }
}
