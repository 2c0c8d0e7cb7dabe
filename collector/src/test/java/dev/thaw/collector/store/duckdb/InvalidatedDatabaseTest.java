package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.collector.Intakes;
import dev.thaw.collector.SmallDisk;
import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.receive.Intake;
import dev.thaw.collector.receive.OtlpTraces;
import dev.thaw.collector.receive.OtlpWriter;
import dev.thaw.collector.rollup.Grain;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a checkpoint that found no room, DuckDB does nothing more until it is opened anew, and has
 * then what the checkpoint before it had. The store keeps from making one when there is no room;
 * what happens when the room goes in between is shown here.
 */
class InvalidatedDatabaseTest {

  @TempDir Path folder;

  @Test
  void itIsOpenedAnewAlsoWhileTheDiskIsFullAndTheJournalGivesItTheRest() throws Exception {
    Process program =
        SmallDisk.java(folder, 100, Program.class.getName(), folder.toString()).start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said)
        .containsSubsequence(
            "checkpoint when full: IO Error: Checkpoint failed",
            "questions when full see all: 40000",
            "taken when full: no",
            "taken when there is room: yes",
            "then there are: 40100",
            "after a restart: 40100, nothing damaged");
  }

  /** What the test does on the small disk. */
  public static final class Program {

    private static final Random RANDOM = new Random(1);
    private static int spans;

    private Program() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      Path filler = folder.resolve("filler");
      try (DuckDbStore store = DuckDbStore.open(folder.resolve("store"));
          Intake intake = Intakes.open(folder, store)) {
        for (int i = 0; i < 20; i++) {
          take(intake, some(2000));
        }
        intake.settled().join();
        fill(filler);
        System.out.println("checkpoint when full: " + checkpoint(store));
        await().ignoreExceptions().until(() -> invocations(store) == spans);
        System.out.println("questions when full see all: " + invocations(store));
        List<Span> late = some(100);
        System.out.println("taken when full: " + take(intake, late));
        Files.delete(filler);
        System.out.println("taken when there is room: " + take(intake, late));
        intake.settled().join();
        System.out.println("then there are: " + invocations(store));
      }
      try (DuckDbStore store = DuckDbStore.open(folder.resolve("store"));
          Intake intake = Intakes.open(folder, store)) {
        intake.settled().join();
        System.out.println(
            "after a restart: "
                + invocations(store)
                + (store.damage().isEmpty() ? ", nothing damaged" : store.damage()));
      }
    }

    private static String take(Intake intake, List<Span> batch)
        throws Intake.OverloadedException, IOException {
      byte[] request = OtlpWriter.write(batch);
      try {
        intake.take(request, OtlpTraces.decode(request)).join();
        return "yes";
      } catch (CompletionException e) {
        return "no";
      }
    }

    private static long invocations(DuckDbStore store) {
      return store.rollups(new Scope(0, Long.MAX_VALUE), null, Grain.HOUR).stream()
          .mapToLong(row -> row.bucket().invocations())
          .sum();
    }

    private static List<Span> some(int count) {
      List<Span> some = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        spans++;
        some.add(Spans.invocation("f", spans).with("text", text()).build());
      }
      return some;
    }

    /** Nothing that can be made smaller: a checkpoint must need room for it. */
    private static String text() {
      return RANDOM
          .ints(300, 'a', 'z')
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();
    }

    private static void fill(Path filler) {
      byte[] bytes = new byte[64 * 1024];
      try (OutputStream out = Files.newOutputStream(filler)) {
        while (true) {
          out.write(bytes);
        }
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }

    /** The engine's own, without the look at the disk that the store takes before. */
    private static String checkpoint(DuckDbStore store) throws ReflectiveOperationException {
      Field connection = DuckDbStore.class.getDeclaredField("connection");
      connection.setAccessible(true);
      try (DuckDBConnection own = DatabaseFile.another((DuckDBConnection) connection.get(store));
          Statement statement = own.createStatement()) {
        statement.execute("CHECKPOINT");
        return "done";
      } catch (SQLException e) {
        return e.getMessage();
      }
    }
  }
}
