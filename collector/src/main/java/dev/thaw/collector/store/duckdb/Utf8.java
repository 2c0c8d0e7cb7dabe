package dev.thaw.collector.store.duckdb;

import java.nio.charset.StandardCharsets;

/**
 * Texts in the form that the engine takes: names and most values of attributes come again and
 * again, and as the same object. Not thread-safe.
 */
final class Utf8 {

  private static final int PLACES = 4096;
  private static final int LONGEST = 128;

  private final String[] texts = new String[PLACES];
  private final byte[][] bytes = new byte[PLACES][];

  /** Not to be changed. */
  byte[] of(String text) {
    int place = text.hashCode() & PLACES - 1;
    if (texts[place] == text) {
      return bytes[place];
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (text.length() <= LONGEST) {
      texts[place] = text;
      bytes[place] = encoded;
    }
    return encoded;
  }
}
