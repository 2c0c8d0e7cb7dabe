package dev.thaw.collector.alert;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a rule's value is measured in, how it is written in a file, and how it is said. */
public enum Unit {
  /** A number of things. */
  COUNT("a number such as 3") {
    @Override
    double read(String text) {
      return number(text, text);
    }

    @Override
    public String write(double value) {
      return plain(value, 2);
    }
  },
  /** A share, in percent. */
  PERCENT("a share such as 5%") {
    @Override
    double read(String text) {
      if (!text.endsWith("%")) {
        throw notThis(text);
      }
      return number(text.substring(0, text.length() - 1).strip(), text);
    }

    @Override
    public String write(double value) {
      return plain(value, value < 10 ? 1 : 0) + "%";
    }
  },
  /** A time, in milliseconds. */
  DURATION("a time such as 800ms, 2s, 5m, 1h or 7d") {
    @Override
    double read(String text) {
      Matcher matcher = TIME.matcher(text);
      if (!matcher.matches()) {
        throw notThis(text);
      }
      double amount = number(matcher.group(1), text);
      return switch (matcher.group(2)) {
        case "ms" -> amount;
        case "s" -> amount * 1000;
        case "m" -> amount * 60_000;
        case "h" -> amount * 3_600_000;
        default -> amount * 86_400_000;
      };
    }

    @Override
    public String write(double value) {
      if (value >= 60_000) {
        long seconds = Math.round(value / 1000);
        String[] words = {"d", "h", "m", "s"};
        long[] sizes = {86_400, 3600, 60, 1};
        StringBuilder text = new StringBuilder();
        for (int i = 0, parts = 0; i < sizes.length && parts < 2; i++) {
          if (seconds >= sizes[i]) {
            text.append(seconds / sizes[i]).append(words[i]);
            seconds %= sizes[i];
            parts++;
          }
        }
        return text.toString();
      }
      return value >= 1000 ? plain(value / 1000, 2) + "s" : plain(value, value < 10 ? 1 : 0) + "ms";
    }
  },
  /** US dollars. */
  MONEY("an amount in dollars such as $0.50") {
    @Override
    double read(String text) {
      if (!text.startsWith("$")) {
        throw notThis(text);
      }
      return number(text.substring(1).strip(), text);
    }

    @Override
    public String write(double value) {
      return "$" + (value != 0 && value < 0.01 ? plain(value, 6) : plain(value, 2));
    }
  };

  private static final Pattern TIME = Pattern.compile("([0-9.]+)\\s*(ms|s|m|h|d)");
  private static final double MOST = 1e12;

  private final String form;

  Unit(String form) {
    this.form = form;
  }

  /**
   * @throws IllegalArgumentException when it is not of this unit; the message says what to write
   */
  abstract double read(String text);

  /** As {@link #read} takes it, rounded to what people look at. */
  public abstract String write(double value);

  /** What to write, as an example. */
  public String form() {
    return form;
  }

  /** As the API names it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  IllegalArgumentException notThis(String text) {
    return new IllegalArgumentException("is '" + text + "'; write " + form);
  }

  double number(String digits, String whole) {
    try {
      double value = Double.parseDouble(digits);
      if (value >= 0 && value <= MOST && !digits.matches(".*[a-zA-Z].*")) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw notThis(whole);
  }

  static String plain(double value, int digits) {
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return digits == 0 ? text : new BigDecimal(text).stripTrailingZeros().toPlainString();
  }
}
