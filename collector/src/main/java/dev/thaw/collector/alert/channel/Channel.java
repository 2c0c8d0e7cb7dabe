package dev.thaw.collector.alert.channel;

/** A way in which alerts leave. An implementation MUST NOT block the caller and MUST NOT throw. */
public interface Channel extends AutoCloseable {

  /**
   * @param json the alert as docs/alerts.md shows it
   */
  void send(String json);

  @Override
  void close();
}
