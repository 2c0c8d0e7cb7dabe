package dev.thaw.collector.alert.channel;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.List;
import java.util.Properties;

/**
 * Sends mail over SMTP (RFC 5321), encrypted: by STARTTLS (RFC 3207), or from the start; not
 * encrypted only where the file says so.
 */
final class Email implements Channel {

  private static final String TIMEOUT_MS = "15000";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz").withZone(ZoneId.systemDefault());

  private final String name;
  private final String host;
  private final int port;
  private final String user;
  private final String password;
  private final InternetAddress from;
  private final InternetAddress[] to;
  private final Session session;
  private final String protocol;

  Email(Options options) {
    name = options.name();
    String server = options.required("server", "smtp.example.com:587");
    String[] parts = server.split(":", 2);
    host = parts[0];
    String tls = options.text("tls", "starttls");
    if (!List.of("starttls", "tls", "none").contains(tls)) {
      throw options.wrong("tls is '" + tls + "'; use starttls, tls or none");
    }
    port = port(options, parts, tls);
    user = options.text("user", "");
    password = options.text("password", "");
    from = address(options, "from", options.required("from", "thaw@example.com"));
    List<String> receivers = options.texts("to");
    if (receivers.isEmpty()) {
      throw options.wrong("to is missing; write to: oncall@example.com");
    }
    to =
        receivers.stream()
            .map(text -> address(options, "to", text))
            .toArray(InternetAddress[]::new);
    protocol = tls.equals("tls") ? "smtps" : "smtp";
    session = Session.getInstance(properties(options, tls));
  }

  private static int port(Options options, String[] parts, String tls) {
    if (parts.length == 1) {
      return tls.equals("tls") ? 465 : 587;
    }
    if (!parts[1].matches("\\d{1,5}")) {
      throw options.wrong("server is '" + parts[0] + ":" + parts[1] + "'; write name:port");
    }
    return Integer.parseInt(parts[1]);
  }

  private static InternetAddress address(Options options, String key, String text) {
    try {
      return new InternetAddress(text, true);
    } catch (AddressException e) {
      throw options.wrong(key + " is '" + text + "', which is no mail address");
    }
  }

  private Properties properties(Options options, String tls) {
    Properties properties = new Properties();
    String prefix = "mail." + (tls.equals("tls") ? "smtps" : "smtp") + ".";
    properties.setProperty(prefix + "connectiontimeout", TIMEOUT_MS);
    properties.setProperty(prefix + "timeout", TIMEOUT_MS);
    properties.setProperty(prefix + "writetimeout", TIMEOUT_MS);
    properties.setProperty(prefix + "auth", Boolean.toString(!user.isEmpty()));
    properties.setProperty(prefix + "starttls.required", Boolean.toString(tls.equals("starttls")));
    properties.setProperty(prefix + "starttls.enable", Boolean.toString(!tls.equals("none")));
    properties.setProperty(prefix + "ssl.checkserveridentity", "true");
    String trusted = options.text("trust", "");
    if (!trusted.isEmpty()) {
      // A server whose certificate nobody has signed.
      properties.setProperty(prefix + "ssl.trust", trusted);
      properties.setProperty(prefix + "ssl.checkserveridentity", "false");
    }
    return properties;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return "email";
  }

  @Override
  public String target() {
    return InternetAddress.toString(to);
  }

  @Override
  public void deliver(Message message) throws NotDelivered {
    try (Transport transport = session.getTransport(protocol)) {
      MimeMessage mail = new MimeMessage(session);
      mail.setFrom(from);
      mail.setRecipients(jakarta.mail.Message.RecipientType.TO, to);
      mail.setSubject("[Thaw] " + message.headline().replaceAll("\\p{Cntrl}", " "), "UTF-8");
      mail.setSentDate(new Date(message.sentMs()));
      mail.setText(text(message), StandardCharsets.UTF_8.name());
      mail.setHeader("X-Thaw-Delivery", message.id());
      // What belongs together stands together in a mail program.
      mail.setHeader(
          "References", "<" + Integer.toHexString(message.group().hashCode()) + "@thaw>");
      transport.connect(host, port, user.isEmpty() ? null : user, user.isEmpty() ? null : password);
      mail.saveChanges();
      transport.sendMessage(mail, to);
    } catch (AuthenticationFailedException e) {
      throw new NotDelivered(host + " does not take user and password: " + e.getMessage());
    } catch (MessagingException e) {
      throw new NotDelivered(host + ":" + port + ": " + e.getMessage());
    }
  }

  private static String text(Message message) {
    StringBuilder text = new StringBuilder(message.headline()).append("\n");
    for (Message.Item item : message.items()) {
      text.append('\n').append(item.function()).append(": ").append(item.finding()).append('\n');
      text.append("  rule: ")
          .append(item.rule())
          .append(" (")
          .append(item.condition())
          .append(")\n");
      text.append("  since: ")
          .append(TIME.format(Instant.ofEpochMilli(item.sinceMs())))
          .append('\n');
      Long resolved = item.resolvedMs();
      if (resolved != null) {
        text.append("  until: ").append(TIME.format(Instant.ofEpochMilli(resolved))).append('\n');
      }
      item.reasons().forEach(reason -> text.append("  ").append(reason).append('\n'));
      text.append("  ").append(item.url()).append('\n');
      Message.Example example = item.example();
      if (example != null) {
        text.append("  trace: ").append(example.url()).append('\n');
      }
      if (!item.runbook().isEmpty()) {
        text.append("  what to do: ").append(item.runbook()).append('\n');
      }
    }
    if (message.more() > 0) {
      text.append("\nand ").append(message.more()).append(" more\n");
    }
    return text.append("\nAll alerts: ").append(message.url()).append('\n').toString();
  }
}
