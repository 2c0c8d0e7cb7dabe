package dev.thaw.collector.receive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What nobody should find in a trace: values whose key says that they are secret, and passwords,
 * tokens, keys and e-mail addresses inside other texts. Each text is gone through a fixed number of
 * times, whatever is in it. Thread-safe.
 */
final class Secrets {

  /** What stands in place of what was taken out. */
  static final String WITHHELD = "[redacted]";

  /** A key is secret when its letters and digits hold one of these. */
  private static final List<String> WORDS =
      List.of(
          "password",
          "passwd",
          "secret",
          "token",
          "apikey",
          "accesskey",
          "privatekey",
          "credential",
          "authorization",
          "cookie");

  /** What only names or counts a secret. */
  private static final List<String> HARMLESS =
      List.of("arn", "name", "type", "version", "count", "tokens", "length", "url", "uri");

  /**
   * One of each that {@link #cleaned} looks for: an address or a mailbox, a pair, a pair in JSON, a
   * bearer and a private key (which have a space), a web token, a key of AWS.
   */
  private static final boolean[] SIGNS = signs("@=\" JI");

  private static final int LONGEST_KEY = 64;
  private static final int MOST_KEYS_KNOWN = 10_000;
  private static final int MOST_ROUNDS = 4;
  private static final int SHORTEST_TOKEN = 8;
  private static final int AWS_KEY_LENGTH = 20;

  private final boolean isForSecrets;
  private final boolean isForEmails;
  private final List<String> moreWords;
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();

  /**
   * @param moreWords letters and digits, in lower case, that make a key secret as well
   */
  Secrets(boolean isForSecrets, boolean isForEmails, List<String> moreWords) {
    this.isForSecrets = isForSecrets;
    this.isForEmails = isForEmails;
    this.moreWords = List.copyOf(moreWords);
  }

  private static boolean[] signs(String all) {
    boolean[] signs = new boolean[128];
    for (char sign : all.toCharArray()) {
      signs[sign] = true;
    }
    return signs;
  }

  /** Whether a text under this key is to be taken out as a whole. */
  boolean isSecret(String key) {
    Boolean answer = known.get(key);
    if (answer == null) {
      answer = isSecretName(key);
      if (known.size() < MOST_KEYS_KNOWN) {
        known.put(key, answer);
      }
    }
    return answer;
  }

