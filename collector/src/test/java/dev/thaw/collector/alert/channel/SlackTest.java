package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class SlackTest extends HttpChannelContract {

  @Override
  protected Channel open(String url, boolean allowsLocal) {
    return Channels.open(
        options("slack", values("url", url, "allow-local", Boolean.toString(allowsLocal))));
  }

  @Test
  void whatMeansSomethingToSlackIsEscaped() throws Exception {
    open().deliver(firing("<!channel>"));
    JsonNode body = new ObjectMapper().readTree(taken().get(0));
    assertThat(body.path("text").asText())
        .isEqualTo("*Firing: payments time out: &lt;!channel&gt;*");
  }
}
