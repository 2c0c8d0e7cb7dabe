package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** JDBC with a real database; that the other drivers' methods are as known is JdbcDriversTest's. */
@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class JdbcIT extends ClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$H2";
  }

  @Override
  protected String row() {
    return "JDBC: H2";
  }

  @Override
  protected String artifact() {
    return "h2";
  }

  @Override
  protected String call() throws Exception {
    function.invoke(Map.of("do", "prepare"));
    calls("CREATE orders", 1);
    sink.clear();
    return function.invoke(Map.of());
  }

  @Override
  protected String expectedAnswer() {
    return "\"ok\"";
  }

  @Override
  protected String callThatFails() throws Exception {
    return function.invoke(Map.of("sql", "SELECT nothing FROM nowhere"));
  }

  @Override
  protected String spanName() {
    return "SELECT orders";
  }

  @Override
  protected String failedSpanName() {
    return "SELECT nowhere";
  }

  @Override
  protected Map.Entry<String, String> expectedAttribute() {
    return Map.entry("db.query.text", "SELECT id FROM orders WHERE customer = ? AND id > ?");
  }

  @Test
  void theDatabaseIsNamedAndNotItsValues() throws Exception {
    function.invoke(Map.of("do", "prepare"));
    calls("CREATE orders", 1);
    sink.clear();
    function.invoke(Map.of("sql", "SELECT id FROM orders WHERE customer = 'Ada''s' AND id = 4711"));
    OtlpSink.Received query = calls("SELECT orders", 1).get(0);
    assertThat(query.attribute("db.system.name")).isEqualTo("h2database");
    assertThat(query.attribute("db.query.text"))
        .isEqualTo("SELECT id FROM orders WHERE customer = ? AND id = ?");
    supported.shown("literals");
  }

  @Test
  void aFailureSaysItsStateAndNotTheStatement() throws Exception {
    assertThat(callThatFails()).isNotEqualTo("\"ok\"");
    OtlpSink.Received query = calls("SELECT nowhere", 1).get(0);
    assertThat(query.attribute("db.response.status_code")).startsWith("42");
    assertThat(query.span().getStatus().getMessage()).doesNotContain("SELECT");
  }
}
