package dev.thaw.collector.alert.channel;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The list of channels. Adding one is one file and one line here; see docs/adding-a-channel.md. */
public final class Channels implements AutoCloseable {

  private final List<Channel> all = new ArrayList<>();

  public Channels(List<URI> webhooks, MeterRegistry metrics) {
    webhooks.forEach(address -> all.add(new Webhook(address, metrics)));
  }

  public void send(String json) {
    all.forEach(channel -> channel.send(json));
  }

  @Override
  public void close() {
    all.forEach(Channel::close);
  }
}
