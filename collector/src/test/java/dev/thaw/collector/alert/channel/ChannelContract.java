package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every channel MUST do, against the real other side. A channel extends this. */
abstract class ChannelContract {

  private Channel channel;

  /** Opens a channel to an other side that refuses the first so many messages. */
  protected abstract Channel open(int refusals) throws Exception;

  /** What the other side took, in order. */
  protected abstract List<String> taken();

  @BeforeEach
  void nothingOpen() {
    channel = null;
  }

  @AfterEach
  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  @Test
  void messagesArriveInOrder() throws Exception {
    channel = open(0);
    channel.send("{\"n\":1}");
    channel.send("{\"n\":2}");
    await().untilAsserted(() -> assertThat(taken()).containsExactly("{\"n\":1}", "{\"n\":2}"));
  }

  @Test
  void aMessageThatWasRefusedIsTriedAgainBeforeTheNext() throws Exception {
    channel = open(1);
    channel.send("{\"n\":1}");
    channel.send("{\"n\":2}");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(taken()).containsExactly("{\"n\":1}", "{\"n\":2}"));
  }
}
