package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long who is logged in. */
class SessionsTest {

  private static final long NOW = 1_780_000_000_000L;
  private static final long HOUR = 3_600_000;

  @TempDir Path folder;

  private Seal seal;
  private Tokens tokens;

  @BeforeEach
  void open() throws Exception {
    Tokens.add(folder.resolve("tokens"), Tokens.Kind.READ, "anna");
    tokens = new Tokens(folder.resolve("tokens"));
    seal = new Seal(folder.resolve("key"));
  }

  @Test
  void whoComesFromTheProviderIsKnownForTwelveHours() {
    Sessions sessions = new Sessions(seal, tokens, true);
    Sessions.Reader ben = new Sessions.Reader(Tokens.Kind.EDIT, "bén@example.com");
    String cookie = sessions.begin(ben, NOW);
    assertThat(sessions.find(cookie, NOW + 12 * HOUR)).contains(ben);
    assertThat(sessions.find(cookie, NOW + 12 * HOUR + 1)).isEmpty();
  }

  @Test
  void withoutAProviderNobodyComesFromOne() {
    String cookie =
        new Sessions(seal, tokens, true)
            .begin(new Sessions.Reader(Tokens.Kind.EDIT, "ben@example.com"), NOW);
    assertThat(new Sessions(seal, tokens, false).find(cookie, NOW)).isEmpty();
  }

  @Test
  void whatIsNotSealedHereIsNobody() {
    Sessions sessions = new Sessions(seal, tokens, true);
    String cookie = sessions.begin(new Sessions.Reader(Tokens.Kind.READ, "ben@example.com"), NOW);
    assertThat(new Sessions(new Seal(folder.resolve("other")), tokens, true).find(cookie, NOW))
        .isEmpty();
    assertThat(sessions.find(cookie.substring(1), NOW)).isEmpty();
    assertThat(sessions.find("", NOW)).isEmpty();
    assertThat(sessions.find("no base 64!", NOW)).isEmpty();
    // What was sealed for a login under way is no session.
    assertThat(
            sessions.find(
                seal.put("1780000000000\nstate\nnonce".getBytes(StandardCharsets.UTF_8)), NOW))
        .isEmpty();
  }
}
