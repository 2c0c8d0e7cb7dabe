package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.util.concurrent.CompletableFuture;

/** Traces: what is kept. */
final class TracesSignal implements OtlpSignal {

  private final Acceptance acceptance;

  TracesSignal(Intake intake, MeterRegistry metrics) {
    acceptance = new Acceptance(intake, "spans", metrics);
  }

  @Override
  public String name() {
    return "traces";
  }

  @Override
  public String rejectedName() {
    return "rejectedSpans";
  }

  @Override
  public String grpcPath() {
    return GRPC + "trace.v1.TraceService/Export";
  }

  @Override
  public Message.Builder request() {
    return ExportTraceServiceRequest.newBuilder();
  }

  @Override
  public void checkRoom(long bytes) throws Intake.OverloadedException {
    acceptance.checkRoom(bytes);
  }

  @Override
  public long timesAsMuch() {
    return 2;
  }

  @Override
  public CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException {
    return acceptance.take(request, spans -> new Acceptance.Converted(spans, 0, ""));
  }

  @Override
  public Message response(Result result) {
    ExportTraceServiceResponse.Builder answer = ExportTraceServiceResponse.newBuilder();
    if (result.rejected() > 0) {
      answer.setPartialSuccess(
          ExportTracePartialSuccess.newBuilder()
              .setRejectedSpans(result.rejected())
              .setErrorMessage(result.message()));
    }
    return answer.build();
  }
}
