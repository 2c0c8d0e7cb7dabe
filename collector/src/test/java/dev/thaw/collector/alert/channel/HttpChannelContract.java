package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every channel that speaks HTTP MUST do besides, against a server on this machine. */
abstract class HttpChannelContract extends ChannelContract {

  protected HttpReceiver receiver;

  /**
   * @param url where it posts to
   * @param allowsLocal whether it may post to this machine
   */
  protected abstract Channel open(String url, boolean allowsLocal);

  @BeforeEach
  @Override
  void openIt() throws Exception {
    receiver = new HttpReceiver();
    super.openIt();
  }

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Override
  protected Channel open() {
    return open(receiver.url(), true);
  }

  @Override
  protected void refuse() {
    receiver.answer(503);
  }

  @Override
  protected List<String> taken() {
    return receiver.bodies();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 404, 429, 500})
  void anyAnswerButSuccessIsSaidWithItsStatus(int status) {
    receiver.answer(status);
    Channel channel = open();
    assertThatThrownBy(() -> channel.deliver(firing("checkout")))
        .hasMessageContaining("status " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
        "http://0.0.0.0:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[::ffff:127.0.0.1]:1/",
        "http://2130706433:1/"
      })
  void nothingIsPostedToThisMachineOrItsLinkUnlessItIsAllowed(String url) {
    Channel channel = open(url, false);
    assertThatThrownBy(() -> channel.deliver(firing("checkout")))
        .isInstanceOf(NotDelivered.class)
        .hasMessageMatching("(?s).*(is an address of this machine|is not known).*");
  }

  @Test
  void nobodyThereIsSaid() {
    String url = receiver.url();
    receiver.close();
    Channel channel = open(url, true);
    assertThatThrownBy(() -> channel.deliver(firing("checkout")))
        .hasMessageContaining("nobody answers");
  }
}
