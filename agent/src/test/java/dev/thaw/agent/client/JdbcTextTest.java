package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT * FROM t WHERE a = 'it''s' | SELECT * FROM t WHERE a = ?",
        "SELECT 'C:\\' FROM t WHERE a = 'secret' | SELECT ? FROM t WHERE a = ?",
        "SELECT E'it\\'s' FROM t WHERE a = 'secret' | SELECT E? FROM t WHERE a = ?",
        "SELECT type'x\\' FROM t WHERE a = 'secret' | SELECT type? FROM t WHERE a = ?",
        "INSERT INTO t2 VALUES (1, -2.5e-3, 0xFF, 'a') | INSERT INTO t2 VALUES (?, -?, ?, ?)",
        "SELECT a1 FROM t WHERE b=$1 AND c=:p1 | SELECT a1 FROM t WHERE b=$1 AND c=:p1",
        "SELECT $tag$secret$tag$ FROM t | SELECT ? FROM t",
        "SELECT 1 -- password 17 | SELECT ?",
        "SELECT /* 'x */ \"col 1\" FROM t | SELECT  \"col 1\" FROM t",
        "SELECT 'never ends | SELECT ?",
      })
  void valuesAreReplacedAndNamesStay(String sql, String expected) {
    assertThat(JdbcText.withoutLiterals(sql, false).trim()).isEqualTo(expected.trim());
  }

  @Test
  void inMySqlABackslashHidesAQuote() {
    assertThat(JdbcText.withoutLiterals("SELECT 'x\\' OR 1=1' FROM t", true))
        .isEqualTo("SELECT ? FROM t");
  }

  @Test
  void whereDoubleQuotesHoldTextItIsReplacedToo() {
    assertThat(JdbcText.withoutLiterals("SELECT \"secret\"", true)).isEqualTo("SELECT ?");
  }

  @Test
  void aLongStatementIsCut() {
    assertThat(JdbcText.withoutLiterals("SELECT " + "a,".repeat(5000), false)).hasSize(2003);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select * from orders o where id = 1 | SELECT orders",
        "INSERT INTO shop.orders(id) VALUES (1) | INSERT shop.orders",
        "update orders set x = 1 | UPDATE orders",
        "DELETE FROM orders | DELETE orders",
        "CREATE TABLE IF NOT EXISTS orders(id INT) | CREATE orders",
        "WITH a AS (SELECT 1) SELECT * FROM a | WITH a",
        "{call settle(?)} | CALL settle",
        "SELECT 1 | SELECT",
        "VACUUM | SQL",
      })
  void theSummarySaysWhatIsDoneToWhat(String sql, String summary) {
    assertThat(JdbcText.summary(sql)).isEqualTo(summary);
  }
}
