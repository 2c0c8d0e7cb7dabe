package dev.thaw.collector.alert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The keys and values of one mapping in a YAML file, with their places: what is wrong is noted with
 * its line and column, and reading goes on. One use, one thread.
 */
final class Fields {

  private final Node node;
  private final List<Problem> problems;
  private final Map<String, Node> left = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();

  /**
   * @param what a word for it, for messages
   * @param problems gets what is wrong
   */
  Fields(Node node, String what, List<Problem> problems) {
    this.node = node;
    this.problems = problems;
    if (!(node instanceof MappingNode mapping)) {
      note(node, "a " + what + " is written as «key: value» lines");
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (left.put(key, tuple.getValueNode()) != null) {
        note(tuple.getKeyNode(), "'" + key + "' is there twice");
      }
    }
  }

  void note(Node at, String message) {
    problems.add(
        new Problem(at.getStartMark().getLine() + 1, at.getStartMark().getColumn() + 1, message));
  }

  /** About the mapping as a whole. */
  void note(String message) {
    note(node, message);
  }

  boolean has(String key) {
    return left.containsKey(key);
  }

  @Nullable Node take(String key) {
    asked.add(key);
    return left.remove(key);
  }

  /** The items of a list; empty when it is not there. */
  List<Node> list(String key) {
    Node value = take(key);
    if (value == null || isNothing(value)) {
      return List.of();
    }
    if (value instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    note(value, key + " is a list: lines that begin with a dash");
    return List.of();
  }

  /** The texts of a list, or one text. */
  List<String> texts(String key) {
    if (left.get(key) instanceof ScalarNode) {
      String text = text(key, "");
      return text.isEmpty() ? List.of() : List.of(text);
    }
    List<String> texts = new ArrayList<>();
    for (Node item : list(key)) {
      if (item instanceof ScalarNode scalar) {
        texts.add(scalar.getValue());
      } else {
        note(item, key + " is a list of words");
      }
    }
    return texts;
  }

  String text(String key, String otherwise) {
    return read(key, otherwise, text -> text);
  }

  /**
   * @param reader throws an IllegalArgumentException whose message goes on after the key's name
   */
  <T> T read(String key, T otherwise, Function<String, T> reader) {
    Node value = take(key);
    if (value == null || isNothing(value)) {
      return otherwise;
    }
    if (!(value instanceof ScalarNode scalar)) {
      note(value, key + " is one value, and neither a list nor a mapping");
      return otherwise;
    }
    try {
      return reader.apply(scalar.getValue().strip());
    } catch (IllegalArgumentException e) {
      note(value, key + " " + e.getMessage());
      return otherwise;
    }
  }

  private static boolean isNothing(Node value) {
    return value instanceof ScalarNode scalar && scalar.getValue().isEmpty();
  }

  /** Everything that nobody has asked for, as texts; a list is several. */
  Map<String, List<String>> rest() {
    Map<String, List<String>> rest = new LinkedHashMap<>();
    for (String key : List.copyOf(left.keySet())) {
      rest.put(key, texts(key));
    }
    return rest;
  }

  /** What is left is something that nobody knows. */
  void end() {
    left.forEach(
        (key, value) ->
            note(value, "'" + key + "' is not known here; use " + String.join(", ", asked)));
  }
}
