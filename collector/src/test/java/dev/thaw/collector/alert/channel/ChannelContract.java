package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every channel MUST do, against the real other side. A channel extends this. */
abstract class ChannelContract {

  static final String NASTY = "<b>\u202enasty\u202c</b> & \"quoted\" 😀\r\nBcc: all@example.com";

  private Channel channel;

  /** Opens a channel to an other side that takes everything. */
  protected abstract Channel open() throws Exception;

  /** Makes the other side refuse everything from now on. */
  protected abstract void refuse() throws Exception;

  /** What the other side took, as text, in order. */
  protected abstract List<String> taken() throws Exception;

  /**
   * @param values a key and its value, and so on
   */
  static Options options(String type, Map<String, List<String>> values) {
    return new Options("test", type, values, name -> null);
  }

  static Map<String, List<String>> values(String... pairs) {
    Map<String, List<String>> values = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put(pairs[i], List.of(pairs[i + 1]));
    }
    return values;
  }

  static Message.Item item(String function, Long resolvedMs, String openCall) {
    return new Message.Item(
        "payments time out",
        "timeouts",
        function,
        resolvedMs == null ? "firing" : "resolved",
        "critical",
        "3 timeouts within 5m",
        "1 or more timeouts within 5m",
        3,
        1_780_000_000_000L,
        System.currentTimeMillis() - 60_000,
        resolvedMs,
        false,
        "https://wiki.example/payments",
        "http://thaw.example/functions/" + function.hashCode(),
        new Message.Example(
            "0af7651916cd43dd8448eb211c80319c",
            "request-1",
            openCall,
            "shop.Payment.charge(Payment.java:31)",
            "",
            "http://thaw.example/traces/0af7651916cd43dd8448eb211c80319c"));
  }

  static Message message(String status, Message.Item... items) {
    return new Message(
        "id-" + status,
        "rule:payments time out",
        status,
        "critical",
        "payments time out: " + items[0].function(),
        false,
        status.equals("firing") ? items.length : 0,
        status.equals("firing") ? 0 : items.length,
        Arrays.asList(items),
        0,
        "http://thaw.example/alerts",
        1_780_000_000_000L);
  }

  static Message firing(String function) {
    return message("firing", item(function, null, "POST http://pay.example/charges"));
  }

  @BeforeEach
  void openIt() throws Exception {
    channel = open();
  }

  @AfterEach
  void closeIt() {
    channel.close();
  }

  @Test
  void aMessageSaysWhatAndWhereItHungAndThenThatItIsOver() throws Exception {
    channel.deliver(firing("checkout"));
    channel.deliver(message("resolved", item("checkout", System.currentTimeMillis(), "")));
    List<String> taken = taken();
    assertThat(taken).hasSize(2);
    assertThat(taken.get(0))
        .contains("checkout")
        .contains("payments time out")
        .contains("3 timeouts within 5m")
        .contains("POST http://pay.example/charges")
        .contains("shop.Payment.charge(Payment.java:31)")
        .contains("http://thaw.example/traces/0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void whatIsNotTakenIsSaid() throws Exception {
    refuse();
    assertThatThrownBy(() -> channel.deliver(firing("checkout"))).isInstanceOf(NotDelivered.class);
  }

  @Test
  void namesWithMarkupAndControlCharactersAreTextAndNothingElse() throws Exception {
    assertThatCode(() -> channel.deliver(firing(NASTY))).doesNotThrowAnyException();
    assertThat(taken()).hasSize(1);
  }
}
