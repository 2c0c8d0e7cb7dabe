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

  /**
   * What a request became.
   *
   * @param spans an ExportTraceServiceRequest
   * @param rejected items that are not in it
   * @param whyRejected what was wrong with any that is not taken; empty when the spans say it
   */
  record Converted(byte[] spans, int rejected, String whyRejected) {}

  /** From what the sender sent to spans. */
  interface Conversion {
    Converted of(byte[] request) throws InvalidProtocolBufferException;
  }

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
   * Whether so many bytes may come.
   *
   * @throws Intake.OverloadedException when they may not
   */
  void checkRoom(long bytes) throws Intake.OverloadedException {
    intake.checkRoom(bytes);
  }

  /**
   * Takes a request over.
   *
   * @param conversion asked only when there is room
   * @return completed when the sender may forget it, or is to come back; never exceptionally
   * @throws InvalidProtocolBufferException when it is no such request
   */
  CompletableFuture<Result> take(byte[] request, Conversion conversion)
      throws InvalidProtocolBufferException {
    try {
      intake.checkRoom(request.length);
      Converted converted = conversion.of(request);
      OtlpTraces.Decoded decoded = OtlpTraces.decode(converted.spans());
      int count = converted.rejected() + decoded.rejected();
      rejected.increment(count);
      Result taken =
          Result.taken(
              count, converted.whyRejected().isEmpty() ? decoded.why() : converted.whyRejected());
      if (decoded.spans().isEmpty()) {
        return CompletableFuture.completedFuture(taken);
      }
      return intake
          .take(converted.spans(), decoded)
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
