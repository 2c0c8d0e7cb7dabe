package dev.thaw.collector.alert;

import dev.thaw.collector.alert.Rule.Compared;
import dev.thaw.collector.alert.Rule.Severity;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** From the fields of one rule, as people write them, to the rule. */
final class RuleReader {

  static final Duration KEEP_FIRING = Duration.ofMinutes(2);
  static final Duration SLOW = Duration.ofSeconds(1);

  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_TEXT = 500;
  private static final int MINUTE_S = 60;

  /** Of what is not counted in whole things, an alert goes on until it is this much better. */
  private static final double HYSTERESIS = 0.1;

  static final Duration LONGEST = Duration.ofDays(7);
  private static final double MOST_INVOCATIONS = 1e9;

  private RuleReader() {}

  /** Notes what is wrong; what comes back is of use only when nothing was noted. */
  static Rule read(Fields fields) {
    String name = fields.read("name", "", RuleReader::name);
    if (name.isEmpty()) {
      fields.note("a rule needs a name");
    }
    if (!fields.has("kind")) {
      fields.note("rule '" + name + "' needs a kind: " + kinds());
    }
    Kind kind = fields.read("kind", Kind.TIMEOUTS, Kind::of);
    Selector selector = selector(fields);
    Compared compared = fields.read("compared-with", Compared.NOTHING, RuleReader::compared);
    double threshold = threshold(fields, kind, compared);
    Duration window = fields.read("window", kind.window(), text -> window(text, kind, compared));
    Duration pendingFor =
        fields.read("for", Duration.ZERO, text -> duration(text, Duration.ZERO, LONGEST));
    Duration keepFiring =
        fields.read("keep-firing", KEEP_FIRING, text -> duration(text, Duration.ZERO, LONGEST));
    double resolve =
        fields.read(
            "resolve",
            resolve(kind, compared, threshold),
            text -> resolve(text, kind, compared, threshold));
    int minimum =
        fields.read(
            "minimum", kind.minimum(), text -> (int) within(Unit.COUNT, text, 0, MOST_INVOCATIONS));
    double percentile = kind.percentile();
    if (kind.hasPercentile()) {
      percentile = fields.read("percentile", percentile, RuleReader::percentile);
    }
    Duration slowerThan = SLOW;
    if (kind == Kind.SLOW_COLD_STARTS) {
      slowerThan =
          fields.read("slower-than", SLOW, text -> duration(text, Duration.ofMillis(1), LONGEST));
    }
    Severity severity = fields.read("severity", Severity.ERROR, RuleReader::severity);
    List<String> channels = fields.texts("notify");
    String runbook = fields.read("runbook", "", RuleReader::address);
    fields.end();
    return new Rule(
        name,
        kind,
        selector,
        threshold,
        compared,
        window,
        pendingFor,
        keepFiring,
        resolve,
        minimum,
        percentile,
        slowerThan,
        severity,
        List.copyOf(channels),
        runbook);
  }

