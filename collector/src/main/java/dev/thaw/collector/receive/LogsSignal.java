package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.util.concurrent.CompletableFuture;

/** Logs: those of a trace are kept with it, the others are not, which the sender is told. */
final class LogsSignal implements OtlpSignal {

  private final Acceptance acceptance;

  LogsSignal(Intake intake, MeterRegistry metrics) {
    acceptance = new Acceptance(intake, "logs", metrics);
  }

  @Override
  public String name() {
    return "logs";
  }

  @Override
  public String rejectedName() {
    return "rejectedLogRecords";
  }

  @Override
  public String grpcPath() {
    return GRPC + "logs.v1.LogsService/Export";
  }

  @Override
  public Message.Builder request() {
    return ExportLogsServiceRequest.newBuilder();
  }

  @Override
  public void checkRoom(long bytes) throws Intake.OverloadedException {
    acceptance.checkRoom(bytes);
  }

  @Override
  public long timesAsMuch() {
    return 5;
  }

  @Override
  public CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException {
    return acceptance.take(request, LogSpans::convert);
  }

  @Override
  public Message response(Result result) {
    ExportLogsServiceResponse.Builder answer = ExportLogsServiceResponse.newBuilder();
    if (result.rejected() > 0) {
      answer.setPartialSuccess(
          ExportLogsPartialSuccess.newBuilder()
              .setRejectedLogRecords(result.rejected())
              .setErrorMessage(result.message()));
    }
    return answer.build();
  }
}
