package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;
  private long nowNs;

  private Tokens tokens() {
    return new Tokens(folder.resolve("tokens"), () -> nowNs);
  }

  private String add(Tokens.Kind kind, String name) throws Exception {
    return Tokens.add(folder.resolve("tokens"), kind, name);
  }

  @Test
  void oneThatWasMadeIsKnownForWhatItWasMadeFor() throws Exception {
    String token = add(Tokens.Kind.INGEST, "orders");
    Tokens tokens = tokens();
    assertThat(tokens.find(Set.of(Tokens.Kind.INGEST), token))
        .hasValueSatisfying(known -> assertThat(known.name()).isEqualTo("orders"));
    assertThat(tokens.find(Tokens.Kind.READERS, token)).isEmpty();
    assertThat(tokens.find(Set.of(Tokens.Kind.INGEST), token + "x")).isEmpty();
  }

  @Test
  void theFileHoldsNoTokenAndIsItsOwnersAlone() throws Exception {
    String token = add(Tokens.Kind.READ, "anna");
    Path file = folder.resolve("tokens");
    assertThat(Files.readString(file)).doesNotContain(token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatComesAndGoesInTheFileCountsWithoutARestart() throws Exception {
    String old = add(Tokens.Kind.READ, "old");
    Tokens tokens = tokens();
    String fresh = add(Tokens.Kind.READ, "fresh");
    nowNs += 2 * SECOND;
    assertThat(tokens.find(Tokens.Kind.READERS, fresh)).isPresent();
    Path file = folder.resolve("tokens");
    Files.writeString(file, Files.readString(file).lines().skip(1).findFirst().orElseThrow());
    nowNs += 2 * SECOND;
    assertThat(tokens.find(Tokens.Kind.READERS, old)).isEmpty();
    assertThat(tokens.find(Tokens.Kind.READERS, fresh)).isPresent();
  }

  @Test
  void aChangeThatCantBeReadLeavesWhatWas() throws Exception {
    String token = add(Tokens.Kind.READ, "anna");
    Tokens tokens = tokens();
    Files.writeString(folder.resolve("tokens"), "nonsense");
    nowNs += 2 * SECOND;
    assertThat(tokens.find(Tokens.Kind.READERS, token)).isPresent();
  }

  @Test
  void aFileThatIsMissingOrEmptyOrWrongIsSaidAtTheStart() throws Exception {
    assertThatThrownBy(this::tokens)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("./thaw token read NAME");
    Files.writeString(folder.resolve("tokens"), "# nobody\n");
    assertThatThrownBy(this::tokens).hasMessageContaining("There is no token");
    Files.writeString(folder.resolve("tokens"), "# nobody\nwrite anna 12\n");
    assertThatThrownBy(this::tokens).hasMessageContaining("line 2");
  }
}