  static String kinds() {
    return Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));
  }

  private static String name(String text) {
    if (text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("is one line of at most " + LONGEST_NAME + " characters");
    }
    return text;
  }

  private static Selector selector(Fields fields) {
    long given = Arrays.stream(Selector.By.values()).filter(by -> fields.has(by.word())).count();
    if (given > 1) {
      fields.note("a rule is about a function, a tag or a chain; name one of them");
    }
    Selector selector = Selector.ALL;
    for (Selector.By by : Selector.By.values()) {
      selector = fields.read(by.word(), selector, text -> selector(by, text));
    }
    return selector;
  }

  private static Selector selector(Selector.By by, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("is longer than " + LONGEST_TEXT + " characters");
    }
    if (by == Selector.By.TAG && text.indexOf('=') < 1) {
      throw new IllegalArgumentException(
          "is '" + text + "'; write key=value, such as team=payments");
    }
    return new Selector(by, text);
  }

  private static Compared compared(String text) {
    for (Compared compared : Compared.values()) {
      if (compared.word().equals(text)) {
        return compared;
      }
    }
    throw new IllegalArgumentException("is '" + text + "'; use yesterday or last-week");
  }

  private static double threshold(Fields fields, Kind kind, Compared compared) {
    if (compared != Compared.NOTHING) {
      if (!fields.has("threshold")) {
        fields.note("a rule that compares needs a threshold such as +50%");
      }
      return fields.read("threshold", 0.0, text -> change(text, kind));
    }
    return fields.read(
        "threshold",
        kind.threshold(),
        text -> {
          if (text.startsWith("+") || text.startsWith("-")) {
            throw new IllegalArgumentException(
                "is '" + text + "', a change; say compared-with: yesterday or last-week, too");
          }
          double value = kind.unit().read(text);
          if (value <= 0) {
            throw new IllegalArgumentException("is '" + text + "'; it must be more than zero");
          }
          return value;
        });
  }

  private static double change(String text, Kind kind) {
    boolean isDown = text.startsWith("-");
    if (!isDown && !text.startsWith("+")) {
      throw new IllegalArgumentException(
          "is '" + text + "'; with compared-with write a change such as +50%");
    }
    if (isDown != kind.isOfTooLittle()) {
      throw new IllegalArgumentException(
          isDown
              ? "is '" + text + "'; only silence fires on a decrease"
              : "is '" + text + "'; silence fires on a decrease such as -80%");
    }
    double percent = Unit.PERCENT.read(text.substring(1).strip());
    if (percent <= 0 || isDown && percent > 100) {
      throw new IllegalArgumentException("is '" + text + "', a change that can't be");
    }
    return isDown ? -percent : percent;
  }

  static double resolve(Kind kind, Compared compared, double threshold) {
    return compared == Compared.NOTHING && kind.unit() == Unit.COUNT
        ? threshold
        : threshold * (1 - HYSTERESIS);
  }

  private static double resolve(String text, Kind kind, Compared compared, double threshold) {
    double value = compared == Compared.NOTHING ? kind.unit().read(text) : change(text, kind);
    boolean isDown = threshold < 0 || kind.isOfTooLittle() && compared == Compared.NOTHING;
    if (isDown ? value < threshold : value > threshold) {
      throw new IllegalArgumentException(
          "is '" + text + "', beyond the threshold; an alert would never come to rest");
    }
    return value;
  }

  private static Duration window(String text, Kind kind, Compared compared) {
    Duration window = duration(text, Duration.ofSeconds(1), LONGEST);
    if (window.toSeconds() < MINUTE_S) {
      if (!kind.isToTheSecond() || compared != Compared.NOTHING) {
        throw new IllegalArgumentException(
            "is '" + text + "'; for " + kind.word() + " it must be a minute or more");
      }
    } else if (window.toSeconds() % MINUTE_S != 0) {
      throw new IllegalArgumentException("is '" + text + "'; from a minute on use whole minutes");
    }
    return window;
  }

  static Duration duration(String text, Duration least, Duration most) {
    Duration duration = Duration.ofMillis((long) Unit.DURATION.read(text));
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "is '"
              + text
              + "'; it must lie between "
              + Unit.DURATION.write(least.toMillis())
              + " and "
              + Unit.DURATION.write(most.toMillis()));
    }
    return duration;
  }

  private static double within(Unit unit, String text, double least, double most) {
    double value = unit.read(text);
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "is '"
              + text
              + "'; it must lie between "
              + unit.write(least)
              + " and "
              + unit.write(most));
    }
    return value;
  }

  private static double percentile(String text) {
    if (text.equals("max")) {
      return 100;
    }
    double value = Unit.COUNT.read(text.startsWith("p") ? text.substring(1) : text);
    if (value <= 0 || value > 100) {
      throw new IllegalArgumentException("is '" + text + "'; write p50 to p100, or max");
    }
    return value;
  }

  private static Severity severity(String text) {
    for (Severity severity : Severity.values()) {
      if (severity.word().equals(text)) {
        return severity;
      }
    }
    throw new IllegalArgumentException(
        "is '"
            + text
            + "'; use "
            + Arrays.stream(Severity.values())
                .map(Severity::word)
                .collect(Collectors.joining(", ")));
  }

  private static String address(String text) {
    String scheme = "";
    try {
      scheme = String.valueOf(URI.create(text).getScheme()).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    if (!scheme.equals("https") && !scheme.equals("http") || text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("is '" + text + "'; write an address with https://");
    }
    return text;
  }
}
