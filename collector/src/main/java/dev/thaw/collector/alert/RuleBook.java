package dev.thaw.collector.alert;

import dev.thaw.collector.alert.channel.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules that hold: those of the operator's file, which is read again when it changes, and those
 * of the dashboard's editor, which are kept in a file of the same form. Thread-safe.
 */
final class RuleBook {

  private static final Logger LOG = LoggerFactory.getLogger(RuleBook.class);
  private static final int MOST_OF_EDITOR = 2_000;

  private record Stamp(@Nullable FileTime time, long size) {}

  private final @Nullable Path file;
  private final Path edited;
  private final UnaryOperator<String> environment;
  private final Map<String, Rule> ofEditor = new LinkedHashMap<>();
  private RulesFile ofFile = RulesFile.NONE;
  private Stamp stamp = new Stamp(null, 0);
  private List<Problem> problems = List.of();

  /**
   * @param file the operator's, or null
   * @param edited the editor's; it need not be there
   * @throws IllegalArgumentException when one of them can't be used
   */
  RuleBook(@Nullable Path file, Path edited, UnaryOperator<String> environment) {
    this.file = file;
    this.edited = edited;
    this.environment = environment;
    if (Files.exists(edited)) {
      readEdited().forEach(rule -> ofEditor.put(rule.name(), rule));
    }
    if (file != null) {
      stamp = stamp(file);
      ofFile = readFile(file);
    }
  }

  /** Its channels are the operator's, who may have removed some since. */
  private List<Rule> readEdited() {
    try {
      return RulesFile.rules(Files.readString(edited));
    } catch (RulesException e) {
      throw new RulesException(edited.toString(), e.problems());
    } catch (IOException e) {
      throw new RulesException(
          edited.toString(),
          List.of(new Problem(0, 0, "the file can't be read: " + e.getMessage())));
    }
  }

  private static Stamp stamp(Path file) {
    try {
      return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
    } catch (IOException e) {
      return new Stamp(null, 0);
    }
  }

  private RulesFile readFile(Path of) {
    RulesFile read = RulesFile.read(of, environment);
    for (Rule rule : read.rules()) {
      if (ofEditor.containsKey(rule.name())) {
        read.channels().forEach(Channel::close);
        throw new RulesException(
            of.toString(),
            List.of(
                new Problem(
                    0,
                    0,
                    "the dashboard has a rule '" + rule.name() + "', too; rename one of them")));
      }
    }
    return read;
  }

  /**
   * Reads the operator's file again when it has changed. One that can't be used changes nothing;
   * what is wrong with it is remembered.
   *
   * @return whether there is something new, channels too
   */
  synchronized boolean reload() {
    if (file == null) {
      return false;
    }
    Stamp now = stamp(file);
    if (now.equals(stamp)) {
      return false;
    }
    stamp = now;
    try {
      ofFile = readFile(file);
      problems = List.of();
      LOG.info(
          "{} has {} rules and {} channels", file, ofFile.rules().size(), ofFile.channels().size());
      return true;
    } catch (RulesException e) {
      problems = e.problems();
      LOG.error(
          "The changed file of rules can't be used, what it said before still holds:\n{}",
          e.getMessage());
      return false;
    }
  }

  synchronized List<Rule> rules() {
    List<Rule> all = new ArrayList<>(ofFile.rules());
    all.addAll(ofEditor.values());
    return all;
  }

  /** The channels' names for each rule that names some. */
  synchronized Map<String, List<String>> channelsOfRules() {
    Map<String, List<String>> names = new HashMap<>();
    rules().forEach(rule -> names.put(rule.name(), rule.channels()));
    return names;
  }

  synchronized List<Channel> channels() {
    return ofFile.channels();
  }

  synchronized Grouping grouping() {
    return ofFile.grouping();
  }

  /** What is wrong with the operator's file as it is now. */
  synchronized List<Problem> problems() {
    return problems;
  }

  synchronized boolean isOfEditor(String name) {
    return ofEditor.containsKey(name);
  }

  String fileName() {
    return file == null ? "" : file.toString();
  }

  /**
   * Adds a rule of the editor, or puts it in the place of another one.
   *
   * @param replaced the name of the one that it takes the place of, or empty
   * @throws IllegalArgumentException when that can't be
   */
  synchronized void save(Rule rule, String replaced) throws IOException {
    boolean isOfFile =
        ofFile.rules().stream()
            .anyMatch(other -> other.name().equals(rule.name()) || other.name().equals(replaced));
    if (isOfFile) {
      throw new IllegalArgumentException(
          "the rule '"
              + (replaced.isEmpty() ? rule.name() : replaced)
              + "' stands in "
              + file
              + "; change it there, or give this one another name");
    }
    if (!replaced.isEmpty() && !ofEditor.containsKey(replaced)) {
      throw new IllegalArgumentException("there is no rule '" + replaced + "' any more");
    }
    if (!rule.name().equals(replaced) && ofEditor.containsKey(rule.name())) {
      throw new IllegalArgumentException("there is a rule '" + rule.name() + "' already");
    }
    if (ofEditor.size() >= MOST_OF_EDITOR && replaced.isEmpty()) {
      throw new IllegalArgumentException(
          "there are " + MOST_OF_EDITOR + " rules, which is the most");
    }
    for (String wanted : rule.channels()) {
      if (ofFile.channels().stream().noneMatch(channel -> channel.name().equals(wanted))) {
        throw new IllegalArgumentException("there is no channel '" + wanted + "'");
      }
    }
    Map<String, Rule> next = new LinkedHashMap<>();
    ofEditor.forEach(
        (name, known) ->
            next.put(
                name.equals(replaced) ? rule.name() : name, name.equals(replaced) ? rule : known));
    next.put(rule.name(), rule);
    write(next);
  }

  /**
   * @return whether there was such a one
   */
  synchronized boolean remove(String name) throws IOException {
    if (!ofEditor.containsKey(name)) {
      return false;
    }
    Map<String, Rule> next = new LinkedHashMap<>(ofEditor);
    next.remove(name);
    write(next);
    return true;
  }

  private void write(Map<String, Rule> next) throws IOException {
    String yaml = RuleWriter.yaml(List.copyOf(next.values()));
    Kept.replace(edited, yaml.getBytes(StandardCharsets.UTF_8));
    ofEditor.clear();
    ofEditor.putAll(next);
  }
}
