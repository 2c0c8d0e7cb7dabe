package dev.thaw.agent.client;

import java.util.Locale;

/**
 * A statement's text without its values, and what it does in two words (OpenTelemetry database
 * conventions, «Sanitization of db.query.text» and «Generating a summary»). It knows strings,
 * numbers and comments of the common dialects, and no grammar.
 */
final class JdbcText {

  /** A longer statement is cut. */
  private static final int LONGEST = 2000;

  private static final String[] OPERATIONS = {
    "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "CALL", "CREATE", "ALTER", "DROP",
    "TRUNCATE", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SET", "SHOW", "EXPLAIN", "UPSERT", "COPY"
  };

  private JdbcText() {}

  /**
   * @param isMySql whether text stands between double quotes, too, which hold names elsewhere, and
   *     whether a backslash in a text hides the next character, which it does elsewhere only in
   *     PostgreSQL's {@code E''}
   */
  static String withoutLiterals(String sql, boolean isMySql) {
    StringBuilder out = new StringBuilder(Math.min(sql.length(), LONGEST));
    int at = 0;
    while (at < sql.length() && out.length() < LONGEST) {
      char c = sql.charAt(at);
      if (c == '\'' || (c == '"' && isMySql)) {
        out.append('?');
        at = afterQuoted(sql, at, c, isMySql || isEscapeString(sql, at));
      } else if (c == '"' || c == '`') {
        int end = afterQuoted(sql, at, c, false);
        out.append(sql, at, end);
        at = end;
      } else if (c == '$' && dollarTag(sql, at) > 0) {
        int tag = dollarTag(sql, at);
        int end = sql.indexOf(sql.substring(at, at + tag), at + tag);
        out.append('?');
        at = end < 0 ? sql.length() : end + tag;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        at = end < 0 ? sql.length() : end + 2;
      } else if (isDigit(c) && !isWordBefore(sql, at)) {
        out.append('?');
        at = afterNumber(sql, at);
      } else {
        out.append(c);
        at++;
      }
    }
    return at < sql.length() ? out + "..." : out.toString();
  }

  /** Whether the quote is that of PostgreSQL's {@code E'...'}. */
  private static boolean isEscapeString(String sql, int quote) {
    return quote > 0
        && (sql.charAt(quote - 1) == 'E' || sql.charAt(quote - 1) == 'e')
        && !isWordBefore(sql, quote - 1);
  }

  /**
   * Doubled quotes stand for themselves.
   *
   * @param backslash whether it hides the next character
   */
  private static int afterQuoted(String sql, int start, char quote, boolean backslash) {
    int at = start + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\\' && backslash) {
        at += 2;
      } else if (c != quote) {
        at++;
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return sql.length();
  }

  /** The length of PostgreSQL's {@code $tag$}; 0 when there is none here. */
  private static int dollarTag(String sql, int start) {
    int at = start + 1;
    while (at < sql.length() && (Character.isLetter(sql.charAt(at)) || sql.charAt(at) == '_')) {
      at++;
    }
    return at < sql.length() && sql.charAt(at) == '$' ? at - start + 1 : 0;
  }

  private static int afterNumber(String sql, int start) {
    int at = start;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      boolean exponentsSign =
          (c == '+' || c == '-') && (sql.charAt(at - 1) | 0x20) == 'e' && !isHex(sql, start);
      if (!Character.isLetterOrDigit(c) && c != '.' && !exponentsSign) {
        break;
      }
      at++;
    }
    return at;
  }

  private static boolean isHex(String sql, int start) {
    return sql.startsWith("0x", start) || sql.startsWith("0X", start);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordBefore(String sql, int at) {
    if (at == 0) {
      return false;
    }
    char before = sql.charAt(at - 1);
    return Character.isLetterOrDigit(before) || before == '_' || before == '$' || before == '@';
  }

  /**
   * The operation and what it works on, such as {@code SELECT orders}.
   *
   * @param text a statement without its values
   */
  static String summary(String text) {
    String[] words = new String[64];
    int count = split(text, words);
    String operation = count == 0 ? "" : words[0].toUpperCase(Locale.ROOT);
    if (!isKnown(operation)) {
      return "SQL";
    }
    String after = before(operation);
    for (int i = 1; i < count - 1; i++) {
      if (after.contains(" " + words[i].toUpperCase(Locale.ROOT) + " ")) {
        int name = i + 1;
        while (name < count && " IF NOT EXISTS ONLY ".contains(" " + words[name] + " ")) {
          name++;
        }
        return name < count ? operation + " " + words[name] : operation;
      }
    }
    boolean namesItAtOnce = operation.equals("UPDATE") || operation.equals("CALL");
    return namesItAtOnce && count > 1 ? operation + " " + words[1] : operation;
  }

  /** The words that the name of a table follows. */
  private static String before(String operation) {
    switch (operation) {
      case "SELECT":
      case "DELETE":
      case "WITH":
        return " FROM ";
      case "INSERT":
      case "MERGE":
      case "REPLACE":
      case "UPSERT":
        return " INTO ";
      case "CREATE":
      case "ALTER":
      case "DROP":
      case "TRUNCATE":
        return " TABLE ";
      default:
        return "";
    }
  }

  private static boolean isKnown(String operation) {
    for (int i = 0; i < OPERATIONS.length; i++) {
      if (OPERATIONS[i].equals(operation)) {
        return true;
      }
    }
    return false;
  }

  /** Words and quoted names; as many as there is room for. */
  private static int split(String text, String[] words) {
    int count = 0;
    int at = 0;
    while (at < text.length() && count < words.length) {
      char c = text.charAt(at);
      if (Character.isLetterOrDigit(c) || c == '_' || c == '"' || c == '`' || c == '[') {
        int end = at + 1;
        while (end < text.length() && isOfName(text.charAt(end))) {
          end++;
        }
        words[count++] = text.substring(at, end);
        at = end;
      } else {
        at++;
      }
    }
    return count;
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || "_.$\"`[]".indexOf(c) >= 0;
  }
}
