package dev.thaw.collector.alert;

/**
 * Something that is wrong with a file of rules.
 *
 * @param line from 1; 0 when it is about the whole file
 * @param column from 1; 0 when it is about the whole file
 * @param message what is wrong, and what to write
 */
public record Problem(int line, int column, String message) {

  @Override
  public String toString() {
    return line == 0 ? message : line + ":" + column + ": " + message;
  }
}
