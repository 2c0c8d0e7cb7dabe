package dev.thaw.collector.alert.channel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Posts to an incoming webhook of Slack, or of what speaks the same (Mattermost, Rocket.Chat,
 * Discord with {@code /slack}): a text, and an attachment with a colour for each alert.
 */
final class Slack extends HttpChannel {

  private static final ObjectMapper JSON = new ObjectMapper();

  Slack(Options options) {
    super(options, options.address("url", null));
  }

  @Override
  public void deliver(Message message) throws NotDelivered {
    ObjectNode body = JSON.createObjectNode();
    body.put("text", "*" + escaped(message.headline()) + "*");
    for (Message.Item item : message.items()) {
      ObjectNode attachment = body.withArray("attachments").addObject();
      attachment.put("color", item.isFiring() ? "#d1242f" : "#1a7f37");
      attachment.put("title", item.function() + ": " + item.finding());
      attachment.put("title_link", item.url());
      attachment.put("fallback", item.function() + ": " + item.finding());
      attachment.put("text", text(item));
      attachment.put("footer", item.rule() + ": " + item.condition());
      attachment.put("ts", item.sinceMs() / 1000);
    }
    if (message.more() > 0) {
      body.withArray("attachments")
          .addObject()
          .put("text", "<" + message.url() + "|and " + message.more() + " more>");
    }
    post(body.toString(), Map.of());
  }

  private static String text(Message.Item item) {
    StringBuilder text = new StringBuilder();
    item.reasons().forEach(reason -> text.append(escaped(reason)).append('\n'));
    Message.Example example = item.example();
    if (example != null) {
      text.append('<').append(example.url()).append("|Trace> ");
    }
    if (!item.runbook().isEmpty()) {
      text.append('<').append(item.runbook()).append("|What to do>");
    }
    return text.toString().strip();
  }

  /** The three characters that mean something to Slack. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
