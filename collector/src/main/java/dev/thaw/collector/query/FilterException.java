package dev.thaw.collector.query;

/** A filter that can't be read; says where and what to write there. */
public final class FilterException extends IllegalArgumentException {

  private final int position;

  FilterException(String message, int position) {
    super("At character " + (position + 1) + " of the filter: " + message);
    this.position = position;
  }

  /** From 0, in characters. */
  public int position() {
    return position;
  }
}
