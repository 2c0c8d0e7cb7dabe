package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.SmallDisk;
import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.StoreException;
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
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a checkpoint that found no room, DuckDB does nothing more until it is opened anew. The
 * store keeps from making one then; what happens when the room goes in between is shown here.
 */
class InvalidatedDatabaseTest {

  @TempDir Path folder;

  @Test
  void itIsOpenedAnewAlsoWhileTheDiskIsFull() throws Exception {
    Process program =
        SmallDisk.java(folder, 60, Program.class.getName(), folder.toString()).start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said)
        .containsSubsequence(
            "checkpoint when full: FATAL",
            "read when full: 1",
            "append when full: refused",
            "read when full: 1",
            "append when there is room: done",
            "positions: 22",
            "invocations: 40100",
            "after a restart: 22, nothing damaged");
  }

  /** What the test does on the small disk. */
  public static final class Program {

    private static int spans;

    private Program() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      Path filler = folder.resolve("filler");
      try (DuckDbStore store = DuckDbStore.open(folder.resolve("store"))) {
        for (int i = 1; i <= 20; i++) {
          store.append(some(2000), i);
        }
        fill(filler);
        System.out.println("checkpoint when full: " + checkpoint(store));
        System.out.println("read when full: " + store.trace(traceId(1)).size());
        List<Span> late = some(100);
        System.out.println("append when full: " + append(store, late, 21));
        System.out.println("read when full: " + store.trace(traceId(1)).size());
        Files.delete(filler);
        System.out.println("append when there is room: " + append(store, late, 21));
        append(store, late, 22);
        System.out.println("positions: " + store.position());
        long invocations =
            store
                .rollups(
                    new dev.thaw.collector.model.Scope(0, Long.MAX_VALUE),
                    null,
                    dev.thaw.collector.rollup.Grain.HOUR)
                .stream()
                .mapToLong(row -> row.bucket().invocations())
                .sum();
        System.out.println("invocations: " + invocations);
      }
      try (DuckDbStore store = DuckDbStore.open(folder.resolve("store"))) {
        System.out.println(
            "after a restart: "
                + store.position()
                + (store.damage().isEmpty() ? ", nothing damaged" : store.damage()));
      }
    }

    private static String traceId(int number) {
      return String.format("%032x", 0xabcdL + number);
    }

    private static List<Span> some(int count) {
      List<Span> some = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        spans++;
        some.add(
            Spans.invocation("f", spans)
                .with("text", "x%d ".formatted(spans * 7919L).repeat(40))
                .build());
      }
      return some;
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
      try (DuckDBConnection own = ((DuckDBConnection) connection.get(store)).duplicate();
          Statement statement = own.createStatement()) {
        statement.execute("CHECKPOINT");
        return "done";
      } catch (SQLException e) {
        return e.getMessage();
      }
    }

    private static String append(DuckDbStore store, List<Span> batch, long upTo) {
      try {
        store.append(batch, upTo);
        return "done";
      } catch (StoreException e) {
        return "refused";
      }
    }
  }
}
