package dev.thaw.collector.alert.channel;

import java.time.Duration;

/**
 * A way in which messages leave. It is called by one thread at a time, which waits for it: it MUST
 * come back within a minute, and MUST throw when the other side did not take the message. Trying
 * again is not its business.
 */
public interface Channel extends AutoCloseable {

  /** Unique among the channels; rules name it. */
  String name();

  /** As it is written in the file: webhook, slack, and so on. */
  String type();

  /** Where it leads, for people; without anything secret. */
  String target();

  /**
   * @throws NotDelivered when the other side did not take it; the message says why, and what to do
   */
  void deliver(Message message) throws NotDelivered;

  /** How often a receiver must be told again what fires, because it forgets; zero for never. */
  default Duration refresh() {
    return Duration.ZERO;
  }

  @Override
  default void close() {}
}
