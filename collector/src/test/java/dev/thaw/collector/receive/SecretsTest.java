package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  private static final Secrets ALL = new Secrets(true, true, List.of("iban"));
  private static final String TOKEN =
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1NyJ9.dGhpcyBpcyBub3QgYSBzZWNyZXQ";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password",
        "db.Password",
        "user_passwd",
        "client-secret",
        "http.request.header.authorization",
        "http.request.header.cookie",
        "x-api-key",
        "aws.access_key",
        "accessToken",
        "customer.iban",
      })
  void theValueUnderSuchAKeyIsTakenOut(String key) {
    assertThat(ALL.isSecret(key)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http.route",
        "gen_ai.usage.input_tokens",
        "aws.secretsmanager.secret.arn",
        "secret.name",
        "token_type",
        "messaging.destination.name",
        "session.id",
      })
  void whatOnlyNamesOrCountsASecretStays(String key) {
    assertThat(ALL.isSecret(key)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mail to ada@example.com failed | mail to [redacted] failed",
        "ada.l+shop@mail.example.co.uk, bob@example.org. | [redacted], [redacted].",
        "GET https://api.example/x?page=2&token=abc123&b=1 | GET https://api.example/x?page=2&token=[redacted]&b=1",
        "postgres://shop:s3cret@db.example:5432/shop | postgres://[redacted]@db.example:5432/shop",
        "jdbc:x;user=sa;password=s3cret;a=b | jdbc:x;user=sa;password=[redacted];a=b",
        "{\"user\":\"u7\",\"password\":\"a b\\c\"} | {\"user\":\"u7\",\"password\":\"[redacted]\"}",
        "SET password = 'it is' WHERE 1=1 | SET password = '[redacted]' WHERE 1=1",
        "Authorization: Bearer abcdef123456, next | Authorization: Bearer [redacted], next",
        "key AKIAIOSFODNN7EXAMPLE. | key [redacted].",
      })
  void whatIsSecretInsideATextIsTakenOut(String text, String clean) {
    assertThat(ALL.without(text)).isEqualTo(clean);
  }

  @Test
  void aJsonWebTokenIsTakenOut() {
    assertThat(ALL.without("got " + TOKEN + " from the login"))
        .isEqualTo("got [redacted] from the login");
  }

  @Test
  void aPrivateKeyIsTakenOutAlsoWhenItsEndIsMissing() {
    String key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
    assertThat(ALL.without("a\n" + key + "\nb")).isEqualTo("a\n[redacted]\nb");
    assertThat(ALL.without("a\n" + key.substring(0, 40))).isEqualTo("a\n[redacted]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at java.base@17.0.15/java.lang.Thread.run(Thread.java:840)",
        "com.example.Order@1b2c3d4e",
        "npm i @scope/name",
        "SELECT * FROM orders WHERE id = ?",
        "https://example.com/a=b?page=2",
        "the bearer of news",
        "eyJ is how they begin",
        "ASIA and AFRICA",
        "a token: it is missing",
        "",
      })
  void whatOnlyLooksLikeOneStaysTheSameObject(String text) {
    assertThat(ALL.without(text)).isSameAs(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password=abc ada@example.com https://u:p@h.example/ Bearer abcdefghij",
        "{\"token\":\"abc\"} token = 'x y'",
      })
  void whatWasTakenOutIsNotTakenOutAgain(String text) {
    String once = ALL.without(text);
    assertThat(ALL.without(once)).isEqualTo(once);
  }

  /** Were it not so, this would take longer than anybody waits for a build. */
  @ParameterizedTest
  @ValueSource(
      strings = {"@:x", "a@", "=", "token=", "://", "eyJ", "AKIA", "earer ", "-----BEGIN", "@.a"})
  void aLongTextIsGoneThroughAFixedNumberOfTimes(String part) {
    assertThat(ALL.without(part.repeat(10_000_000 / part.length()))).isNotEmpty();
  }

  @Test
  void eachKindCanBeSwitchedOff() {
    String text = "password=abc ada@example.com";
    assertThat(new Secrets(true, false, List.of()).without(text))
        .isEqualTo("password=[redacted] ada@example.com");
    assertThat(new Secrets(false, true, List.of()).without(text))
        .isEqualTo("password=abc [redacted]");
    assertThat(new Secrets(false, false, List.of()).isSecret("password")).isFalse();
  }
}
