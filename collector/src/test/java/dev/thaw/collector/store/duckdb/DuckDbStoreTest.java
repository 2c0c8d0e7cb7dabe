package dev.thaw.collector.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.StoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbStoreTest extends StoreContract {

  @TempDir Path folder;

  @Override
  protected Store open() {
    return DuckDbStore.open(folder);
  }

  @Test
  void aFolderThatIsAFileIsSaidClearly() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> DuckDbStore.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("data folder");
  }

  @Test
  void idsKeepTheirZeros() {
    assertThat(Ids.span(Ids.span("00f067aa0ba902b7"))).isEqualTo("00f067aa0ba902b7");
    assertThat(Ids.trace(Ids.trace("000000000000000affffffffffffffff")))
        .isEqualTo("000000000000000affffffffffffffff");
  }
}
