package dev.thaw.collector.alert.channel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The list of channels. Adding one is one file and one line here; see docs/adding-a-channel.md. */
public final class Channels {

  private static final Map<String, Function<Options, Channel>> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("webhook", Webhook::new);
    TYPES.put("slack", Slack::new);
    TYPES.put("email", Email::new);
    TYPES.put("pagerduty", PagerDuty::new);
    TYPES.put("alertmanager", Alertmanager::new);
    TYPES.put("command", Command::new);
  }

  private Channels() {}

  /**
   * @throws IllegalArgumentException when there is something wrong with it; the message names the
   *     channel and says what to write
   */
  public static Channel open(Options options) {
    Function<Options, Channel> type = TYPES.get(options.type());
    if (type == null) {
      throw options.wrong(
          "type is '" + options.type() + "'; use " + String.join(", ", TYPES.keySet()));
    }
    Channel channel = type.apply(options);
    options.end();
    return channel;
  }
}
