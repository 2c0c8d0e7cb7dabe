package dev.thaw.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What outlives a process. A killed one is one whose spool is not touched any more. */
class SpoolTest {

  private static final long MOST = 1 << 20;

  @TempDir Path folder;

  private Spool spool() {
    return new Spool(folder.toString(), MOST);
  }

  private static Parcel parcel(String text) {
    return new Parcel(text.getBytes(StandardCharsets.UTF_8), "trace", text, false);
  }

  private List<String> left() {
    return spool().legacy().parcels.stream()
        .map(parcel -> new String(parcel.bytes, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void theNextProcessFindsWhatWasNotConfirmed() {
    spool().keep(List.of(parcel("a"), parcel("bb")));
    assertThat(left()).containsExactly("a", "bb");
  }

  @Test
  void whatWasConfirmedIsNotFound() {
    Parcel a = parcel("a");
    Parcel b = parcel("b");
    Parcel c = parcel("c");
    Spool spool = spool();
    spool.keep(List.of(a, b));
    spool.keep(List.of(b, c));
    assertThat(left()).containsExactly("b", "c");
  }

  @Test
  void nothingIsFoundWhenAllIsConfirmed() {
    Spool spool = spool();
    spool.keep(List.of(parcel("a")));
    spool.keep(List.of());
    assertThat(left()).isEmpty();
  }

  @Test
  void aShorterOneOverALongerLeavesNothingOfTheLonger() {
    Spool spool = spool();
    spool.keep(List.of(parcel("a long one"), parcel("and another")));
    spool.keep(List.of(parcel("x")));
    assertThat(left()).containsExactly("x");
  }

  @Test
  void whatWasFoundStaysUntilItIsConfirmed() {
    spool().keep(List.of(parcel("a"), parcel("b")));
    assertThat(left()).containsExactly("a", "b");
    Spool next = spool();
    Parcel own = parcel("c");
    next.keep(List.of(next.legacy().parcels.get(1), own));
    assertThat(left()).containsExactly("b", "c");
  }

  private static final Spool.Mark BEGUN =
      new Spool.Mark("begun", "r1", 1_700_000_000_123_456_789L, 1_700_000_003_000_000_000L, "", "");

  private static final Spool.Mark RUNNING =
      new Spool.Mark("running", "r1", 5, 6, "0102030405060708090a0b0c0d0e0f10", "0102030405060708");

  private Spool.Mark found() {
    return spool().legacy().mark;
  }

  @Test
  void theInvocationInWhichAProcessWasKilledIsNamedOnce() {
    spool().mark(RUNNING);
    assertThat(found()).usingRecursiveComparison().isEqualTo(RUNNING);
    assertThat(found()).isNull();
  }

  @Test
  void anOutOfMemoryErrorIsNotedOverWhateverWasMarked() {
    Spool spool = spool();
    spool.mark(RUNNING);
    spool.outOfMemory();
    assertThat(found())
        .usingRecursiveComparison()
        .isEqualTo(new Spool.Mark("oom", RUNNING.requestId, 5, 6, RUNNING.traceId, RUNNING.spanId));
  }

  @Test
  void aMarkIsWrittenBesideTheOneThatCounts() throws Exception {
    Spool spool = spool();
    Path file = folder.resolve(Spool.FILE);
    spool.mark(RUNNING);
    byte[] before = Files.readAllBytes(file);
    spool.mark(BEGUN);
    byte[] after = Files.readAllBytes(file);
    int digit = Arrays.mismatch(before, after);
    // Killed before the last step of the second mark.
    after[digit] = before[digit];
    Files.write(file, after);
    assertThat(found()).usingRecursiveComparison().isEqualTo(RUNNING);
  }

  /** Compiled, the JVM tells of the missing page later than it does interpreted. */
  @ParameterizedTest
  @ValueSource(ints = {1, 1_000, 100_000})
  void aFileThatSomebodyHasCutOffCostsNothing(int marksBefore) throws Exception {
    Spool spool = spool();
    for (int i = 0; i < marksBefore; i++) {
      spool.mark(RUNNING);
    }
    try (RandomAccessFile cut = new RandomAccessFile(folder.resolve(Spool.FILE).toFile(), "rw")) {
      cut.setLength(0);
    }
    spool.mark(BEGUN);
    assertThat(found()).usingRecursiveComparison().isEqualTo(BEGUN);
  }

  @Test
  void aFileThatCannotBeMappedCostsNothing() throws Exception {
    Files.createSymbolicLink(folder.resolve(Spool.FILE), Path.of("/dev/null"));
    Spool spool = spool();
    spool.mark(BEGUN);
    spool.ended();
    spool.keep(List.of(parcel("a")));
    assertThat(left()).isEmpty();
  }

  @Test
  void nothingIsSaidToRunByASpoolThatWasGivenUp() throws Exception {
    Spool spool = spool();
    spool.mark(BEGUN);
    spool.give(new IOException("the disk is full"));
    assertThat(found()).isNull();
  }

  @Test
  void aKillInTheMiddleOfAWriteCostsThatParcelOnly() throws Exception {
    spool().keep(List.of(parcel("first"), parcel("second")));
    Path file = folder.resolve(Spool.FILE);
    try (RandomAccessFile torn = new RandomAccessFile(file.toFile(), "rw")) {
      torn.setLength(Files.size(file) - 7);
    }
    assertThat(left()).containsExactly("first");
  }

  @Test
  void aDamagedFileIsTakenForAnEmptyOne() throws Exception {
    Files.writeString(folder.resolve(Spool.FILE), "x".repeat(5000));
    assertThat(left()).isEmpty();
    spool().keep(List.of(parcel("a")));
    assertThat(left()).containsExactly("a");
  }

  /** In /proc nobody can make a file, not even root. */
  @ParameterizedTest
  @ValueSource(strings = {"missing", "/proc"})
  void aFolderThatIsNotThereOrReadOnlyCostsNothing(String other) {
    Spool spool = new Spool(folder.resolve(other).toString(), MOST);
    spool.keep(List.of(parcel("a")));
    spool.mark(BEGUN);
    assertThat(spool.legacy().parcels).isEmpty();
  }

  @Test
  void aFullDiskCostsNothing() throws Exception {
    Files.createSymbolicLink(folder.resolve(Spool.FILE), Path.of("/dev/full"));
    Spool spool = spool();
    spool.keep(List.of(parcel("a")));
    spool.keep(List.of(parcel("b")));
    assertThat(spool.legacy().parcels).isEmpty();
  }

  @Test
  void aSuccessThatThePlatformTookIsFoundWithItsEndAndTheIdsThatWereSent() {
    Spool spool = spool();
    spool.mark(RUNNING);
    spool.succeeded("r1", 9);
    spool.succeeded("another", 10);
    assertThat(found())
        .usingRecursiveComparison()
        .isEqualTo(new Spool.Mark("ok", "r1", 5, 9, RUNNING.traceId, RUNNING.spanId));
  }

  @Test
  void anInvocationThatBeganAndNeverEndedIsFoundWithItsTimes() {
    spool().mark(BEGUN);
    assertThat(found()).usingRecursiveComparison().isEqualTo(BEGUN);
  }

  @Test
  void anInvocationThatEndedIsNotFoundAndItsRecordIs() {
    Spool spool = spool();
    spool.mark(BEGUN);
    spool.ended();
    spool.keep(List.of(parcel("a")));
    assertThat(found()).isNull();
    assertThat(left()).containsExactly("a");
  }

  @Test
  void anInvocationWhoseRecordIsConfirmedIsNotFoundEither() {
    Spool spool = spool();
    Parcel a = parcel("a");
    spool.keep(List.of(a));
    spool.mark(BEGUN);
    spool.ended();
    spool.keep(List.of(a, parcel("b")));
    spool.mark(BEGUN);
    spool.ended();
    spool.keep(List.of());
    assertThat(found()).isNull();
    assertThat(left()).isEmpty();
  }
}
