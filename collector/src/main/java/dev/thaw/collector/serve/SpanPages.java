package dev.thaw.collector.serve;

import com.linecorp.armeria.common.MediaType;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.receive.OtlpWriter;
import dev.thaw.collector.store.Store;
import java.util.List;
import java.util.Map;

/**
 * All spans of a time, page by page, as OTLP: an ExportTraceServiceRequest (opentelemetry-proto) in
 * protobuf. The header {@code Thaw-Next} is there when there may be more.
 */
final class SpanPages {

  static final String NEXT = "Thaw-Next";
  private static final MediaType PROTOBUF = MediaType.parse("application/x-protobuf");
  private static final int MOST = 20_000;

  private final Store store;

  SpanPages(Store store) {
    this.store = store;
  }

  JsonService.Bytes page(Parameters parameters) {
    Scope scope = parameters.scope();
    long fromNs = parameters.number("cursor", scope.fromEpochNs(), 0, Long.MAX_VALUE);
    List<Span> spans =
        store.spans(scope, fromNs, (int) parameters.number("limit", MOST / 2, 1, MOST));
    return new JsonService.Bytes(
        PROTOBUF,
        OtlpWriter.write(spans),
        spans.isEmpty()
            ? Map.of()
            : Map.of(NEXT, Long.toString(spans.get(spans.size() - 1).startEpochNs() + 1)));
  }
}
