package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real Alertmanager; what it takes is what it passes on to a receiver. */
class AlertmanagerTest extends ChannelContract {

  @TempDir Path folder;

  private HttpReceiver receiver;
  private RealProgram alertmanager;
  private int delivered;

  @BeforeEach
  @Override
  void openIt() throws Exception {
    receiver = new HttpReceiver();
    Path config =
        Files.writeString(
            folder.resolve("alertmanager.yml"),
            """
            route: {receiver: test, group_wait: 0s, group_interval: 1s, group_by: [...]}
            receivers: [{name: test, webhook_configs: [{url: '%s', send_resolved: true}]}]
            """
                .formatted(receiver.url()));
    alertmanager =
        RealProgram.start(
            "prometheus-alertmanager",
            folder.resolve("log"),
            List.of(
                "--config.file=" + config,
                "--storage.path=" + folder.resolve("data"),
                "--cluster.listen-address="));
    super.openIt();
  }

  @AfterEach
  void stop() {
    alertmanager.close();
    receiver.close();
  }

  @Override
  protected Channel open() {
    Channel channel =
        Channels.open(
            options("alertmanager", values("url", alertmanager.url(), "allow-local", "true")));
    return new Channel() {
      @Override
      public String name() {
        return channel.name();
      }

      @Override
      public String type() {
        return channel.type();
      }

      @Override
      public String target() {
        return channel.target();
      }

      @Override
      public void deliver(Message message) throws NotDelivered {
        channel.deliver(message);
        delivered++;
        // It tells of an alert once in a group's interval: the next one is to be told by itself.
        await().atMost(Duration.ofSeconds(60)).until(() -> receiver.bodies().size() >= delivered);
      }
    };
  }

  @Override
  protected void refuse() {
    alertmanager.close();
  }

  @Override
  protected List<String> taken() {
    return receiver.bodies();
  }

  @Test
  void whatIsOverIsResolvedThereAtOnce() throws Exception {
    Channel channel = open();
    channel.deliver(firing("checkout"));
    assertThat(alertmanager.get("/api/v2/alerts").body()).contains("\"function\":\"checkout\"");
    channel.deliver(message("resolved", item("checkout", System.currentTimeMillis(), "")));
    assertThat(taken().get(1)).contains("\"status\":\"resolved\"");
    assertThat(alertmanager.get("/api/v2/alerts").body()).isEqualTo("[]\n");
  }
}
