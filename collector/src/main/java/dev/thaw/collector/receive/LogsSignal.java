package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.util.concurrent.CompletableFuture;

/** Logs: read and not kept, which the sender is told. */
final class LogsSignal implements OtlpSignal {

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
  public CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException {
    int records =
        ExportLogsServiceRequest.parseFrom(request).getResourceLogsList().stream()
            .flatMap(resource -> resource.getScopeLogsList().stream())
            .mapToInt(scope -> scope.getLogRecordsCount())
            .sum();
    return CompletableFuture.completedFuture(
        Result.taken(records, "Thaw does not keep logs; switch their exporter off"));
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
