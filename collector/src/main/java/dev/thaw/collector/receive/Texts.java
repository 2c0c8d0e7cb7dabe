package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts out of UTF-8. The same keys and values come with almost every span: a short text that came
 * twice lately is the same object from then on, which costs no memory. Thread-safe: two threads may
 * at worst make the same text twice.
 */
final class Texts {

  private static final int PLACES = 1 << 13;
  private static final int LONGEST_KEPT = 48;

  private record Kept(byte[] bytes, String text) {}

  private final @Nullable Kept[] kept = new Kept[PLACES];

  /**
   * The hash of the text that last came to a place and was not the one that is kept. Only what
   * comes twice in a row is kept: an id comes once, and would drive out what comes again.
   */
  private final int[] candidates = new int[PLACES];

  /**
   * @throws InvalidProtocolBufferException when it is not UTF-8
   */
  String read(byte[] bytes, int from, int length) throws InvalidProtocolBufferException {
    if (length == 0) {
      return "";
    }
    if (length > LONGEST_KEPT) {
      return decode(bytes, from, length);
    }
    int hash = 1;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int place = (hash ^ hash >>> 15) & PLACES - 1;
    Kept known = kept[place];
    if (known != null && isSame(known.bytes(), bytes, from, length)) {
      return known.text();
    }
    String text = decode(bytes, from, length);
    if (candidates[place] != hash) {
      candidates[place] = hash;
      return text;
    }
    kept[place] = new Kept(Arrays.copyOfRange(bytes, from, from + length), text);
    return text;
  }

  private static boolean isSame(byte[] known, byte[] bytes, int from, int length) {
    return known.length == length && Arrays.equals(known, 0, length, bytes, from, from + length);
  }

  private static String decode(byte[] bytes, int from, int length)
      throws InvalidProtocolBufferException {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] < 0) {
        return decodeOther(bytes, from, length);
      }
    }
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  private static String decodeOther(byte[] bytes, int from, int length)
      throws InvalidProtocolBufferException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidProtocolBufferException("A text is not UTF-8");
    }
  }
}
