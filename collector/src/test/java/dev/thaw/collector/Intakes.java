package dev.thaw.collector;

import dev.thaw.collector.journal.DiskFiles;
import dev.thaw.collector.receive.Intake;
import dev.thaw.collector.receive.Redaction;
import dev.thaw.collector.store.LastTry;
import dev.thaw.collector.store.PassedOver;
import dev.thaw.collector.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The way from a request to a store, without a server: its journal and notes are in a folder. */
public final class Intakes {

  private static final long MB = 1 << 20;

  private Intakes() {}

  /** One that takes as much as the disk holds. */
  public static Intake open(Path folder, Store store) throws IOException {
    return open(folder, store, 64 * MB, 0);
  }

  /**
   * @param waiting bytes that may wait
   * @param leastFree bytes of the disk
   */
  public static Intake open(Path folder, Store store, long waiting, long leastFree)
      throws IOException {
    return new Intake(
        store,
        new DiskFiles(folder.resolve("journal")),
        new LastTry(folder.resolve("last-try")),
        new PassedOver(folder.resolve("passed-over")),
        new Intake.Limits(MB, 64 * MB, waiting, leastFree),
        new Redaction(true, true, List.of()));
  }
}
