package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Intakes;
import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.StoreException;
import dev.thaw.collector.store.duckdb.DuckDbStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that ends the process whenever the store is given it does not do so for ever. */
class PoisonTest {

  private static final int DEAD = 13;
  private static final int REQUESTS = 6;

  @TempDir Path folder;

  private int exit;

  /** Runs the program below until it ends. */
  private String run(String what) throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                folder.toString(),
                what)
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    exit = program.exitValue();
    return said;
  }

  @Test
  void aRequestThatEndsTheProcessIsPassedOverAfterTwoStartsAndNoOtherIsLost() throws Exception {
    run("take");
    assertThat(exit).isEqualTo(DEAD);
    run("start");
    assertThat(exit).isEqualTo(DEAD);
    run("start");
    assertThat(exit).isEqualTo(DEAD);
    // Its last chance comes when all else is done.
    assertThat(run("start")).contains("stored 0 1 2 4 5, passed over 1");
    assertThat(exit).isEqualTo(DEAD);
    assertThat(run("start")).contains("stored 0 1 2 4 5, passed over 0");
    assertThat(exit).isZero();
  }

  @Test
  void whatWasPassedOverKeepsNothingBackAfterAKill() throws Exception {
    run("take");
    run("start");
    run("start");
    assertThat(run("start, and be killed")).contains("stored 0 1 2 4 5, passed over 1");
    assertThat(run("start, and be killed")).contains("stored 0 1 2 4 5, passed over 0");
    assertThat(run("start")).contains("stored 0 1 2 4 5, passed over 0");
    // It had its last chance at the end of that.
    assertThat(exit).isEqualTo(DEAD);
    assertThat(run("start")).contains("stored 0 1 2 4 5, passed over 0");
    assertThat(exit).isZero();
  }

  @Test
  void aRequestAtWhichEachProcessWasKilledByChanceIsStoredAfterAll() throws Exception {
    run("take");
    run("start");
    run("start");
    assertThat(run("start, and be killed")).contains("stored 0 1 2 4 5, passed over 1");
    run("without poison");
    assertThat(run("without poison")).contains("stored 0 1 2 3 4 5, passed over 0");
  }

  /** Under load a process that is killed is always at some request. */
  @Test
  void noneIsPassedOverBecauseProcessesWereKilledOneAfterAnotherAtSomeRequest() throws Exception {
    run("take");
    run("kill at f4");
    run("kill at f5");
    assertThat(exit).isEqualTo(DEAD);
    assertThat(run("without poison")).contains("stored 0 1 2 3 4 5, passed over 0");
  }

  @Test
  void noneIsPassedOverBecauseTheProcessEndedWhileTheStoreRefused() throws Exception {
    run("take");
    run("refuse");
    run("refuse");
    run("refuse");
    assertThat(run("without poison")).contains("stored 0 1 2 3 4 5, passed over 0");
  }

  /** A collector without a server. */
  public static final class Program {

    private static final int TRIES_TOGETHER = 3;
    private static final CountDownLatch taken = new CountDownLatch(1);
    private static final AtomicInteger refused = new AtomicInteger();
    private static boolean isKilled;

    private Program() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      try (Store duckdb = DuckDbStore.open(folder.resolve("store"))) {
        switch (args[1]) {
          case "take" -> take(folder, store(duckdb, Program::dieWhenAllIsTaken));
          case "refuse" -> start(folder, duckdb, store(duckdb, Program::refuseAndEnd));
          case "start" -> start(folder, duckdb, store(duckdb, Program::die));
          case "start, and be killed" -> {
            isKilled = true;
            start(folder, duckdb, store(duckdb, Program::die));
          }
          case "kill at f4" -> start(folder, duckdb, store(duckdb, spans -> dieAt("f4", spans)));
          case "kill at f5" -> start(folder, duckdb, store(duckdb, spans -> dieAt("f5", spans)));
          default -> start(folder, duckdb, duckdb);
        }
      }
    }

    private static void refuse(List<Span> spans) {
      if (!spans.isEmpty()) {
        throw new StoreException("not now");
      }
    }

    /** Ends when all were tried together and the first by itself. */
    private static void refuseAndEnd(List<Span> spans) {
      if (refused.incrementAndGet() > TRIES_TOGETHER + 1) {
        Runtime.getRuntime().halt(0);
      }
      refuse(spans);
    }

    private static void dieWhenAllIsTaken(List<Span> spans) {
      try {
        taken.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      die(spans);
    }

    private static void die(List<Span> spans) {
      dieAt("f3", spans);
    }

    private static void dieAt(String name, List<Span> spans) {
      if (spans.stream().anyMatch(span -> span.name().equals(name))) {
        Runtime.getRuntime().halt(DEAD);
      }
    }

    /** That store, with something before each append. */
    private static Store store(Store real, Consumer<List<Span>> before) {
      return (Store)
          Proxy.newProxyInstance(
              Store.class.getClassLoader(),
              new Class<?>[] {Store.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("append")) {
                  @SuppressWarnings("unchecked")
                  List<Span> spans = (List<Span>) arguments[0];
                  before.accept(spans);
                }
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private static void take(Path folder, Store store) throws Exception {
      Intake intake = Intakes.open(folder, store);
      for (int i = 0; i < REQUESTS; i++) {
        List<Span> spans = List.of(Spans.invocation("f" + i, i).build());
        byte[] bytes = OtlpWriter.write(spans);
        intake.take(bytes, OtlpTraces.decode(bytes)).join();
      }
      taken.countDown();
      intake.settled().join();
    }

    private static void start(Path folder, Store duckdb, Store store) throws Exception {
      try (Intake intake = Intakes.open(folder, store)) {
        intake.settled().join();
        List<String> stored = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
          if (!duckdb.trace(Spans.invocation("f" + i, i).build().traceId()).isEmpty()) {
            stored.add(String.valueOf(i));
          }
        }
        System.out.println(
            "stored " + String.join(" ", stored) + ", passed over " + intake.skippedSpans());
        if (isKilled) {
          Runtime.getRuntime().halt(DEAD);
        }
      }
    }
  }
}
