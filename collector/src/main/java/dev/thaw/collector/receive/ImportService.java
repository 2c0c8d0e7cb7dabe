package dev.thaw.collector.receive;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Takes log text with batches in it, at {@code POST /api/v1/import}. Answers when they are durable,
 * with how many there were; 503 when the store does not keep up. The same text twice is stored
 * once.
 */
public final class ImportService implements HttpService {

  private static final int LARGEST_BATCH = 16 << 20;

  private final Intake intake;

  public ImportService(Intake intake) {
    this.intake = intake;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        request.aggregate().thenComposeAsync(this::take, context.blockingTaskExecutor()));
  }

  private CompletableFuture<HttpResponse> take(AggregatedHttpRequest request) {
    LogLines.Read read = LogLines.read(request.contentUtf8(), LARGEST_BATCH);
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    int spans = 0;
    try {
      for (LogLines.Batch batch : read.requests()) {
        spans += batch.decoded().spans().size();
        kept.add(intake.take(batch.bytes(), batch.decoded()));
      }
    } catch (Intake.OverloadedException e) {
      return CompletableFuture.completedFuture(later(e.getMessage()));
    }
    HttpResponse answer = answer(read, spans);
    return CompletableFuture.allOf(kept.toArray(new CompletableFuture<?>[0]))
        .handle((done, failure) -> failure == null ? answer : later(failure.getMessage()));
  }

  private static HttpResponse answer(LogLines.Read read, int spans) {
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON_UTF_8,
        "{\"batches\":%d,\"unreadable\":%d,\"spans\":%d}",
        read.batches(),
        read.unreadable(),
        spans);
  }

  private static HttpResponse later(String why) {
    return HttpResponse.of(
        HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "%s; try again later\n", why);
  }
}