  private boolean isSecretName(String name) {
    StringBuilder letters = new StringBuilder(name.length());
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (Character.isLetterOrDigit(lower.charAt(i))) {
        letters.append(lower.charAt(i));
      }
    }
    String plain = letters.toString();
    if (moreWords.stream().anyMatch(plain::contains)) {
      return true;
    }
    return isForSecrets
        && WORDS.stream().anyMatch(plain::contains)
        && HARMLESS.stream().noneMatch(plain::endsWith);
  }

  /** The text without them; the same object when there are none. */
  String without(String text) {
    String clean = text;
    // What is taken out may bring together what was apart.
    for (int i = 0; i < MOST_ROUNDS; i++) {
      String cleaner = cleaned(clean);
      if (cleaner.equals(clean)) {
        return clean;
      }
      clean = cleaner;
    }
    return clean;
  }

  /** Most texts are short and hold none of the signs of which any secret has one. */
  private static boolean hasNoSign(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < SIGNS.length && SIGNS[c]) {
        return false;
      }
    }
    return true;
  }

  private String cleaned(String text) {
    if (hasNoSign(text)) {
      return text;
    }
    String clean = text;
    if (isForSecrets) {
      if (clean.indexOf("://") >= 0 && clean.indexOf('@') >= 0) {
        clean = withoutUserInfo(clean);
      }
      if (clean.indexOf('=') >= 0 || clean.indexOf("\":") >= 0) {
        clean = withoutPairs(clean);
      }
      if (clean.indexOf("earer ") >= 0) {
        clean = withoutBearers(clean);
      }
      if (clean.indexOf("eyJ") >= 0) {
        clean = withoutJsonWebTokens(clean);
      }
      if (clean.indexOf("AKIA") >= 0 || clean.indexOf("ASIA") >= 0) {
        clean = withoutAwsKeys(clean);
      }
      if (clean.indexOf("PRIVATE KEY-----") >= 0) {
        clean = withoutPrivateKeys(clean);
      }
    }
    return isForEmails && clean.indexOf('@') >= 0 ? withoutEmails(clean) : clean;
  }

  /** {@code https://user:password@host}. */
  private static String withoutUserInfo(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    for (int at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
      int end = at + 3;
      while (end < text.length() && "/@?# \n\"'".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      if (end < text.length() && text.charAt(end) == '@' && end > at + 3 && at + 3 >= done) {
        clean.append(text, done, at + 3).append(WITHHELD);
        done = end;
      }
    }
    return done == 0 ? text : clean.append(text, done, text.length()).toString();
  }

  /** {@code password=abc}, {@code token = 'abc'}, {@code "secret":"abc"}. */
  private String withoutPairs(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      boolean isPair = c == '=' || c == ':' && at > 0 && text.charAt(at - 1) == '"';
      if (!isPair || at < done || !isSecretBefore(text, at)) {
        continue;
      }
      int from = at + 1;
      while (from < text.length() && text.charAt(from) == ' ') {
        from++;
      }
      boolean isQuoted = from < text.length() && "\"'".indexOf(text.charAt(from)) >= 0;
      int end = isQuoted ? from + 1 : from;
      String ends = isQuoted ? text.substring(from, from + 1) : " \n\t&;,)}]\"'";
      while (end < text.length() && ends.indexOf(text.charAt(end)) < 0) {
        end++;
      }
      int begin = isQuoted ? from + 1 : from;
      if (end > begin && !text.startsWith(WITHHELD, begin)) {
        clean.append(text, done, begin).append(WITHHELD);
        done = end;
      }
    }
    return done == 0 ? text : clean.append(text, done, text.length()).toString();
  }

  /** Whether the word before the sign at this place is a secret's name. */
  private boolean isSecretBefore(String text, int sign) {
    int end = sign;
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '"')) {
      end--;
    }
    int begin = end;
    while (begin > 0 && end - begin < LONGEST_KEY && isOfKey(text.charAt(begin - 1))) {
      begin--;
    }
    return begin < end && isSecret(text.substring(begin, end));
  }

  private static boolean isOfKey(char c) {
    return isAlphanumeric(c) || c == '_' || c == '-' || c == '.';
  }

  private static boolean isAlphanumeric(char c) {
    return c < 128 && Character.isLetterOrDigit(c);
  }

  /** {@code Bearer abc} (RFC 6750). */
  private static String withoutBearers(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    for (int at = text.indexOf("earer "); at >= 0; at = text.indexOf("earer ", at + 6)) {
      int begin = at + 6;
      int end = begin;
      while (end < text.length()
          && (isOfKey(text.charAt(end)) || "~+/=".indexOf(text.charAt(end)) >= 0)) {
        end++;
      }
      if (end - begin >= SHORTEST_TOKEN && begin >= done) {
        clean.append(text, done, begin).append(WITHHELD);
        done = end;
      }
    }
    return done == 0 ? text : clean.append(text, done, text.length()).toString();
  }

  /** Three parts in base64url with dots between them (RFC 7519). */
  private static String withoutJsonWebTokens(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    for (int at = text.indexOf("eyJ"); at >= 0; at = text.indexOf("eyJ", at + 3)) {
      if (at < done) {
        continue;
      }
      int end = at;
      int dots = 0;
      while (end < text.length() && isOfKey(text.charAt(end))) {
        dots += text.charAt(end++) == '.' ? 1 : 0;
      }
      if (dots >= 2) {
        clean.append(text, done, at).append(WITHHELD);
      } else {
        clean.append(text, done, end);
      }
      done = end;
    }
    return same(clean.append(text, done, text.length()), text);
  }

  /** The ids of AWS's access keys: AKIA or ASIA and sixteen capitals and digits. */
  private static String withoutAwsKeys(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    int length = text.length();
    for (int at = 0; at + AWS_KEY_LENGTH <= length; at++) {
      if (text.startsWith("AKIA", at) || text.startsWith("ASIA", at)) {
        int end = at;
        while (end < length && isAlphanumeric(text.charAt(end))) {
          end++;
        }
        boolean isWhole = at == 0 || !isAlphanumeric(text.charAt(at - 1));
        if (isWhole && end - at == AWS_KEY_LENGTH) {
          clean.append(text, done, at).append(WITHHELD);
          done = end;
        }
        at = end - 1;
      }
    }
    return done == 0 ? text : clean.append(text, done, length).toString();
  }

  /** PEM (RFC 7468); without an end, all that follows. */
  private static String withoutPrivateKeys(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    while (true) {
      int at = text.indexOf("PRIVATE KEY-----", done);
      int begin = at < 0 ? -1 : text.lastIndexOf("-----BEGIN", at);
      if (begin < done) {
        return same(clean.append(text, done, text.length()), text);
      }
      int footer = text.indexOf("PRIVATE KEY-----", at + 1);
      clean.append(text, done, begin).append(WITHHELD);
      done = footer < 0 ? text.length() : footer + "PRIVATE KEY-----".length();
    }
  }

  private static String withoutEmails(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int done = 0;
    for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      int begin = at;
      while (begin > done && isOfMailbox(text.charAt(begin - 1))) {
        begin--;
      }
      int end = at + 1;
      while (end < text.length() && isOfHost(text.charAt(end))) {
        end++;
      }
      while (end > at + 1 && "-.".indexOf(text.charAt(end - 1)) >= 0) {
        end--;
      }
      if (begin < at && endsInTopLevelDomain(text, at + 1, end)) {
        clean.append(text, done, begin).append(WITHHELD);
        done = end;
      }
    }
    return done == 0 ? text : clean.append(text, done, text.length()).toString();
  }

  private static boolean isOfMailbox(char c) {
    return isOfKey(c) || c == '%' || c == '+';
  }

  private static boolean isOfHost(char c) {
    return isAlphanumeric(c) || c == '-' || c == '.';
  }

  /** Unlike a version behind the name of a module, which is written with the same sign. */
  private static boolean endsInTopLevelDomain(String text, int from, int to) {
    int first = to;
    while (first > from && Character.isLetter(text.charAt(first - 1))) {
      first--;
    }
    return to - first >= 2 && first > from + 1 && text.charAt(first - 1) == '.';
  }

  private static String same(StringBuilder clean, String text) {
    return text.contentEquals(clean) ? text : clean.toString();
  }
}
