package dev.thaw.collector.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * How the collector itself is doing. Counts are since its start.
 *
 * @param startedMs milliseconds since the Unix epoch
 * @param acceptedSpans of OTLP, gRPC and HTTP
 * @param rejectedSpans that were invalid or of an impossible time
 * @param refusedRequests that were too large, unreadable, or came while it was overloaded
 * @param waitingBytes requests that wait for the disk or the store
 * @param dataBytes journal and database on disk
 * @param freeBytes what the disk has left
 */
public record Condition(
    long startedMs,
    long acceptedSpans,
    long rejectedSpans,
    long refusedRequests,
    long waitingBytes,
    long dataBytes,
    long freeBytes) {

  /**
   * @param data the folder with journal and database
   */
  public static Condition of(long startedMs, MeterRegistry metrics, long waitingBytes, Path data) {
    return new Condition(
        startedMs,
        sum(metrics, "thaw.receive.spans", "accepted"),
        sum(metrics, "thaw.receive.spans", "rejected"),
        sum(metrics, "thaw.receive.requests", "refused"),
        waitingBytes,
        size(data),
        data.toFile().getUsableSpace());
  }

  private static long sum(MeterRegistry metrics, String name, String result) {
    Collection<Counter> counters = metrics.find(name).tag("result", result).counters();
    return (long) counters.stream().mapToDouble(Counter::count).sum();
  }

  /** Files come and go meanwhile; one that is gone counts nothing. */
  private static long size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }
}
