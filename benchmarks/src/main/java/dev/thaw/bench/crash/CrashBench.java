package dev.thaw.bench.crash;

import dev.thaw.bench.Collectors;
import dev.thaw.bench.Folders;
import dev.thaw.bench.ingest.Load;
import dev.thaw.bench.ingest.Template;
import dev.thaw.demo.CollectorProcess;
import dev.thaw.demo.DemoException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills the collector again and again while it is loaded as much as it takes, and damages its
 * files; then looks for every span that it had acknowledged.
 */
@Command(
    name = "crash",
    mixinStandardHelpOptions = true,
    description =
        "Kills and damages the collector, and looks for every acknowledged span. Exits 1 when one is lost, twice or wrong.")
public final class CrashBench implements Callable<Integer> {

  private static final int CONNECTIONS = 8;

  @Option(
      names = "--kills",
      defaultValue = "50",
      description = "Rounds of load and SIGKILL; default ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--mutations",
      defaultValue = "200",
      description = "Files damaged, one at a time; default ${DEFAULT-VALUE}.")
  private int mutations;

  @Option(names = "--seed", defaultValue = "1", description = "Of what is random.")
  private long seed;

  private final Path home = Path.of(System.getProperty("thaw.home"));

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("thaw-crash");
    Random random = new Random(seed);
    boolean good = kills(work, random);
    good &= mutations == 0 || mutations(work, random);
    if (!good) {
      System.out.println("\nNOT everything is there. Files and logs are in " + work);
      return 1;
    }
    System.out.println("\nNothing that was acknowledged is lost, twice or wrong.");
    Folders.delete(work);
    return 0;
  }

  /**
   * @param log gets what it says; a folder of its own for each start
   */
  private CollectorProcess start(Path log, Path data, int port)
      throws IOException, InterruptedException, DemoException {
    return Collectors.start(home, log, data, port, Map.of());
  }

  private boolean kills(Path work, Random random) throws Exception {
    Path data = work.resolve("data");
    Path logs = work.resolve("logs");
    int port = Collectors.freePort();
    Ledger.Found found;
    try (Ledger ledger = new Ledger(home, work)) {
      for (int round = 1; round <= kills; round++) {
        CollectorProcess collector = start(logs.resolve("start-" + round), data, port);
        Load load = new Load(port, "/v1/traces", "application/x-protobuf", Template::otlp);
        load.watch(ledger::sent, ledger::acknowledged);
        CompletableFuture<?> sending =
            CompletableFuture.runAsync(() -> load.untilItBreaks(CONNECTIONS));
        Thread.sleep(200 + random.nextInt(1500));
        collector.kill();
        sending.join();
        System.err.printf(
            "\r%d of %d kills, %d spans acknowledged   ", round, kills, ledger.count());
      }
      System.err.println();
      // What the last kill left is taken from the journal at this start.
      try (CollectorProcess last = start(logs.resolve("last"), data, port)) {
        Collectors.awaitIndexed(port);
      }
      found = ledger.check(data);
      System.out.printf(
          "%d kills while loaded: %d spans acknowledged, %d lost, %d twice, %d wrong%s%n",
          kills,
          ledger.count(),
          found.missing(),
          found.twice(),
          found.wrong(),
          found.unreadable() ? "; the database CAN'T BE READ" : "");
      System.out.printf(
          "%d requests were passed over until all else was stored, because processes were killed while they tried them%n",
          passedOver(logs));
    }
    return found.missing() == 0 && found.twice() == 0 && found.wrong() == 0 && !found.unreadable();
  }

  private static long passedOver(Path logs) throws IOException {
    long count = 0;
    try (Stream<Path> all = Files.walk(logs)) {
      for (Path log : all.filter(Files::isRegularFile).toList()) {
        try (Stream<String> lines = Files.lines(log)) {
          count += lines.filter(line -> line.contains(" is passed over;")).count();
        }
      }
    }
    return count;
  }

  // Damage

  private boolean mutations(Path outer, Random random) throws Exception {
    Path work = Files.createDirectory(outer.resolve("mutations"));
    try (Ledger ledger = new Ledger(home, work)) {
      return mutations(work, ledger, random);
    }
  }

  private boolean mutations(Path work, Ledger ledger, Random random) throws Exception {
    Path original = work.resolve("original");
    int port = Collectors.freePort();
    Load load = new Load(port, "/v1/traces", "application/x-protobuf", Template::otlp);
    load.watch(ledger::sent, ledger::acknowledged);
    try (CollectorProcess stopped = start(work.resolve("log-stopped"), original, port)) {
      load.run(2, 1, 10_000);
    }
    // As a kill leaves it: the first half is in the database, the other in the journal only.
    CollectorProcess killed = start(work.resolve("log-killed"), original, port);
    load.run(2, 1, 10_000);
    killed.kill();
    int started = 0;
    int silent = 0;
    int wrong = 0;
    int losses = 0;
    for (int i = 1; i <= mutations; i++) {
      Path data = work.resolve("data-" + i);
      Path log = work.resolve("log-" + i);
      copy(original, data);
      String what = damage(data, random);
      boolean told = false;
      Ledger.Found found;
      try {
        CollectorProcess collector = start(log, data, port);
        started++;
        Collectors.awaitIndexed(port);
        readAll(port);
        told = hasTold(port);
        collector.close();
        found = ledger.check(data);
      } catch (DemoException e) {
        System.out.println("did not start after " + what + ": " + e.getMessage());
        continue;
      }
      boolean lost = found.missing() > 0 || found.unreadable();
      losses += lost ? 1 : 0;
      if (lost && !told) {
        silent++;
        System.out.println(found.missing() + " spans lost and not told after " + what);
      }
      if (found.twice() > 0 || found.wrong() > 0) {
        wrong++;
        System.out.println(found + " after " + what);
      }
      Folders.delete(data);
      System.err.printf("\r%d of %d mutations   ", i, mutations);
    }
    System.err.println();
    System.out.printf(
        "%d files damaged: started %d times, something lost %d times, not told %d times, something wrong or twice %d times%n",
        mutations, started, losses, silent, wrong);
    return started == mutations && silent == 0 && wrong == 0;
  }

  /** What is damaged deep in the database is found when somebody asks for it. */
  private static void readAll(int port) throws IOException, InterruptedException {
    long now = System.currentTimeMillis();
    String range = "?from=%d&to=%d".formatted(now - 86_400_000, now + 86_400_000);
    for (String question : List.of("functions", "invocations", "chains", "traces")) {
      Collectors.get(port, "/api/v1/" + question + range);
    }
    Collectors.get(port, "/api/v1/spans" + range + "&limit=20000");
  }

  /** Whether the collector says at /metrics that something is damaged. */
  private boolean hasTold(int port) throws IOException, InterruptedException {
    return Collectors.metrics(port)
        .lines()
        .filter(
            line ->
                line.startsWith("thaw_journal_missing")
                    || line.startsWith("thaw_journal_unreadable")
                    || line.startsWith("thaw_store_damaged"))
        .anyMatch(line -> !line.endsWith(" 0.0"));
  }

  private static String damage(Path data, Random random) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(data)) {
      all.filter(Files::isRegularFile)
          .filter(file -> file.toFile().length() > 0)
          .sorted()
          .forEach(files::add);
    }
    Path file = files.get(random.nextInt(files.size()));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = (long) (random.nextDouble() * bytes.length());
      switch (random.nextInt(3)) {
        case 0 -> {
          bytes.seek(at);
          int was = bytes.read();
          bytes.seek(at);
          bytes.write(was ^ 1 << random.nextInt(8));
          return "a flipped bit at " + at + " of " + file.getFileName();
        }
        case 1 -> {
          bytes.setLength(at);
          return "truncating " + file.getFileName() + " to " + at;
        }
        default -> {
          long length = Math.min(4096, bytes.length());
          bytes.seek(bytes.length() - length);
          bytes.write(new byte[(int) length]);
          return "zeroing the last " + length + " bytes of " + file.getFileName();
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
