package dev.thaw.collector.alert.channel;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file says of one channel. A value may name a variable of the environment, so that a
 * secret need not stand in the file: {@code ${SLACK_URL}}. Every mistake is an
 * IllegalArgumentException that names the channel and says what to write. For one thread.
 */
public final class Options {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private final String name;
  private final String type;
  private final Map<String, List<String>> values;
  private final UnaryOperator<String> environment;
  private final Set<String> asked = new HashSet<>();

  /**
   * @param values by key; a list is several
   * @param environment gives the value of a variable, or null
   */
  public Options(
      String name,
      String type,
      Map<String, List<String>> values,
      UnaryOperator<String> environment) {
    this.name = name;
    this.type = type;
    this.values = values;
    this.environment = environment;
  }

  public String name() {
    return name;
  }

  String type() {
    return type;
  }

  String required(String key, String example) {
    String value = text(key, "");
    if (value.isEmpty()) {
      throw wrong(key + " is missing; write " + key + ": " + example);
    }
    return value;
  }

  String text(String key, String otherwise) {
    List<String> all = texts(key);
    if (all.size() > 1) {
      throw wrong(key + " is one value, and no list");
    }
    return all.isEmpty() ? otherwise : all.get(0);
  }

  List<String> texts(String key) {
    asked.add(key);
    List<String> texts = new ArrayList<>();
    for (String text : values.getOrDefault(key, List.of())) {
      texts.add(resolved(key, text));
    }
    return texts;
  }

  private String resolved(String key, String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (matcher.find()) {
      @Nullable String value = environment.apply(matcher.group(1));
      if (value == null || value.isEmpty()) {
        throw wrong(
            key
                + " names the variable "
                + matcher.group(1)
                + ", which the environment does not have");
      }
      matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }
    matcher.appendTail(resolved);
    return resolved.toString();
  }

  boolean flag(String key) {
    String value = text(key, "false");
    if (!value.equals("true") && !value.equals("false")) {
      throw wrong(key + " is '" + value + "'; use true or false");
    }
    return value.equals("true");
  }

  /** An address that starts with http:// or https://. */
  URI address(String key, @Nullable String otherwise) {
    String value = otherwise == null ? required(key, "https://...") : text(key, otherwise);
    try {
      URI address = new URI(value);
      String scheme = String.valueOf(address.getScheme());
      if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null) {
        return address;
      }
    } catch (java.net.URISyntaxException e) {
      // Said below, without the value: it may be a secret.
    }
    throw wrong(key + " is no address; write one with https://");
  }

  IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("channel '" + name + "': " + what);
  }

  /** What is left is something that nobody knows. */
  void end() {
    for (String key : values.keySet()) {
      if (!asked.contains(key)) {
        throw wrong(
            "'"
                + key
                + "' is not known here; use "
                + String.join(", ", asked.stream().sorted().toList()));
      }
    }
  }
}
