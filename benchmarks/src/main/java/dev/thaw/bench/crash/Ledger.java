package dev.thaw.bench.crash;

import dev.thaw.bench.Collectors;
import dev.thaw.bench.ingest.Template;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Which spans were sent, and which of them were acknowledged; and, when the collector has stopped,
 * what its database has of them. Thread-safe.
 */
public final class Ledger implements AutoCloseable {

  /**
   * What the database has.
   *
   * @param missing acknowledged spans that it has not
   * @param twice spans that it has more than once
   * @param wrong spans that nobody sent
   * @param unreadable whether it could not be read to its end
   */
  public record Found(long missing, long twice, long wrong, boolean unreadable) {
    public boolean isGood() {
      return missing == 0 && twice == 0 && wrong == 0 && !unreadable;
    }
  }

  private final Path home;
  private final Path work;
  private final OutputStream sent;
  private final OutputStream acknowledged;
  private long count;

  /**
   * @param home the project's folder
   * @param work gets two files of ids
   */
  public Ledger(Path home, Path work) throws IOException {
    this.home = home;
    this.work = work;
    sent = open("sent");
    acknowledged = open("acknowledged");
  }

  private OutputStream open(String name) throws IOException {
    return Files.newOutputStream(
        work.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  public synchronized void sent(byte[] ids) {
    write(sent, ids);
  }

  public synchronized void acknowledged(byte[] ids) {
    write(acknowledged, ids);
    count += Template.SPANS;
  }

  /** How many spans were acknowledged. */
  public synchronized long count() {
    return count;
  }

  private static void write(OutputStream to, byte[] ids) {
    try {
      to.write(ids);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Looks for all of them; in another process, with the collector's own engine. */
  public Found check(Path data) throws IOException, InterruptedException {
    String[] numbers =
        Collectors.output(
                home,
                CrashCheck.class,
                data.resolve("thaw.duckdb").toString(),
                work.resolve("acknowledged").toString(),
                work.resolve("sent").toString())
            .split(" ");
    return new Found(
        Long.parseLong(numbers[0]),
        Long.parseLong(numbers[1]),
        Long.parseLong(numbers[2]),
        numbers[3].equals("1"));
  }

  @Override
  public void close() throws IOException {
    sent.close();
    acknowledged.close();
  }
}
