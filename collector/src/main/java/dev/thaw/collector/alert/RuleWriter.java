package dev.thaw.collector.alert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From a rule to its fields and to YAML: what {@link RuleReader} reads, and reads as the same. */
public final class RuleWriter {

  private RuleWriter() {}

  /** In the order in which people write them; what is as it is anyway is left out. */
  public static Map<String, String> fields(Rule rule) {
    Kind kind = rule.kind();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", rule.name());
    fields.put("kind", kind.word());
    fields.put(rule.selector().by().word(), rule.selector().text());
    if (rule.kind() == Kind.SLOW_COLD_STARTS) {
      fields.put("slower-than", duration(rule.slowerThan().toMillis()));
    }
    if (kind.hasPercentile()) {
      fields.put("percentile", percentile(rule.percentile()));
    }
    fields.put("threshold", value(rule, rule.threshold()));
    if (rule.compared() != Rule.Compared.NOTHING) {
      fields.put("compared-with", rule.compared().word());
    }
    fields.put("window", duration(rule.window().toMillis()));
    if (!rule.pendingFor().isZero()) {
      fields.put("for", duration(rule.pendingFor().toMillis()));
    }
    if (!rule.keepFiring().equals(RuleReader.KEEP_FIRING)) {
      fields.put("keep-firing", duration(rule.keepFiring().toMillis()));
    }
    if (rule.resolve() != RuleReader.resolve(kind, rule.compared(), rule.threshold())) {
      fields.put("resolve", value(rule, rule.resolve()));
    }
    if (rule.minimum() != kind.minimum()) {
      fields.put("minimum", Integer.toString(rule.minimum()));
    }
    if (rule.severity() != Rule.Severity.ERROR) {
      fields.put("severity", rule.severity().word());
    }
    if (!rule.runbook().isEmpty()) {
      fields.put("runbook", rule.runbook());
    }
    return fields;
  }

  static String percentile(double percentile) {
    return percentile == 100 ? "max" : "p" + Unit.plain(percentile, 2);
  }

  private static String value(Rule rule, double value) {
    return rule.compared() == Rule.Compared.NOTHING
        ? exactly(rule.kind().unit(), value)
        : (value < 0 ? "-" : "+") + Unit.plain(Math.abs(value), 3) + "%";
  }

  /** Not rounded as for people: it is read again. */
  static String exactly(Unit unit, double value) {
    return switch (unit) {
      case COUNT -> Unit.plain(value, 6);
      case PERCENT -> Unit.plain(value, 6) + "%";
      case DURATION -> duration(value);
      case MONEY -> "$" + Unit.plain(value, 9);
    };
  }

  private static String duration(double ms) {
    String[] words = {"d", "h", "m", "s"};
    long[] sizes = {86_400_000, 3_600_000, 60_000, 1000};
    for (int i = 0; i < sizes.length; i++) {
      if (ms >= sizes[i] && ms % sizes[i] == 0) {
        return Unit.plain(ms / sizes[i], 0) + words[i];
      }
    }
    return Unit.plain(ms, 6) + "ms";
  }

  /** A whole file with these rules. */
  public static String yaml(List<Rule> rules) {
    StringBuilder yaml = new StringBuilder("rules:\n");
    for (Rule rule : rules) {
      String dash = "  - ";
      List<String> lines = new ArrayList<>();
      fields(rule).forEach((key, value) -> lines.add(key + ": " + quoted(value)));
      if (!rule.channels().isEmpty()) {
        lines.add(
            "notify: ["
                + String.join(", ", rule.channels().stream().map(RuleWriter::quoted).toList())
                + "]");
      }
      for (String line : lines) {
        yaml.append(dash).append(line).append('\n');
        dash = "    ";
      }
    }
    return rules.isEmpty() ? "rules: []\n" : yaml.toString();
  }

  /** As it is where that is safe, otherwise in quotes. */
  private static String quoted(String value) {
    if (value.matches("[A-Za-z0-9][A-Za-z0-9 ._/=-]*[A-Za-z0-9%]|[A-Za-z0-9]")
        && !value.matches("(?i)true|false|yes|no|on|off|null|y|n")) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == '\ufeff') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
