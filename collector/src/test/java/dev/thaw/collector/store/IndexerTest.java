package dev.thaw.collector.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.duckdb.DuckDbStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged gets into the store, whatever comes beside it. */
class IndexerTest {

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
      return 100;
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

  @Test
  void thePositionIsThatOfTheLastOneThatQuestionsSee() throws Exception {
    try (Store store = DuckDbStore.open(folder)) {
      try (Indexer indexer = new Indexer(store, lastTry(), upTo -> {})) {
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

  @Test
  void aRequestThatTheStoreCanNotTakeIsPassedOverAndCounted() throws Exception {
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer = new Indexer(store, lastTry(), upTo -> {})) {
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
  void whenItEndsTheJournalIsToldWhatIsSafe() throws Exception {
    AtomicLong safe = new AtomicLong();
    try (Store store = DuckDbStore.open(folder)) {
      try (Indexer indexer = new Indexer(store, lastTry(), safe::set)) {
        indexer.add(7, new Invocation(1)).join();
      }
      assertThat(safe).hasValue(7);
    }
  }

  @Test
  void whatIsDoneBetweenTwoAppendsIsDoneOnceAndKeepsNothingBack() throws Exception {
    try (Store store = DuckDbStore.open(folder);
        Indexer indexer = new Indexer(store, lastTry(), upTo -> {})) {
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
}
