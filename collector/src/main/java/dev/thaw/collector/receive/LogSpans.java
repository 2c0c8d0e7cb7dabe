package dev.thaw.collector.receive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.thaw.collector.model.LogLine;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * OTLP's log records (opentelemetry-proto, logs.proto) as spans of no length below the span that
 * wrote them: one journal, one store, one way in. {@link LogLine} reads them back.
 *
 * <p>A record without a trace or span belongs to no request, and leads to nothing. What stands for
 * it as a span has an id made of all of the record, so that a record that comes twice is kept once.
 */
final class LogSpans {

  private static final String WHY_REJECTED =
      "Thaw keeps log records of a trace: with trace_id, span_id and a time";

  /** OTLP's severities come in fours: SEVERITY_NUMBER_TRACE is 1 to 4, and so on. */
  private static final String[] SEVERITIES = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private final SpanRequest spans = new SpanRequest();
  private int rejected;

  private LogSpans() {}

  static Acceptance.Converted convert(byte[] request) throws InvalidProtocolBufferException {
    LogSpans logs = new LogSpans();
    Fields.each(
        Fields.Place.all(request),
        ExportLogsServiceRequest.RESOURCE_LOGS_FIELD_NUMBER,
        logs::resourceLogs);
    return new Acceptance.Converted(logs.spans.toByteArray(), logs.rejected, WHY_REJECTED);
  }

  /** Twice over the same bytes, because the resource may stand behind its logs. */
  private void resourceLogs(Fields.Place part) throws InvalidProtocolBufferException {
    Resource.Builder resource = Resource.newBuilder();
    Fields.each(part, ResourceLogs.RESOURCE_FIELD_NUMBER, of -> merge(resource, of));
    Resource whole = resource.build();
    Fields.each(
        part, ResourceLogs.SCOPE_LOGS_FIELD_NUMBER, scopeLogs -> scopeLogs(whole, scopeLogs));
  }

  private void scopeLogs(Resource resource, Fields.Place part)
      throws InvalidProtocolBufferException {
    InstrumentationScope.Builder scope = InstrumentationScope.newBuilder();
    Fields.each(part, ScopeLogs.SCOPE_FIELD_NUMBER, of -> merge(scope, of));
    Fields.each(
        part,
        ScopeLogs.LOG_RECORDS_FIELD_NUMBER,
        of -> {
          LogRecord.Builder log = LogRecord.newBuilder();
          merge(log, of);
          record(resource, scope.getName(), log.build());
        });
  }

  private void record(Resource resource, String logger, LogRecord log) {
    if (belongsToSpan(log)) {
      spans.add(resource, span(log, logger));
    } else {
      rejected++;
    }
  }

  private static void merge(Message.Builder into, Fields.Place from)
      throws InvalidProtocolBufferException {
    into.mergeFrom(from.bytes(), from.from(), from.length());
  }

  private static boolean belongsToSpan(LogRecord log) {
    return log.getTraceId().size() == TRACE_ID_BYTES
        && log.getSpanId().size() == SPAN_ID_BYTES
        && time(log) != 0;
  }

  private static long time(LogRecord log) {
    return log.getTimeUnixNano() != 0 ? log.getTimeUnixNano() : log.getObservedTimeUnixNano();
  }

  private static Span span(LogRecord log, String logger) {
    String severity = severity(log);
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(log.getTraceId())
            .setSpanId(id(log))
            .setParentSpanId(log.getSpanId())
            .setName("log")
            .setKind(Span.SpanKind.SPAN_KIND_INTERNAL)
            .setStartTimeUnixNano(time(log))
            .setEndTimeUnixNano(time(log))
            .addAttributes(KeyValue.newBuilder().setKey(LogLine.BODY).setValue(log.getBody()));
    if (!severity.isEmpty()) {
      span.addAttributes(text(LogLine.SEVERITY, severity));
    }
    if (!logger.isEmpty()) {
      span.addAttributes(text(LogLine.LOGGER, logger));
    }
    return span.addAllAttributes(log.getAttributesList()).build();
  }

  private static String severity(LogRecord log) {
    if (!log.getSeverityText().isEmpty()) {
      return log.getSeverityText();
    }
    int group = (log.getSeverityNumberValue() - 1) / 4;
    return log.getSeverityNumberValue() > 0 && group < SEVERITIES.length ? SEVERITIES[group] : "";
  }

  private static ByteString id(LogRecord log) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(log.toByteArray());
      return ByteString.copyFrom(ByteBuffer.wrap(hash, 0, SPAN_ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
