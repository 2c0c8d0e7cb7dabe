package dev.thaw.collector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Where the values of the settings come from: flags before the environment, the environment before
 * a YAML file. All three know the same names, and say which one was meant when they don't.
 */
final class SettingSources {

  private static final String PREFIX = "THAW_";
  private static final String CONFIG = "THAW_CONFIG";
  private static final String FORM = "it must be lines such as «port: 4318»";

  private final CommandLine flags = new CommandLine(spec());

  /** {@code --keep-days} for THAW_KEEP_DAYS. */
  static String flag(String name) {
    return "--" + inFile(name);
  }

  /** {@code keep-days} for THAW_KEEP_DAYS. */
  private static String inFile(String name) {
    return name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String name(String inFile) {
    return PREFIX + inFile.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("./thaw collector");
    spec.usageMessage()
        .description("Collects spans and serves the dashboard.")
        .footer(
            "",
            "Each may be given as a flag, as a variable (THAW_PORT for --port), or in the file (port: 4318); the first that is there counts.")
        .width(110)
        .sortOptions(false);
    spec.addOption(
        OptionSpec.builder("--config")
            .type(String.class)
            .paramLabel("FILE")
            .description("YAML file with settings; none by default.")
            .build());
    for (Settings.Option option : Settings.OPTIONS) {
      String value = option.defaultValue();
      spec.addOption(
          OptionSpec.builder(flag(option.name()))
              .type(String.class)
              .paramLabel("VALUE")
              .description(
                  // Text, not one of picocli's formats.
                  (option.description() + (value.isEmpty() ? "" : " Default: " + value + "."))
                      .replace("%", "%%"))
              .build());
    }
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Shows this and ends.")
            .build());
    return spec;
  }

  String help() {
    return flags.getUsageMessage();
  }

  /**
   * @return what was given, by the name in the environment; null when help was asked for
   * @throws IllegalArgumentException when something is given that is no setting; the message names
   *     it and what is like it
   */
  @Nullable Map<String, String> read(String[] args, Map<String, String> environment) {
    ParseResult given;
    try {
      given = flags.parseArgs(args);
    } catch (UnmatchedArgumentException e) {
      throw new IllegalArgumentException(unknown(e.getUnmatched().get(0), e), e);
    } catch (ParameterException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (given.isUsageHelpRequested()) {
      return null;
    }
    refuseMistyped(environment);
    String file = given.matchedOptionValue("--config", environment.getOrDefault(CONFIG, ""));
    Map<String, String> values = new HashMap<>(file.isBlank() ? Map.of() : ofFile(Path.of(file)));
    values.putAll(environment);
    for (Settings.Option option : Settings.OPTIONS) {
      String value = given.matchedOptionValue(flag(option.name()), (String) null);
      if (value != null) {
        values.put(option.name(), value);
      }
    }
    return values;
  }

  private static boolean isOption(String name) {
    return Settings.OPTIONS.stream().anyMatch(option -> option.name().equals(name));
  }

  /** The agent's variables begin alike: what is like none of ours is one of those. */
  private void refuseMistyped(Map<String, String> environment) {
    for (String name : environment.keySet()) {
      if (name.startsWith(PREFIX) && !name.equals(CONFIG) && !isOption(name)) {
        for (Settings.Option option : Settings.OPTIONS) {
          if (isMistyped(name, option.name())) {
            throw new IllegalArgumentException(
                name + " is no setting; did you mean " + option.name() + "?");
          }
        }
      }
    }
  }

  /** Whether one letter is missing, too much, another one, or two are swapped. */
  static boolean isMistyped(String given, String meant) {
    int same = 0;
    while (same < Math.min(given.length(), meant.length())
        && given.charAt(same) == meant.charAt(same)) {
      same++;
    }
    String left = given.substring(same);
    String right = meant.substring(same);
    return left.length() > 0 && left.substring(1).equals(right)
        || right.length() > 0 && right.substring(1).equals(left)
        || left.length() > 0 && right.length() > 0 && left.substring(1).equals(right.substring(1))
        || left.length() > 1
            && right.length() > 1
            && left.charAt(0) == right.charAt(1)
            && left.charAt(1) == right.charAt(0)
            && left.substring(2).equals(right.substring(2));
  }

  private Map<String, String> ofFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("The settings file " + file + " does not exist");
    }
    JsonNode read;
    try {
      read = new ObjectMapper(new YAMLFactory()).readTree(file.toFile());
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new IllegalArgumentException(file + ":" + line + ": " + FORM, e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " can't be read: " + e.getMessage(), e);
    }
    if (!read.isObject() && !read.isMissingNode()) {
      throw new IllegalArgumentException(file + ": " + FORM);
    }
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> line : read.properties()) {
      if (!line.getValue().isValueNode()) {
        throw new IllegalArgumentException(file + ": " + line.getKey() + " must be one value");
      }
      values.put(known(file, line.getKey()), line.getValue().asText());
    }
    return values;
  }

  private String known(Path file, String key) {
    String name = name(key);
    if (!isOption(name) || !inFile(name).equals(key)) {
      String asFlag = "--" + key;
      throw new IllegalArgumentException(
          file
              + ": "
              + unknown(key, new UnmatchedArgumentException(flags, List.of(asFlag)))
                  .replace(" --", " "));
    }
    return name;
  }

  private static String unknown(String given, UnmatchedArgumentException e) {
    for (Settings.Option option : Settings.OPTIONS) {
      if (isMistyped(given, flag(option.name())) || isMistyped(given, inFile(option.name()))) {
        return given + " is no setting; did you mean " + flag(option.name()) + "?";
      }
    }
    return given
        + " is no setting; "
        + e.getSuggestions().stream()
            .filter(alike -> alike.startsWith("--"))
            .findFirst()
            .map(alike -> "did you mean " + alike + "?")
            .orElse("--help lists them");
  }
}
