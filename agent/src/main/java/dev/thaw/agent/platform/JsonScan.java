package dev.thaw.agent.platform;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads chosen fields of a JSON object (RFC 8259) and passes over the rest without making objects
 * of it.
 *
 * <p>Of its own and not Jackson's: it runs before the first response of a cold start when the
 * function makes a call, and a parser of some hundred classes would be most of the agent's cost.
 * What is not JSON gives an empty answer, never an exception; nesting, list length and text length
 * are limited.
 */
final class JsonScan {

  private static final int MOST_DEPTH = 8;
  private static final int MOST_ITEMS = 10_000;
  private static final int LONGEST_TEXT = 8192;

  /** Large fields of records that carry no context: their content is the user's own. */
  private static final String[] PASSED_OVER = {"data", "Message", "value"};

  /** Text that may hold an envelope: where it is, is kept, and it is read when somebody asks. */
  private static final String ENVELOPE = "body";

  /** A text that nobody has read. */
  static final class Unread {
    private final byte[] json;
    private final int start;
    private final int end;

    Unread(byte[] json, int start, int end) {
      this.json = json;
      this.start = start;
      this.end = end;
    }

    /** Chosen fields of the JSON object that the text is; empty when it is none. */
    Map<String, Object> fields(String[] wanted) {
      if (start == end || json[start] != '{') {
        return Collections.emptyMap();
      }
      String raw = new String(json, start, end - start, StandardCharsets.UTF_8);
      return topLevel(unescape(raw).getBytes(StandardCharsets.UTF_8), wanted);
    }
  }

  private final byte[] json;
  private int at;

  private JsonScan(byte[] json) {
    this.json = json;
  }

  /**
   * @param fields the fields wanted
   * @return those that are there: String, Boolean, Double, Map or List values; empty when it is not
   *     a JSON object
   */
  static Map<String, Object> topLevel(byte[] json, String[] fields) {
    JsonScan scan = new JsonScan(json);
    try {
      scan.space();
      if (scan.peek() != '{') {
        return Collections.emptyMap();
      }
      return scan.object(fields, 0);
    } catch (IndexOutOfBoundsException | IllegalStateException e) {
      return Collections.emptyMap();
    }
  }

  @SuppressWarnings("unchecked")
  static @Nullable Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map ? (Map<String, Object>) value : null;
  }

  @SuppressWarnings("unchecked")
  static @Nullable List<Object> list(@Nullable Object value) {
    return value instanceof List ? (List<Object>) value : null;
  }

  private Map<String, Object> object(String @Nullable [] wanted, int depth) {
    Map<String, Object> fields = new HashMap<>();
    at++;
    space();
    if (peek() == '}') {
      at++;
      return fields;
    }
    while (true) {
      space();
      String key = string(true);
      space();
      expect(':');
      space();
      boolean keep =
          (wanted == null ? !contains(PASSED_OVER, key) : contains(wanted, key))
              && depth < MOST_DEPTH
              && fields.size() < MOST_ITEMS;
      Object value =
          keep && wanted == null && key.equals(ENVELOPE) && peek() == '"'
              ? unread()
              : value(keep, depth + 1);
      if (keep && value != null) {
        fields.put(key, value);
      }
      space();
      if (peek() == '}') {
        at++;
        return fields;
      }
      expect(',');
    }
  }

  private List<Object> array(boolean keep, int depth) {
    List<Object> items = keep ? new ArrayList<>() : Collections.emptyList();
    at++;
    space();
    if (peek() == ']') {
      at++;
      return items;
    }
    while (true) {
      space();
      boolean keepItem = keep && items.size() < MOST_ITEMS;
      Object item = value(keepItem, depth + 1);
      if (keepItem && item != null) {
        items.add(item);
      }
      space();
      if (peek() == ']') {
        at++;
        return items;
      }
      expect(',');
    }
  }

  private @Nullable Object value(boolean keep, int depth) {
    switch (peek()) {
      case '{':
        if (keep && depth < MOST_DEPTH) {
          return object(null, depth);
        }
        passOver();
        return null;
      case '[':
        if (keep && depth < MOST_DEPTH) {
          return array(true, depth);
        }
        passOver();
        return null;
      case '"':
        return string(keep);
      case 't':
        word("true");
        return Boolean.TRUE;
      case 'f':
        word("false");
        return Boolean.FALSE;
      case 'n':
        word("null");
        return null;
      default:
        return number();
    }
  }

  /**
   * A whole object or array, by counting brackets: no recursion, so no depth of nesting can
   * overflow the stack.
   */
  private void passOver() {
    int open = 0;
    do {
      byte b = json[at];
      if (b == '"') {
        string(false);
        continue;
      }
      if (b == '{' || b == '[') {
        open++;
      } else if (b == '}' || b == ']') {
        open--;
      }
      at++;
    } while (open > 0);
  }

  private Unread unread() {
    int start = at + 1;
    string(false);
    return new Unread(json, start, at - 1);
  }

  /** The text, without its escapes undone where it is not kept. */
  private String string(boolean keep) {
    expect('"');
    int start = at;
    boolean escaped = false;
    while (json[at] != '"') {
      if (json[at] == '\\') {
        escaped = true;
        at++;
      }
      at++;
    }
    int end = at++;
    if (!keep) {
      return "";
    }
    int length = Math.min(end - start, LONGEST_TEXT);
    String raw = new String(json, start, length, StandardCharsets.UTF_8);
    return escaped ? unescape(raw) : raw;
  }

  private static String unescape(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\' || i + 1 == raw.length()) {
        text.append(c);
        continue;
      }
      char escape = raw.charAt(++i);
      switch (escape) {
        case 'n':
          text.append('\n');
          break;
        case 't':
          text.append('\t');
          break;
        case 'r':
          text.append('\r');
          break;
        case 'b':
          text.append('\b');
          break;
        case 'f':
          text.append('\f');
          break;
        case 'u':
          if (i + 4 < raw.length()) {
            try {
              text.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
            } catch (NumberFormatException e) {
              throw new IllegalStateException("bad escape", e);
            }
            i += 4;
          }
          break;
        default:
          text.append(escape);
      }
    }
    return text.toString();
  }

  private Object number() {
    int start = at;
    while (at < json.length && "+-0123456789.eE".indexOf(json[at]) >= 0) {
      at++;
    }
    if (at == start) {
      throw new IllegalStateException("not JSON");
    }
    // Kept as text: what is looked at are whole numbers of any size.
    return new String(json, start, at - start, StandardCharsets.ISO_8859_1);
  }

  private void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
  }

  private void space() {
    while (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t') {
      at++;
    }
  }

  private byte peek() {
    return json[at];
  }

  private void expect(char c) {
    if (json[at++] != c) {
      throw new IllegalStateException("not JSON");
    }
  }

  private static boolean contains(String[] words, String word) {
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals(word)) {
        return true;
      }
    }
    return false;
  }
}
