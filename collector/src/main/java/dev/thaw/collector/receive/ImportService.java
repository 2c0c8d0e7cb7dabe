package dev.thaw.collector.receive;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.thaw.collector.store.Writer;
import java.util.concurrent.CompletableFuture;

/**
 * Takes log text with batches in it, at {@code POST /api/v1/import}. Answers when they are stored,
 * with how many there were; 503 when the store does not keep up. The same text twice is stored
 * once.
 */
public final class ImportService implements HttpService {

  private static final int LARGEST_BATCH = 16 << 20;

  private final Writer writer;

  public ImportService(Writer writer) {
    this.writer = writer;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        request.aggregate().thenComposeAsync(this::take, context.blockingTaskExecutor()));
  }

  private CompletableFuture<HttpResponse> take(AggregatedHttpRequest request) {
    String log = request.contentUtf8();
    LogLines.Read read = LogLines.read(log, LARGEST_BATCH);
    if (read.spans().isEmpty()) {
      return CompletableFuture.completedFuture(answer(read));
    }
    CompletableFuture<Void> stored = writer.offer(read.spans(), log.length());
    if (stored == null) {
      return CompletableFuture.completedFuture(later("Too much is waiting to be stored"));
    }
    return stored.handle(
        (done, failure) -> failure == null ? answer(read) : later(failure.getMessage()));
  }

  private static HttpResponse answer(LogLines.Read read) {
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON_UTF_8,
        "{\"batches\":%d,\"unreadable\":%d,\"spans\":%d}",
        read.batches(),
        read.unreadable(),
        read.spans().size());
  }

  private static HttpResponse later(String why) {
    return HttpResponse.of(
        HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "%s; try again later\n", why);
  }
}
