package dev.thaw.collector.query;

import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Filter.Field;
import dev.thaw.collector.model.Filter.Operator;
import dev.thaw.collector.model.LogLine;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a filter such as {@code function = checkout and duration > 2s and cold and attr["user.id"]
 * = "u7"}; docs/reference/filters.md has the whole language. One use each.
 */
public final class FilterText {

  private static final int LONGEST = 2_000;
  private static final int DEEPEST = 30;

  /** Asks for what was logged, wherever in the model it is kept. */
  private static final String LOG = "log";

  private static final String SYMBOLS = "()[]<>=!~";

  private final String text;
  private int at;
  private int depth;

  private FilterText(String text) {
    this.text = text;
  }

  /**
   * @throws FilterException when it can't be read
   */
  public static Filter read(String text) {
    if (text.length() > LONGEST) {
      throw new FilterException("it is longer than " + LONGEST + " characters", LONGEST);
    }
    FilterText reading = new FilterText(text);
    Filter filter = reading.any();
    reading.skipSpaces();
    if (reading.at < text.length()) {
      throw reading.expected("'and', 'or' or the end");
    }
    return filter;
  }

  private Filter any() {
    List<Filter> of = several("or", this::all);
    return of.size() == 1 ? of.get(0) : new Filter.Any(of);
  }

  private Filter all() {
    List<Filter> of = several("and", this::one);
    return of.size() == 1 ? of.get(0) : new Filter.All(of);
  }

  private List<Filter> several(String word, Supplier<Filter> part) {
    List<Filter> of = new ArrayList<>();
    do {
      of.add(part.get());
    } while (isNextWord(word));
    return List.copyOf(of);
  }

  private Filter one() {
    if (++depth > DEEPEST) {
      throw new FilterException("it is nested too deep", at);
    }
    try {
      if (isNextWord("not")) {
        return new Filter.Not(one());
      }
      if (isNext("(")) {
        Filter inner = any();
        if (!isNext(")")) {
          throw expected("')'");
        }
        return inner;
      }
      return term();
    } finally {
      depth--;
    }
  }

  private Filter term() {
    skipSpaces();
    int from = at;
    String word = word();
    if (word.equals("attr") || word.equals("resource")) {
      return attribute(word.equals("resource"));
    }
    if (word.equals(LOG)) {
      return log();
    }
    for (Field field : Field.values()) {
      if (field.word().equals(word)) {
        return field(field);
      }
    }
    at = from;
    throw expected(
        Arrays.stream(Field.values()).map(Field::word).collect(Collectors.joining(", "))
            + ", log, attr[\"key\"] or resource[\"key\"]");
  }

  private Filter log() {
    Operator operator = operator();
    if (operator == null) {
      return new Filter.HasAttribute(false, LogLine.BODY);
    }
    if (operator.orders()) {
      throw new FilterException(
          LOG + " can't be compared with " + operator.sign(), at - operator.sign().length());
    }
    skipSpaces();
    return new Filter.OfAttribute(false, LogLine.BODY, operator, value());
  }

  private Filter attribute(boolean ofResource) {
    if (!isNext("[")) {
      throw expected("[\"key\"]");
    }
    skipSpaces();
    if (at >= text.length() || text.charAt(at) != '"') {
      throw expected("a key in quotes");
    }
    String key = quoted();
    if (!isNext("]")) {
      throw expected("']'");
    }
    int from = at;
    Operator operator = operator();
    if (operator == null) {
      at = from;
      return new Filter.HasAttribute(ofResource, key);
    }
    skipSpaces();
    int valueAt = at;
    boolean isQuoted = at < text.length() && text.charAt(at) == '"';
    String value = value();
    if (!isQuoted && value.matches("-?\\d{1,18}(\\.\\d{1,9})?")) {
      return new Filter.OfAttribute(ofResource, key, operator, Double.valueOf(value));
    }
    if (operator.orders()) {
      throw new FilterException("after " + operator.sign() + " write a number", valueAt);
    }
    return new Filter.OfAttribute(ofResource, key, operator, value);
  }

