package dev.thaw.collector.alert;

import dev.thaw.collector.alert.channel.Channel;
import dev.thaw.collector.alert.channel.Channels;
import dev.thaw.collector.alert.channel.Options;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Rules, who hears of them, and how they are grouped, as a YAML file says it; docs/alerts.md shows
 * one. What the dashboard sends is read here as well: JSON is YAML. Immutable.
 *
 * @param channels open ones, that somebody has to close
 */
public record RulesFile(List<Rule> rules, List<Channel> channels, Grouping grouping) {

  /** No rules, nobody to tell. */
  public static final RulesFile NONE = new RulesFile(List.of(), List.of(), Grouping.DEFAULT);

  private static final int DEEPEST = 20;
  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int MOST_RULES = 2_000;

  /**
   * @param environment gives the value of a variable, or null
   * @throws RulesException with all that is wrong
   */
  public static RulesFile read(Path file, UnaryOperator<String> environment) {
    if (!Files.isRegularFile(file)) {
      throw new RulesException(
          "", List.of(new Problem(0, 0, "THAW_ALERTS names " + file + ", which does not exist")));
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new RulesException(
          file.toString(), List.of(new Problem(0, 0, "the file can't be read: " + e.getMessage())));
    }
    return read(text, file.toString(), environment);
  }

  /**
   * @param file what to name in messages
   */
  static RulesFile read(String text, String file, UnaryOperator<String> environment) {
    List<Problem> problems = new ArrayList<>();
    Node root = parse(text, file);
    if (root == null) {
      return NONE;
    }
    Fields fields = new Fields(root, "file of rules", problems);
    List<Rule> rules = rules(fields, problems);
    Grouping grouping = Grouping.DEFAULT;
    Node groupingNode = fields.take("grouping");
    if (groupingNode != null) {
      grouping = grouping(new Fields(groupingNode, "grouping", problems));
    }
    List<Channel> channels = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Node node : fields.list("channels")) {
      channel(node, environment, problems, names, channels);
    }
    fields.end();
    for (Rule rule : rules) {
      for (String wanted : rule.channels()) {
        if (!names.contains(wanted)) {
          problems.add(
              new Problem(
                  0, 0, "rule '" + rule.name() + "': there is no channel '" + wanted + "'"));
        }
      }
    }
    if (!problems.isEmpty()) {
      channels.forEach(Channel::close);
      throw new RulesException(file, problems);
    }
    return new RulesFile(List.copyOf(rules), List.copyOf(channels), grouping);
  }

  /** The rules of a file, whose channels are nobody's business here. */
  static List<Rule> rules(String text) {
    List<Problem> problems = new ArrayList<>();
    Node root = parse(text, "");
    if (root == null) {
      return List.of();
    }
    Fields fields = new Fields(root, "file of rules", problems);
    fields.take("channels");
    fields.take("grouping");
    List<Rule> rules = rules(fields, problems);
    fields.end();
    if (!problems.isEmpty()) {
      throw new RulesException("", problems);
    }
    return rules;
  }

  /** One rule by itself, as the dashboard sends it. */
  static Rule rule(String text) {
    List<Problem> problems = new ArrayList<>();
    Node root = parse(text, "");
    if (root == null) {
      throw new RulesException("", List.of(new Problem(0, 0, "there is no rule")));
    }
    Rule rule = RuleReader.read(new Fields(root, "rule", problems));
    if (!problems.isEmpty()) {
      throw new RulesException("", problems);
    }
    return rule;
  }

  private static @Nullable Node parse(String text, String file) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(DEEPEST);
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(MOST_CHARACTERS);
    try {
      return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      int column = e.getProblemMark() == null ? 0 : e.getProblemMark().getColumn() + 1;
      throw new RulesException(
          file, List.of(new Problem(line, column, "this is no YAML: " + e.getProblem())));
    } catch (YAMLException e) {
      throw new RulesException(
          file, List.of(new Problem(0, 0, "this is no YAML: " + e.getMessage())));
    }
  }

  private static List<Rule> rules(Fields fields, List<Problem> problems) {
    Map<String, Rule> rules = new LinkedHashMap<>();
    List<Node> nodes = fields.list("rules");
    if (nodes.size() > MOST_RULES) {
      fields.note("there are " + nodes.size() + " rules; at most " + MOST_RULES + " are taken");
      return List.of();
    }
    for (Node node : nodes) {
      Fields own = new Fields(node, "rule", problems);
      Rule rule = RuleReader.read(own);
      if (rules.put(rule.name(), rule) != null && !rule.name().isEmpty()) {
        own.note("two rules are named '" + rule.name() + "'");
      }
    }
    return List.copyOf(rules.values());
  }

  private static Grouping grouping(Fields fields) {
    Grouping grouping =
        new Grouping(
            fields.read("by", Grouping.DEFAULT.by(), Grouping.By::of),
            time(fields, "wait", Grouping.DEFAULT.gather()),
            time(fields, "interval", Grouping.DEFAULT.interval()),
            time(fields, "repeat", Grouping.DEFAULT.repeat()));
    fields.end();
    return grouping;
  }

  private static Duration time(Fields fields, String key, Duration otherwise) {
    return fields.read(
        key, otherwise, text -> RuleReader.duration(text, Duration.ZERO, RuleReader.LONGEST));
  }

  private static void channel(
      Node node,
      UnaryOperator<String> environment,
      List<Problem> problems,
      Set<String> names,
      List<Channel> channels) {
    Fields fields = new Fields(node, "channel", problems);
    String type = fields.text("type", "");
    String name = fields.text("name", type);
    if (!names.add(name)) {
      fields.note("two channels are named '" + name + "'; give each a name");
    }
    try {
      channels.add(Channels.open(new Options(name, type, fields.rest(), environment)));
    } catch (IllegalArgumentException e) {
      fields.note(e.getMessage());
    }
  }
}
