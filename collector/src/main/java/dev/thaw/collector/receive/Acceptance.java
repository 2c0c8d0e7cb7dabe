package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.receive.OtlpSignal.Result;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How what is kept is taken over: when there is room, checked, durable, counted. Thread-safe. */
final class Acceptance {

  private static final int RETRY_AFTER_FAILURE_SECONDS = 2;
  private static final long DAY_NS = 86_400_000_000_000L;

  private final Intake intake;
  private final Counter accepted;
  private final Counter rejected;
  private final Counter ofAnotherTime;

  /**
   * @param items what it counts: spans, logs
   */
  Acceptance(Intake intake, String items, MeterRegistry metrics) {
    this.intake = intake;
    accepted = metrics.counter("thaw.receive." + items, "result", "accepted");
    rejected = metrics.counter("thaw.receive." + items, "result", "rejected");
    ofAnotherTime =
        Counter.builder("thaw.receive.othertime")
            .baseUnit("spans")
            .description("Spans that began more than a day before or after they came")
            .register(metrics);
  }

  /**
   * Takes spans over.
   *
   * @param request an ExportTraceServiceRequest
   * @return completed when the sender may forget it, or is to come back; never exceptionally
   * @throws InvalidProtocolBufferException when it is no such request
   */
  CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException {
    try {
      intake.checkRoom(request.length);
      OtlpTraces.Decoded decoded = OtlpTraces.decode(request);
      rejected.increment(decoded.rejected());
      Result taken = Result.taken(decoded.rejected(), decoded.why());
      if (decoded.spans().isEmpty()) {
        return CompletableFuture.completedFuture(taken);
      }
      return intake
          .take(request, decoded)
          .handle(
              (done, failure) -> {
                if (failure != null) {
                  return Result.later(
                      String.valueOf(failure.getMessage()), RETRY_AFTER_FAILURE_SECONDS);
                }
                accepted.increment(decoded.spans().size());
                countOfAnotherTime(decoded.spans());
                return taken;
              });
    } catch (Intake.OverloadedException e) {
      return CompletableFuture.completedFuture(Result.later(e.getMessage(), e.retryAfterSeconds()));
    }
  }

  /** They are kept, by when they came; a clock that is wrong should be known of. */
  private void countOfAnotherTime(List<Span> spans) {
    long nowNs = System.currentTimeMillis() * 1_000_000;
    int count = 0;
    for (Span span : spans) {
      if (Math.abs(span.startEpochNs() - nowNs) > DAY_NS) {
        count++;
      }
    }
    if (count > 0) {
      ofAnotherTime.increment(count);
    }
  }
}
