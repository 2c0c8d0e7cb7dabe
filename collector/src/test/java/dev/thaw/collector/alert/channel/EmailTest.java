package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real SMTP server in this process, encrypted with its own certificate. */
class EmailTest extends ChannelContract {

  private GreenMail server;

  @BeforeEach
  @Override
  void openIt() throws Exception {
    server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
    server.setUser("oncall@example.com", "thaw", "right");
    server.start();
    super.openIt();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private Channel open(String... more) {
    Map<String, List<String>> values =
        values(
            "server", "127.0.0.1:" + server.getSmtps().getPort(),
            "tls", "tls",
            "trust", "127.0.0.1",
            "user", "thaw",
            "password", "right",
            "from", "Thaw <thaw@example.com>",
            "to", "oncall@example.com");
    values.putAll(values(more));
    return Channels.open(options("email", values));
  }

  @Override
  protected Channel open() {
    return open(new String[0]);
  }

  @Override
  protected void refuse() {
    server.stop();
  }

  @Override
  protected List<String> taken() throws Exception {
    List<String> taken = new ArrayList<>();
    for (MimeMessage message : server.getReceivedMessages()) {
      taken.add(message.getSubject() + "\n" + message.getContent());
    }
    return taken;
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() {
    Channel channel = open("password", "wrong");
    assertThatThrownBy(() -> channel.deliver(firing("checkout")))
        .hasMessageContaining("does not take user and password")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void aCertificateThatNobodyHasSignedIsRefusedUnlessItIsTrusted() {
    Channel channel = open("trust", "");
    assertThatThrownBy(() -> channel.deliver(firing("checkout"))).isInstanceOf(NotDelivered.class);
  }

  @Test
  void nothingIsSentInTheClearByMistake() {
    GreenMail plain = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    plain.start();
    try {
      String address = "127.0.0.1:" + plain.getSmtp().getPort();
      Channel channel = open("server", address, "tls", "starttls", "user", "");
      assertThatThrownBy(() -> channel.deliver(firing("checkout")))
          .hasMessageContaining("STARTTLS");
      assertThat(plain.getReceivedMessages()).isEmpty();
    } finally {
      plain.stop();
    }
  }

  @Test
  void aNameDoesNotBecomeAHeader() throws Exception {
    open().deliver(firing(NASTY));
    MimeMessage message = server.getReceivedMessages()[0];
    assertThat(message.getHeader("Bcc")).isNull();
    assertThat(message.getSubject()).contains("😀");
    assertThat(message.getAllRecipients()).hasSize(1);
  }
}
