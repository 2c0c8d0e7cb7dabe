package dev.thaw.collector.alert.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Posts the message as JSON. With a secret it is signed: the header {@code Thaw-Signature} holds
 * {@code t=<seconds>,v1=<hex>}, the HMAC-SHA256 (RFC 2104) of the seconds, a dot and the body.
 */
final class Webhook extends HttpChannel {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String secret;

  Webhook(Options options) {
    super(options, options.address("url", null));
    secret = options.text("secret", "");
  }

  @Override
  public void deliver(Message message) throws NotDelivered {
    String body = json(message);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Thaw-Delivery", message.id());
    if (!secret.isEmpty()) {
      long seconds = System.currentTimeMillis() / 1000;
      headers.put("Thaw-Signature", "t=" + seconds + ",v1=" + signature(secret, seconds, body));
    }
    post(body, headers);
  }

  static String json(Message message) {
    try {
      return JSON.writeValueAsString(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A message is always JSON", e);
    }
  }

  private static String signature(String secret, long seconds, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signed = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256", e);
    }
  }
}
