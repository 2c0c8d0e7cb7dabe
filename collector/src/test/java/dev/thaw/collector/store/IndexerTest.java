package dev.thaw.collector.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.duckdb.DuckDbStore;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged gets into the store, whatever comes beside it. */
class IndexerTest {

  /** As much of a journal as a test needs. */
  private interface Kept extends Indexer.Kept {
    @Override
    default void safe(long upTo) {}

    @Override
    default void again(long after, long upTo, Taking to) {}
  }

  /** Of a store that never goes back. */
  private static final Indexer.Kept NOTHING = new Kept() {};

  private static final int LARGE = 1_000;

  @TempDir private Path folder;

  private record Invocation(int number, AtomicInteger asked) implements Indexer.Source {
    Invocation(int number) {
      this(number, new AtomicInteger());
    }

    @Override
    public List<Span> spans() {
      if (asked.incrementAndGet() >= 0 && number < 0) {
        throw new IllegalStateException("poison");
      }
      return List.of(Spans.invocation("f", number).build());
    }

    @Override
    public long weight() {
      return number == LARGE ? Indexer.ENOUGH_BYTES : 100;
    }

    @Override
    public int count() {
      return 1;
    }
  }

  private static int stored(Store store) {
    return store
        .invocations(
            new Store.InvocationQuery(
                new Scope(0, Long.MAX_VALUE),
                null,
                java.util.Set.of(),
                false,
                0,
                Store.Order.NEWEST,
                10_000))
        .size();
  }

  private LastTry lastTry() throws IOException {
    return new LastTry(folder.resolve("last-try"));
  }

  private PassedOver passedOver() {
    return new PassedOver(folder.resolve("passed-over"));
  }

