package dev.thaw.collector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process notes for the next; {@code PoisonTest} ends real ones. */
class LastTryTest {

  @TempDir private Path folder;

  private interface Noting {
    void in(LastTry note);
  }

  /** What a process does, and then ends. */
  private void process(Noting does) throws IOException {
    try (LastTry note = open()) {
      does.in(note);
    }
  }

  private LastTry open() throws IOException {
    return new LastTry(file());
  }

  private Path file() {
    return folder.resolve("last-try");
  }

  @Test
  void whatWasTriedTogetherIsTriedRequestByRequest() throws Exception {
    process(note -> note.together(3, 5));
    process(
        note -> {
          assertThat(note.mustBeAlone(2)).isFalse();
          assertThat(note.mustBeAlone(3)).isTrue();
          assertThat(note.mustBeAlone(5)).isTrue();
          assertThat(note.mustBeAlone(6)).isFalse();
          assertThat(note.isFatal(3)).isFalse();
        });
  }

  @Test
  void theRequestWithWhichTwoProcessesInARowEndIsFatal() throws Exception {
    process(note -> note.alone(4));
    process(
        note -> {
          assertThat(note.isFatal(4)).isFalse();
          note.alone(4);
        });
    process(
        note -> {
          assertThat(note.isFatal(4)).isTrue();
          assertThat(note.isFatal(5)).isFalse();
        });
  }

  @Test
  void aNoteWithOneFlippedBitSaysNothing() throws Exception {
    process(note -> note.alone(4));
    byte[] whole = Files.readAllBytes(file());
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), damaged);
      process(
          note -> {
            assertThat(note.mustBeAlone(4)).isFalse();
            assertThat(note.isFatal(4)).isFalse();
          });
    }
  }
}
