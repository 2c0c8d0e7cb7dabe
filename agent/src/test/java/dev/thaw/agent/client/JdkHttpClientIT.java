package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** java.net.http, which has no retries of its own. */
class JdkHttpClientIT extends ClientContract {

  @Override
  protected String function() {
    return "jdkhttp";
  }

  @Override
  protected void call() throws Exception {
    lambda.invoke("jdkhttp", "{\"url\":\"" + other.url() + "/stock?secret=1\"}");
  }

  @Override
  protected String spanName() {
    return "GET";
  }

  @Override
  protected String carried(Map<String, List<String>> headers) {
    return headers.get("Traceparent").get(0);
  }

  @Test
  void anAsynchronousCallFromAnotherThreadBelongsToTheInvocationToo() throws Exception {
    call();
    assertThat(calls(2))
        .allSatisfy(span -> assertThat(span.parentId()).isEqualTo(invocation().id()));
  }

  @Test
  void theQueryStaysOutOfTheSpan() throws Exception {
    call();
    assertThat(calls(1).get(0).attribute("url.full")).isEqualTo(other.url() + "/stock");
  }

  @Test
  void aConnectionThatIsRefusedIsAnErrorAndTheApplicationSeesItsOwnException() throws Exception {
    String answer = lambda.invoke("jdkhttprefused", "{\"url\":\"http://127.0.0.1:1/\"}").body();
    assertThat(answer).isEqualTo("\"ConnectException\"");
  }
}
