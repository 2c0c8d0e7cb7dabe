package dev.thaw.collector.alert;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules and where their alerts go from a YAML file; docs/alerts.md shows one. Every
 * mistake is an IllegalArgumentException that names the rule and says what to write.
 */
public record RulesFile(List<Rule> rules, List<URI> webhooks) {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** No rules, nobody to tell. */
  public static final RulesFile NONE = new RulesFile(List.of(), List.of());

  public static RulesFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("THAW_ALERTS names " + file + ", which does not exist");
    }
    FileEntry entry;
    try {
      entry = YAML.readValue(file.toFile(), FileEntry.class);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
      throw new IllegalArgumentException(file + where + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " can't be read: " + e.getMessage(), e);
    }
    if (entry == null) {
      return NONE;
    }
    List<Rule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (RuleEntry rule : entry.rules) {
      try {
        Rule read = rule.toRule();
        if (!names.add(read.name())) {
          throw new IllegalArgumentException("two rules have this name");
        }
        rules.add(read);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            file + ": rule '" + rule.name + "': " + e.getMessage(), e);
      }
    }
    List<URI> webhooks = new ArrayList<>();
    for (String webhook : entry.webhooks) {
      if (!webhook.startsWith("http://") && !webhook.startsWith("https://")) {
        throw new IllegalArgumentException(
            file + ": webhook '" + webhook + "': write an address with http:// or https://");
      }
      webhooks.add(URI.create(webhook));
    }
    return new RulesFile(List.copyOf(rules), List.copyOf(webhooks));
  }

  static Duration duration(String what, String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(what + " is '" + text + "'; write it as 30s, 5m or 1h");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  private static final class FileEntry {
    @JsonProperty List<RuleEntry> rules = List.of();
    @JsonProperty List<String> webhooks = List.of();
  }

  private static final class RuleEntry {
    @JsonProperty String name = "";
    @JsonProperty @Nullable String kind;
    @JsonProperty String function = "*";
    @JsonProperty int count = 1;
    @JsonProperty String window = "5m";

    @JsonProperty("slower-than")
    String slowerThan = "1s";

    Rule toRule() {
      if (name.isBlank()) {
        throw new IllegalArgumentException("name is missing");
      }
      Rule.Kind found = null;
      for (Rule.Kind candidate : Rule.Kind.values()) {
        if (candidate.word().equals(kind)) {
          found = candidate;
        }
      }
      if (found == null) {
        throw new IllegalArgumentException(
            "kind is '" + kind + "'; use timeouts, errors, throttles or slow-cold-starts");
      }
      if (count < 1) {
        throw new IllegalArgumentException("count is " + count + "; it must be at least 1");
      }
      Duration length = duration("window", window);
      if (length.toMillis() < 1000 || length.toHours() > 24) {
        throw new IllegalArgumentException(
            "window is " + window + "; it must lie between 1s and 24h");
      }
      return new Rule(name, found, function, count, length, duration("slower-than", slowerThan));
    }
  }
}
