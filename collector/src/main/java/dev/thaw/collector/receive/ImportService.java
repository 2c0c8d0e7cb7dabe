package dev.thaw.collector.receive;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
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
  private final Bodies bodies;

  public ImportService(Intake intake, Bodies bodies) {
    this.intake = intake;
    this.bodies = bodies;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        bodies
            .read(context, request, 0, intake::checkRoom, this::take)
            .exceptionally(ImportService::refuse));
  }

  private CompletableFuture<HttpResponse> take(Bodies.Body body) throws Intake.OverloadedException {
    // As text.
    body.takesUp(body.bytes().length);
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    LogLines.Read read =
        LogLines.read(
            new String(body.bytes(), StandardCharsets.UTF_8),
            LARGEST_BATCH,
            (bytes, decoded) -> kept.add(intake.take(bytes, decoded)));
    HttpResponse answer = answer(read);
    return CompletableFuture.allOf(kept.toArray(new CompletableFuture<?>[0]))
        .handle((done, failure) -> failure == null ? answer : later(failure.getMessage()));
  }

  private static HttpResponse answer(LogLines.Read read) {
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON_UTF_8,
        "{\"batches\":%d,\"unreadable\":%d,\"spans\":%d}",
        read.batches(),
        read.unreadable(),
        read.spans());
  }

  private static HttpResponse refuse(Throwable failure) {
    Throwable cause = Exceptions.peel(failure);
    return cause instanceof Intake.OverloadedException
        ? later(cause.getMessage())
        : HttpResponse.ofFailure(cause);
  }

  private static HttpResponse later(String why) {
    return HttpResponse.of(
        HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "%s; try again later\n", why);
  }
}