  private Filter field(Field field) {
    Operator operator = operator();
    if (operator == null) {
      if (field.type() == Filter.Type.TRUTH) {
        return new Filter.OfField(field, Operator.EQUAL, true);
      }
      throw expected(field.type() == Filter.Type.TIME ? "<, <=, >, >=, = or !=" : "=, != or ~");
    }
    boolean fits =
        switch (field.type()) {
          case TEXT -> !operator.orders();
          case TIME -> operator != Operator.CONTAINS;
          case WORD, TRUTH -> operator == Operator.EQUAL || operator == Operator.UNEQUAL;
        };
    if (!fits) {
      throw new FilterException(
          field.word() + " can't be compared with " + operator.sign(),
          at - operator.sign().length());
    }
    skipSpaces();
    int valueAt = at;
    String value = value();
    Object read =
        switch (field.type()) {
          case TEXT -> value;
          case TIME -> nanoseconds(value, valueAt);
          case TRUTH -> truth(value, valueAt);
          case WORD -> number(field, value, valueAt);
        };
    return new Filter.OfField(field, operator, read);
  }

  private static Long number(Field field, String value, int valueAt) {
    List<String> words =
        switch (field) {
          case OUTCOME -> Arrays.stream(Outcome.values()).map(Outcome::word).toList();
          case KIND -> lowerCase(Span.Kind.values());
          default -> lowerCase(Span.Status.values());
        };
    int number = words.indexOf(value.toLowerCase(Locale.ROOT));
    if (number < 0) {
      throw new FilterException(
          field.word() + " is one of " + String.join(", ", words) + ", not '" + value + "'",
          valueAt);
    }
    return (long) number;
  }

  private static List<String> lowerCase(Enum<?>[] values) {
    return Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  private static Boolean truth(String value, int valueAt) {
    if (!value.equals("true") && !value.equals("false")) {
      throw new FilterException("write true or false, not '" + value + "'", valueAt);
    }
    return Boolean.valueOf(value);
  }

  private static Long nanoseconds(String value, int valueAt) {
    int digits = 0;
    while (digits < value.length()
        && (Character.isDigit(value.charAt(digits)) || value.charAt(digits) == '.')) {
      digits++;
    }
    double unit =
        switch (value.substring(digits)) {
          case "us" -> 1e3;
          case "ms" -> 1e6;
          case "s" -> 1e9;
          case "m" -> 60e9;
          case "h" -> 3600e9;
          default -> 0;
        };
    String number = value.substring(0, digits);
    if (unit == 0 || !number.matches("\\d{1,9}(\\.\\d{1,9})?")) {
      throw new FilterException(
          "write a time with its unit, such as 250ms, 2s or 1.5m, not '" + value + "'", valueAt);
    }
    return (long) (Double.parseDouble(number) * unit);
  }

  // Letters

  private void skipSpaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean isNext(String symbol) {
    skipSpaces();
    if (text.startsWith(symbol, at)) {
      at += symbol.length();
      return true;
    }
    return false;
  }

  private boolean isNextWord(String expected) {
    skipSpaces();
    int from = at;
    if (word().equalsIgnoreCase(expected)) {
      return true;
    }
    at = from;
    return false;
  }

  private @Nullable Operator operator() {
    for (Operator operator : Operator.values()) {
      if (isNext(operator.sign())) {
        return operator;
      }
    }
    return null;
  }

  /** Up to a space, a quote or a symbol. */
  private String word() {
    int from = at;
    while (at < text.length()
        && !Character.isWhitespace(text.charAt(at))
        && text.charAt(at) != '"'
        && SYMBOLS.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private String value() {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    String word = word();
    if (word.isEmpty()) {
      throw expected("a value");
    }
    return word;
  }

  /** With a backslash before a quote or a backslash. */
  private String quoted() {
    int from = at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(text.charAt(at++));
    }
    if (at >= text.length()) {
      throw new FilterException("this quote is not closed", from);
    }
    at++;
    return value.toString();
  }

  private FilterException expected(String what) {
    skipSpaces();
    int end = at;
    String found = at >= text.length() ? "it ends here" : "there is '" + text.charAt(at) + "'";
    if (at < text.length()) {
      String word = word();
      found = word.isEmpty() ? found : "there is '" + word + "'";
    }
    at = end;
    return new FilterException("expected " + what + ", but " + found, end);
  }
}
