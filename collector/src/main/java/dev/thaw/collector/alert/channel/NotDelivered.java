package dev.thaw.collector.alert.channel;

/** The other side did not take a message. */
public final class NotDelivered extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param why for people; without anything secret
   */
  public NotDelivered(String why) {
    super(why);
  }
}
