package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every HTTP client's hook MUST show besides: the headers, and a refusal with its wait. */
abstract class HttpClientContract extends ClientContract {

  protected OtherSide other;

  @Override
  protected void startOtherSide() throws Exception {
    other = new OtherSide();
  }

  @Override
  protected void stopOtherSide() {
    other.close();
  }

  @Override
  protected String call() throws Exception {
    other.reset();
    return function.invoke(Map.of("url", other.url() + "/a/b?secret=1"));
  }

  @Override
  protected String callThatFails() throws Exception {
    other.reset();
    other.answerWith(404);
    return function.invoke(Map.of("url", other.url() + "/a/b?secret=1"));
  }

  @Override
  protected String spanName() {
    return "GET";
  }

  @Override
  protected Map.Entry<String, String> expectedAttribute() {
    return Map.entry("url.full", other.url() + "/a/b");
  }

  @Test
  void theStatusIsOnTheSpan() throws Exception {
    call();
    assertThat(calls("GET", 1).get(0).attribute("http.response.status_code")).isEqualTo("200");
  }

  @Test
  void theOtherSideGetsTheCallAsItsParent() throws Exception {
    call();
    OtlpSink.Received span = calls("GET", 1).get(0);
    assertThat(other.header("traceparent")).contains(span.traceId(), span.id());
    supported.shown("context");
  }

  @Test
  void aContextThatTheApplicationHasSetIsLeftAsItIs() throws Exception {
    other.reset();
    String own = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    function.invoke(Map.of("url", other.url(), "traceparent", own));
    calls("GET", 1);
    assertThat(other.header("traceparent")).isEqualTo(own);
  }

  @Test
  void aRefusalIsAThrottleWithItsStatusAndItsWait() throws Exception {
    other.reset();
    other.refuse(1);
    function.invoke(Map.of("url", other.url() + "/a/b"));
    OtlpSink.Received call = calls("GET", 1).get(0);
    assertThat(call.event("thaw.throttle", "http.response.status_code")).isEqualTo("429");
    assertThat(call.event("thaw.throttle", "thaw.throttle.retry_after")).isEqualTo("1.0");
    assertThat(call.event("thaw.throttle", "thaw.throttle.target")).isEqualTo("127.0.0.1/a/b");
    assertThat(invocation().attribute("thaw.throttles")).isEqualTo("1");
    supported.shown("throttle");
  }

  @Test
  void anAddressWhereNobodyIsGivesTheApplicationItsOwnException() throws Exception {
    assertThat(function.invoke(Map.of("url", "http://127.0.0.1:1/"))).contains("Connect");
    assertThat(calls("GET", 1).get(0).attribute("error.type")).contains("Connect");
  }

  @Test
  void callsOneAfterTheOtherAreTwo() throws Exception {
    other.reset();
    function.invoke(Map.of("url", other.url(), "times", 2));
    assertThat(calls("GET", 2)).hasSize(2);
    assertThat(other.headers("traceparent")).doesNotHaveDuplicates();
  }
}
