package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.thaw.collector.Intakes;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.duckdb.DuckDbStore;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the wire to the store, through damage and overload. */
class IntakeTest {

  private static final long MB = 1 << 20;

  @TempDir private Path folder;

  private static String traceId(int number) {
    return String.format("%032x", 0xabc000L + number);
  }

  private static byte[] request(int number) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .addScopeSpans(
                    ScopeSpans.newBuilder()
                        .addSpans(
                            Span.newBuilder()
                                .setTraceId(
                                    ByteString.copyFrom(HexFormat.of().parseHex(traceId(number))))
                                .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
                                .setName("charge")
                                .setStartTimeUnixNano(1_700_000_000_000_000_000L)
                                .setEndTimeUnixNano(1_700_000_000_001_000_000L))))
        .build()
        .toByteArray();
  }

  private Intake intake(Store store, long waiting, long leastFree) throws Exception {
    return Intakes.open(folder, store, waiting, leastFree);
  }

  private static void take(Intake intake, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      byte[] request = request(i);
      intake.take(request, OtlpTraces.decode(request)).join();
    }
  }

  private static void assertThere(Store store, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(store.trace(traceId(i))).as("trace " + i).hasSize(1);
    }
  }

  private List<String> setAside() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains(".damaged-"))
          .toList();
    }
  }

  private Store store() {
    return DuckDbStore.open(folder.resolve("data"));
  }

  private void spoil(String file, long at) throws Exception {
    try (RandomAccessFile bytes =
        new RandomAccessFile(folder.resolve("data").resolve(file).toFile(), "rw")) {
      for (long i = at; i < Math.min(at + 4096, bytes.length()); i++) {
        bytes.seek(i);
        bytes.write(0x5a);
      }
    }
  }

  @Test
  void aDatabaseThatIsGoneIsMadeAgainFromTheJournal() throws Exception {
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      take(intake, 0, 50);
    }
    Files.delete(folder.resolve("data/thaw.duckdb"));
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      intake.settled().join();
      assertThere(store, 0, 50);
      assertThat(intake.damage().records()).isZero();
    }
  }

  @Test
  void aDatabaseThatCanNotBeReadIsSetAsideAndMadeAgain() throws Exception {
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      take(intake, 0, 50);
    }
    spoil("thaw.duckdb", 0);
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      intake.settled().join();
      assertThere(store, 0, 50);
      assertThat(store.damage()).contains("thaw.duckdb was damaged");
      assertThat(setAside()).hasSize(1);
    }
  }

  @Test
  void aDatabaseThatWasCutOffIsSetAsideAndMadeAgain() throws Exception {
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      take(intake, 0, 50);
    }
    try (RandomAccessFile bytes =
        new RandomAccessFile(folder.resolve("data/thaw.duckdb").toFile(), "rw")) {
      bytes.setLength(bytes.length() * 2 / 3);
    }
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      intake.settled().join();
      assertThere(store, 0, 50);
      assertThat(store.damage()).contains("thaw.duckdb was damaged");
    }
  }

  @Test
  void whatAKillTakesFromTheDatabaseComesFromTheJournal() throws Exception {
    Path killed = folder.resolve("killed");
    try (Store store = store()) {
      Intake intake = intake(store, MB, 1);
      take(intake, 0, 50);
      intake.settled().join();
      assertThere(store, 0, 50);
      // As a kill leaves it: nothing was written to the file since it was made.
      Files.copy(folder.resolve("data/thaw.duckdb"), killed);
      intake.close();
    }
    Files.move(killed, folder.resolve("data/thaw.duckdb"), StandardCopyOption.REPLACE_EXISTING);
    try (Store store = store()) {
      assertThat(store.position()).isZero();
      try (Intake intake = intake(store, MB, 1)) {
        intake.settled().join();
        assertThere(store, 0, 50);
        assertThat(store.position()).isEqualTo(50);
        assertThat(store.damage()).isEmpty();
      }
    }
  }

  @Test
  void aLogOfACollectorBeforeThisOneThatCanNotBeReadIsSetAside() throws Exception {
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      take(intake, 0, 50);
    }
    Path database = folder.resolve("data/thaw.duckdb");
    Path log = folder.resolve("data/thaw.duckdb.wal");
    try (Connection before = DriverManager.getConnection("jdbc:duckdb:" + database);
        Statement statement = before.createStatement()) {
      statement.execute("INSERT INTO journal SELECT 1 FROM range(1000)");
      Files.copy(database, folder.resolve("killed"));
      Files.copy(log, folder.resolve("killed.wal"));
    }
    Files.move(folder.resolve("killed"), database, StandardCopyOption.REPLACE_EXISTING);
    Files.move(folder.resolve("killed.wal"), log);
    spoil("thaw.duckdb.wal", 100);
    try (Store store = store();
        Intake intake = intake(store, MB, 1)) {
      intake.settled().join();
      assertThere(store, 0, 50);
      assertThat(setAside()).hasSize(1);
    }
  }

  @Test
  void nothingIsTakenWhenTheDiskIsNearlyFull() throws Exception {
    try (Store store = store();
        Intake intake = intake(store, MB, Long.MAX_VALUE)) {
      assertThatThrownBy(() -> take(intake, 0, 1))
          .isInstanceOf(Intake.OverloadedException.class)
          .hasMessageContaining("nearly full");
    }
  }

  @Test
  void aLargeRequestGetsInWhenLittleWaits() throws Exception {
    byte[] small = request(0);
    try (Store store = store();
        Intake intake = intake(store, 8L * small.length, 1)) {
      CompletableFuture<Void> durable = intake.take(small, OtlpTraces.decode(small));
      assertThatCode(() -> intake.checkRoom(9L * small.length)).doesNotThrowAnyException();
      durable.join();
    }
  }

  @Test
  void whatWaitsIsBounded() throws Exception {
    try (Store store = store();
        Intake intake = intake(store, 1000, 1)) {
      int refused = 0;
      for (int i = 0; i < 500; i++) {
        byte[] request = request(i);
        try {
          intake.take(request, OtlpTraces.decode(request));
        } catch (Intake.OverloadedException e) {
          assertThat(e.retryAfterSeconds()).isPositive();
          refused++;
        }
        assertThat(intake.waitingBytes()).isLessThan(1000 + request.length);
      }
      assertThat(refused).isPositive();
      intake.settled().join();
      await().until(() -> intake.waitingBytes() == 0);
      // There is room again.
      take(intake, 1000, 1001);
    }
  }
}
