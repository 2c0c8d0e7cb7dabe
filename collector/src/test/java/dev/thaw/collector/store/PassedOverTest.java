package dev.thaw.collector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process leaves to the next. */
class PassedOverTest {

  @TempDir private Path folder;

  private PassedOver open() {
    return new PassedOver(folder.resolve("passed-over"));
  }

  @Test
  void theNextProcessFindsWhatWasPassedOver() {
    PassedOver before = open();
    before.add(7);
    before.add(12);
    assertThat(open().all()).containsExactly(7L, 12L);
  }

  @Test
  void whatHadItsChanceIsNotThereForTheNextProcess() {
    PassedOver before = open();
    before.add(7);
    before.add(12);
    before.remove(7);
    assertThat(open().all()).containsExactly(12L);
    before.remove(12);
    assertThat(open().isEmpty()).isTrue();
  }

  @Test
  void whatIsNoNumberIsLeftOut() throws Exception {
    Files.write(folder.resolve("passed-over"), new byte[] {'7', '\n', 'x', '\n', (byte) 0xff, '1'});
    assertThat(open().all()).containsExactly(7L);
  }
}