  @Test
  void thePositionIsThatOfTheLastOneThatQuestionsSee() throws Exception {
    try (Store store = DuckDbStore.open(folder)) {
      try (Indexer indexer = new Indexer(store, lastTry(), passedOver(), NOTHING)) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
          all.add(indexer.add(i, new Invocation(i)));
        }
        all.forEach(CompletableFuture::join);
        assertThat(stored(store)).isEqualTo(100);
        assertThat(store.position()).isEqualTo(100);
      }
    }
    try (Store store = DuckDbStore.open(folder)) {
      assertThat(store.position()).isEqualTo(100);
    }
  }

  /** Nothing is done because time has passed. */
  private Indexer patient(Store store) throws IOException {
    return new Indexer(
        store, lastTry(), passedOver(), NOTHING, Duration.ofDays(1), Duration.ofDays(1));
  }

  @Test
  void whatComesShortlyAfterATransactionIsGatheredUntilSomebodyWaitsForIt() throws Exception {
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer = patient(store)) {
      indexer.add(1, new Invocation(1)).join();
      CompletableFuture<Void> second = indexer.add(2, new Invocation(2));
      CompletableFuture<Void> third = indexer.add(3, new Invocation(3));
      assertThat(second).isNotDone();
      indexer.settled().join();
      assertThat(second).isDone();
      assertThat(third).isDone();
      assertThat(indexer.commits().count()).isEqualTo(2);
      assertThat(stored(store)).isEqualTo(3);
    }
  }

  @Test
  void whatHasGatheredIsStoredWhenItIsEnough() throws Exception {
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer = patient(store)) {
      indexer.add(1, new Invocation(1)).join();
      CompletableFuture<Void> second = indexer.add(2, new Invocation(2));
      indexer.add(3, new Invocation(LARGE)).join();
      assertThat(second).isDone();
      assertThat(indexer.commits().count()).isEqualTo(2);
    }
  }

  @Test
  void whatHasGatheredIsStoredAtTheEnd() throws Exception {
    try (Store store = DuckDbStore.open(folder)) {
      try (Indexer indexer = patient(store)) {
        indexer.add(1, new Invocation(1)).join();
        indexer.add(2, new Invocation(2));
      }
      assertThat(stored(store)).isEqualTo(2);
    }
  }

  @Test
  void aRequestThatTheStoreCanNotTakeIsPassedOverAndCounted() throws Exception {
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer = new Indexer(store, lastTry(), passedOver(), NOTHING)) {
      CompletableFuture<Void> before = indexer.add(1, new Invocation(1));
      CompletableFuture<Void> poison = indexer.add(2, new Invocation(-1));
      CompletableFuture<Void> after = indexer.add(3, new Invocation(3));
      CompletableFuture.allOf(before, poison, after).join();
      assertThat(stored(store)).isEqualTo(2);
      assertThat(indexer.skipped()).isEqualTo(1);
      assertThat(store.position()).isEqualTo(3);
    }
  }

  @Test
  void whatTheStoreCouldNotTakeForAWhileIsStoredAfterAll() throws Exception {
    Indexer.Kept kept =
        new Kept() {
          @Override
          public void again(long after, long upTo, Taking to) {
            to.take(upTo, new Invocation((int) upTo)::spans);
          }
        };
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer =
            new Indexer(store, lastTry(), passedOver(), kept, Duration.ZERO, Duration.ZERO)) {
      indexer.add(1, new Invocation(-1)).join();
      await().until(() -> stored(store) == 1);
      await().until(() -> indexer.skipped() == 0);
    }
    assertThat(passedOver().isEmpty()).isTrue();
  }

  @Test
  void whenItEndsTheJournalIsToldWhatIsSafe() throws Exception {
    AtomicLong safe = new AtomicLong();
    try (Store store = DuckDbStore.open(folder)) {
      Indexer.Kept kept =
          new Kept() {
            @Override
            public void safe(long upTo) {
              safe.set(upTo);
            }
          };
      try (Indexer indexer = new Indexer(store, lastTry(), passedOver(), kept)) {
        indexer.add(7, new Invocation(1)).join();
      }
      assertThat(safe).hasValue(7);
    }
  }

  @Test
  void whatIsDoneBetweenTwoAppendsIsDoneOnceAndKeepsNothingBack() throws Exception {
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer = new Indexer(store, lastTry(), passedOver(), NOTHING)) {
      AtomicInteger done = new AtomicInteger();
      indexer.add(1, new Invocation(1));
      indexer.between(
          () -> {
            done.incrementAndGet();
            throw new IllegalStateException("of its own fault");
          });
      indexer.add(2, new Invocation(2)).join();
      indexer.settled().join();
      assertThat(done).hasValue(1);
      assertThat(stored(store)).isEqualTo(2);
    }
  }

  /** As much of a store as the indexer sees; goes back to where it was when it is told to. */
  private static final class GoingBack implements InvocationHandler {
    private final List<String> traces = Collections.synchronizedList(new ArrayList<>());
    private volatile long position;

    void goBack() {
      traces.clear();
      position = 0;
    }

    Store store() {
      return (Store)
          Proxy.newProxyInstance(Store.class.getClassLoader(), new Class<?>[] {Store.class}, this);
    }

    @Override
    public synchronized @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "position" -> position;
        case "checkpoint" -> 0L;
        case "append" -> {
          if ((Long) arguments[1] != position) {
            throw new StoreException("it is elsewhere");
          }
          ((List<?>) arguments[0]).forEach(span -> traces.add(((Span) span).traceId()));
          position = (Long) arguments[2];
          yield null;
        }
        default -> null;
      };
    }
  }

  @Test
  void aStoreThatHasGoneBackIsGivenTheRestButNothingThatWasPassedOver() throws Exception {
    GoingBack goingBack = new GoingBack();
    Indexer.Kept kept =
        new Indexer.Kept() {
          @Override
          public void safe(long upTo) {
            assertThat(upTo).isZero();
          }

          @Override
          public void again(long after, long upTo, Taking to) {
            for (long i = after + 1; i <= upTo; i++) {
              Invocation given = new Invocation(i == 3 ? -1 : (int) i);
              to.take(i, given::spans);
            }
          }
        };
    try (Indexer indexer = new Indexer(goingBack.store(), lastTry(), passedOver(), kept)) {
      for (int i = 1; i <= 5; i++) {
        indexer.add(i, new Invocation(i == 3 ? -1 : i));
      }
      indexer.settled().join();
      List<String> before = List.copyOf(goingBack.traces);
      assertThat(before).hasSize(4);
      goingBack.goBack();
      // Nothing comes, and it is given the rest all the same.
      await().until(() -> goingBack.position == 5);
      assertThat(goingBack.traces).isEqualTo(before);
      goingBack.goBack();
      indexer.add(6, new Invocation(6)).join();
      assertThat(goingBack.traces).hasSize(5).startsWith(before.toArray(new String[0]));
      assertThat(goingBack.position).isEqualTo(6);
      assertThat(indexer.skipped()).isEqualTo(1);
    }
  }
}
