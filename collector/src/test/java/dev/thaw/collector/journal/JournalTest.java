package dev.thaw.collector.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged is there again, whatever happened to the disk. */
class JournalTest {

  private record Text(String text) implements Journal.Payload {
    @Override
    public byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final long SEGMENT = 2_000;
  private static final Journal.Replay IGNORED = (sequence, payload) -> {};

  private final List<String> handedOn = Collections.synchronizedList(new ArrayList<>());

  private Journal<Text> journal(JournalFiles files, long indexed) {
    return new Journal<>(
        files,
        SEGMENT,
        0,
        indexed,
        (first, payloads) -> payloads.forEach(payload -> handedOn.add(payload.text())));
  }

  private static Journal.Replay into(List<String> texts) {
    return (sequence, payload) -> texts.add(new String(payload, StandardCharsets.UTF_8));
  }

  /** What the store would get at a start. */
  private static List<String> found(Journal<Text> journal) {
    List<String> found = new ArrayList<>();
    try (journal) {
      journal.start(into(found));
    }
    return found;
  }

  private static void append(Journal<Text> journal, int from, int to) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      all.add(journal.append(text(i)));
      if (i % 10 == 9) {
        // A segment ends only between two writes.
        all.forEach(CompletableFuture::join);
      }
    }
    all.forEach(CompletableFuture::join);
  }

  private static Text text(int number) {
    return new Text("request " + number + " " + "x".repeat(number % 60));
  }

  private static List<String> texts(int from, int to) {
    List<String> texts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      texts.add(text(i).text());
    }
    return texts;
  }

  @Test
  void whatWasAcknowledgedIsFoundAgainInItsOrder(@TempDir Path folder) throws Exception {
    try (Journal<Text> journal = journal(new DiskFiles(folder), 0)) {
      journal.start(IGNORED);
      append(journal, 0, 200);
      assertThat(handedOn).containsExactlyElementsOf(texts(0, 200));
    }
    assertThat(found(journal(new DiskFiles(folder), 0))).containsExactlyElementsOf(texts(0, 200));
    assertThat(found(journal(new DiskFiles(folder), 150)))
        .containsExactlyElementsOf(texts(150, 200));
    assertThat(new DiskFiles(folder).names().size()).isGreaterThan(3);
  }

  private static List<String> again(Journal<Text> journal, long after, long upTo) {
    List<String> found = new ArrayList<>();
    journal.again(after, upTo, into(found));
    return found;
  }

  @Test
  void whatWasHandedOnIsGivenOnceMoreWhileMoreComes(@TempDir Path folder) throws Exception {
    try (Journal<Text> journal = journal(new DiskFiles(folder), 0)) {
      journal.start(IGNORED);
      append(journal, 0, 200);
      assertThat(again(journal, 0, 200)).containsExactlyElementsOf(texts(0, 200));
      assertThat(again(journal, 77, 133)).containsExactlyElementsOf(texts(77, 133));
      append(journal, 200, 210);
      assertThat(again(journal, 199, 205)).containsExactlyElementsOf(texts(199, 205));
      assertThat(journal.damage()).isEqualTo(new Journal.Damage(0, 0));
    }
  }

  @Test
  void whatCanNotBeGivenOnceMoreIsCounted(@TempDir Path folder) throws Exception {
    DiskFiles files = new DiskFiles(folder);
    try (Journal<Text> journal = journal(files, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 200);
      files.delete(files.names().get(0));
      long first = Long.parseLong(files.names().get(0));
      assertThat(again(journal, 0, 200)).containsExactlyElementsOf(texts((int) first - 1, 200));
      assertThat(journal.damage().records()).isEqualTo(first - 1);
    }
  }

  @Test
  void aSegmentThatCanNotBeReadForNowIsGivenWhenItIsAskedForAgain() {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = journal(disk, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 100);
      disk.unreadable(disk.names().get(1));
      assertThatThrownBy(() -> again(journal, 0, 100)).hasMessageContaining("can't be read");
      disk.unreadable("");
      assertThat(again(journal, 0, 100)).containsExactlyElementsOf(texts(0, 100));
      assertThat(journal.damage()).isEqualTo(new Journal.Damage(0, 0));
    }
  }

  @Test
  void aSegmentThatCanNeverBeReadAgainIsCountedAndTheOthersAreGiven() {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = journal(disk, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 100);
      disk.unreadable(disk.names().get(1));
      for (int i = 0; i < Journal.MOST_IN_VAIN; i++) {
        assertThatThrownBy(() -> again(journal, 0, 100)).hasMessageContaining("can't be read");
      }
      List<String> found = again(journal, 0, 100);
      assertThat(found).startsWith(text(0).text()).endsWith(text(99).text());
      assertThat(journal.damage().records()).isEqualTo(100 - found.size()).isPositive();
    }
  }

  @Test
  void afterARestartItGoesOnWithTheNextNumber(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Journal<Text> journal = journal(new DiskFiles(folder), 0)) {
        journal.start(IGNORED);
        append(journal, 10 * i, 10 * i + 10);
      }
    }
    Journal<Text> journal = journal(new DiskFiles(folder), 0);
    assertThat(found(journal)).containsExactlyElementsOf(texts(0, 30));
    assertThat(journal.damage()).isEqualTo(new Journal.Damage(0, 0));
  }

  /** A thousand moments in which the power may fail, with every kind of rest on the disk. */
  @Test
  void nothingThatWasAcknowledgedIsLostWhenThePowerFails() {
    Random random = new Random(1);
    int cuts = 0;
    for (int round = 0; round < 100; round++) {
      ModelledDisk disk = new ModelledDisk();
      Journal<Text> journal = journal(disk, 0);
      journal.start(IGNORED);
      int acknowledged = 1 + random.nextInt(80);
      append(journal, 0, acknowledged);
      // These are on their way, written or not, and nobody was told yet.
      disk.fail(true);
      CompletableFuture<Void> last = journal.append(text(acknowledged));
      assertThat(last.handle((done, failure) -> failure).join()).isNotNull();
      for (int cut = 0; cut < 10; cut++, cuts++) {
        long survived = random.nextLong(disk.unforced() + 1);
        ModelledDisk after = disk.afterLossOfPower(survived, random.nextInt(100));
        List<String> found = found(journal(after, 0));
        assertThat(found).startsWith(texts(0, acknowledged).toArray(new String[0]));
        assertThat(found.size()).isLessThanOrEqualTo(acknowledged + 1);
      }
      journal.close();
    }
    assertThat(cuts).isEqualTo(1000);
  }

  @Test
  void whatCouldNotBeWrittenIsNotAcknowledgedAndTheNextIsKept() {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = journal(disk, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 3);
      disk.fail(true);
      assertThat(journal.append(text(99)).handle((done, failure) -> failure).join())
          .hasMessageContaining("no space left");
      disk.fail(false);
      append(journal, 3, 6);
    }
    Journal<Text> after = journal(disk, 0);
    assertThat(found(after)).containsExactlyElementsOf(texts(0, 6));
    assertThat(after.damage().records()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 12, 30, 200, 900})
  void aFlippedBitCostsOneRecordWhichIsCounted(int at) throws Exception {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = journal(disk, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 100);
    }
    String name = disk.names().get(1);
    byte[] bytes = new byte[disk.read(name).remaining()];
    disk.read(name).get(bytes);
    bytes[at] ^= 4;
    disk.replace(name, bytes);
    Journal<Text> after = journal(disk, 0);
    List<String> found = found(after);
    int lost = at < 8 ? 0 : 1;
    List<String> inOrder = texts(0, 100);
    inOrder.retainAll(found);
    assertThat(found).hasSize(100 - lost).isEqualTo(inOrder);
    assertThat(after.damage().records()).isEqualTo(lost);
  }

  @Test
  void aSegmentThatIsGoneIsCounted() {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = journal(disk, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 100);
    }
    disk.delete(disk.names().get(1));
    Journal<Text> after = journal(disk, 0);
    List<String> found = found(after);
    assertThat(after.damage().records()).isEqualTo(100 - found.size()).isPositive();
  }

  @Test
  void segmentsThatTheStoreHasGoWhenThereAreTooMany() {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = journal(disk, 0)) {
      journal.start(IGNORED);
      append(journal, 0, 100);
      int before = disk.names().size();
      journal.safe(50);
      assertThat(disk.names().size()).isLessThan(before);
    }
    assertThat(found(journal(disk, 50))).containsExactlyElementsOf(texts(50, 100));
  }

  @Test
  void newestSegmentsAreKeptThoughTheStoreHasThem() {
    ModelledDisk disk = new ModelledDisk();
    try (Journal<Text> journal = new Journal<>(disk, SEGMENT, 2 * SEGMENT, 0, (first, all) -> {})) {
      journal.start(IGNORED);
      append(journal, 0, 100);
      journal.safe(100);
    }
    assertThat(found(journal(disk, 0))).hasSizeGreaterThan(30).endsWith(text(99).text());
  }
}
