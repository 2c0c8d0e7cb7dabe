package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class WebhookTest extends HttpChannelContract {

  @Override
  protected Channel open(String url, boolean allowsLocal) {
    Map<String, List<String>> values =
        values("url", url, "secret", "s3cret", "allow-local", Boolean.toString(allowsLocal));
    return Channels.open(options("webhook", values));
  }

  @Test
  void theBodyIsTheMessageAsJson() throws Exception {
    open().deliver(firing(NASTY));
    JsonNode body = new ObjectMapper().readTree(taken().get(0));
    assertThat(body.path("status").asText()).isEqualTo("firing");
    assertThat(body.path("items").get(0).path("function").asText()).isEqualTo(NASTY);
    assertThat(body.path("items").get(0).path("resolvedMs").isNull()).isTrue();
  }

  @Test
  void theSignatureIsTheOneOfTheBodyAndItsTime() throws Exception {
    open().deliver(firing("checkout"));
    HttpReceiver.Request request = receiver.taken().get(0);
    String signature = request.headers().getFirst("Thaw-Signature");
    String seconds = signature.replaceAll("t=(\\d+),v1=.*", "$1");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] expected =
        mac.doFinal((seconds + "." + request.body()).getBytes(StandardCharsets.UTF_8));
    assertThat(signature).endsWith(",v1=" + HexFormat.of().formatHex(expected));
    assertThat(Long.parseLong(seconds)).isBetween(now() - 60, now() + 1);
    assertThat(request.headers().getFirst("Thaw-Delivery")).isEqualTo("id-firing");
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
