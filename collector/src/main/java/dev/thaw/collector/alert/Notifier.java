package dev.thaw.collector.alert;

import dev.thaw.collector.alert.channel.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides when who is told what: alerts that belong together are one message, which waits a moment
 * for more of them, comes again while something still fires, and ends with one that says that it is
 * over. The time is an argument. Not thread-safe.
 */
final class Notifier {

  /** A message names so many; of the rest it says how many there are. */
  private static final int MOST_ITEMS = 20;

  /**
   * What a group's receivers know.
   *
   * @param channels the names; empty for all
   * @param told alerts that they were told of and that have not ended, by rule and function
   * @param openedMs when there was first something to tell
   * @param sentMs when they were told last; 0 when not yet
   */
  record Group(
      String key, List<String> channels, Map<String, Alert> told, long openedMs, long sentMs) {}

  /** A message, and who is to get it. */
  record Sending(List<String> channels, Message message) {}

  private final Links links;
  private final Map<String, Group> groups = new TreeMap<>();

  Notifier(Links links, Collection<Group> known) {
    this.links = links;
    known.forEach(group -> groups.put(group.key(), group));
  }

  List<Group> groups() {
    return List.copyOf(groups.values());
  }

  /**
   * @param current pending and firing alerts
   * @param resolved those that were resolved since the last time
   * @param channelsOfRules the channels that a rule names, by its name
   */
  List<Sending> tick(
      Collection<Alert> current,
      Collection<Alert> resolved,
      Collection<Silence> silences,
      Grouping grouping,
      Map<String, List<String>> channelsOfRules,
      long nowMs) {
    Map<String, Map<String, Alert>> firing = new TreeMap<>();
    Map<String, List<String>> channels = new TreeMap<>();
    Map<String, Map<String, Alert>> over = new TreeMap<>();
    for (Alert alert : current) {
      if (alert.isFiring()) {
        put(firing, channels, grouping, channelsOfRules, alert);
      }
    }
    for (Alert alert : resolved) {
      put(over, channels, grouping, channelsOfRules, alert);
    }
    groups.forEach((key, group) -> channels.putIfAbsent(key, group.channels()));
    List<Sending> sendings = new ArrayList<>();
    for (Map.Entry<String, List<String>> entry : channels.entrySet()) {
      group(
          entry.getKey(),
          entry.getValue(),
          firing.getOrDefault(entry.getKey(), Map.of()),
          over.getOrDefault(entry.getKey(), Map.of()),
          silences,
          grouping,
          nowMs,
          sendings);
    }
    return sendings;
  }

  private static void put(
      Map<String, Map<String, Alert>> to,
      Map<String, List<String>> channels,
      Grouping grouping,
      Map<String, List<String>> channelsOfRules,
      Alert alert) {
    List<String> names = channelsOfRules.getOrDefault(alert.rule(), List.of());
    // Who hears of different channels is not told together.
    String key = grouping.by().of(alert) + (names.isEmpty() ? "" : " to " + names);
    channels.put(key, names);
    to.computeIfAbsent(key, absent -> new LinkedHashMap<>()).put(id(alert), alert);
  }

  private static String id(Alert alert) {
    return alert.rule() + "\n" + alert.function();
  }

  private void group(
      String key,
      List<String> channels,
      Map<String, Alert> firing,
      Map<String, Alert> over,
      Collection<Silence> silences,
      Grouping grouping,
      long nowMs,
      List<Sending> sendings) {
    Group known = groups.getOrDefault(key, new Group(key, channels, Map.of(), nowMs, 0));
    Map<String, Alert> told = new LinkedHashMap<>(known.told());
    List<Alert> fresh = new ArrayList<>();
    firing.forEach(
        (id, alert) -> {
          if (told.containsKey(id)) {
            told.put(id, alert);
          } else if (!isSilenced(alert, silences, nowMs)) {
            fresh.add(alert);
          }
        });
    // What ended before anybody was told is told now: it happened.
    List<Alert> missed =
        over.values().stream()
            .filter(alert -> !told.containsKey(id(alert)) && !isSilenced(alert, silences, nowMs))
            .toList();
    List<Alert> ended = new ArrayList<>();
    told.replaceAll(
        (id, alert) -> firing.containsKey(id) ? alert : ended(alert, over.get(id), nowMs));
    told.values().stream().filter(alert -> alert.resolvedMs() != null).forEach(ended::add);
    long due =
        known.sentMs() == 0
            ? known.openedMs() + grouping.gather().toMillis()
            : known.sentMs() + grouping.interval().toMillis();
    boolean isDue = !missed.isEmpty() || !fresh.isEmpty() && nowMs >= due;
    boolean isOver =
        !told.isEmpty() && ended.size() == told.size() && fresh.isEmpty() && missed.isEmpty();
    long repeatMs = grouping.repeat().toMillis();
    boolean isRepeated =
        ended.size() < told.size()
            && repeatMs > 0
            && nowMs - known.sentMs() >= repeatMs
            && told.values().stream()
                .anyMatch(
                    alert -> firing.containsKey(id(alert)) && !isSilenced(alert, silences, nowMs));
    if (isDue || isRepeated) {
      fresh.addAll(missed);
      List<Alert> items = new ArrayList<>(fresh);
      told.values().stream().filter(alert -> firing.containsKey(id(alert))).forEach(items::add);
      sendings.add(
          new Sending(
              channels,
              message(key, Alert.FIRING, items, ended, fresh.isEmpty(), MOST_ITEMS, nowMs)));
      ended.forEach(alert -> told.remove(id(alert)));
      fresh.forEach(alert -> told.put(id(alert), alert));
      groups.put(key, new Group(key, channels, told, known.openedMs(), nowMs));
    } else if (isOver) {
      sendings.add(
          new Sending(
              channels, message(key, Alert.RESOLVED, List.of(), ended, false, MOST_ITEMS, nowMs)));
      groups.remove(key);
    } else if (!told.isEmpty() || !fresh.isEmpty()) {
      groups.put(key, new Group(key, channels, told, known.openedMs(), known.sentMs()));
    } else {
      groups.remove(key);
    }
  }

  /** When it ended is known once, and told later when others of its group still fire. */
  private static Alert ended(Alert told, @Nullable Alert resolved, long nowMs) {
    if (told.resolvedMs() != null) {
      return told;
    }
    return resolved == null ? told.resolved(nowMs) : resolved;
  }

  static boolean isSilenced(Alert alert, Collection<Silence> silences, long nowMs) {
    return silences.stream().anyMatch(silence -> silence.covers(alert, nowMs));
  }

  /** What fires now, for receivers that forget what is not repeated. */
  Message refresh(Collection<Alert> firing, long nowMs) {
    return message(
        "refresh", Alert.FIRING, List.copyOf(firing), List.of(), true, firing.size(), nowMs);
  }

  private Message message(
      String key,
      String status,
      List<Alert> firing,
      List<Alert> ended,
      boolean isRepeat,
      int most,
      long nowMs) {
    List<Alert> all = new ArrayList<>(firing);
    all.addAll(ended);
    List<Message.Item> items = all.stream().limit(most).map(this::item).toList();
    return new Message(
        UUID.randomUUID().toString(),
        key,
        status,
        severity(all),
        title(all),
        isRepeat,
        firing.size(),
        ended.size(),
        items,
        all.size() - items.size(),
        links.alerts(),
        nowMs);
  }

  private static String severity(List<Alert> alerts) {
    Rule.Severity worst = Rule.Severity.INFO;
    for (Alert alert : alerts) {
      Rule.Severity own = Rule.Severity.valueOf(alert.severity().toUpperCase(Locale.ROOT));
      worst = own.compareTo(worst) < 0 ? own : worst;
    }
    return worst.word();
  }

  private static String title(List<Alert> alerts) {
    long rules = alerts.stream().map(Alert::rule).distinct().count();
    long functions = alerts.stream().map(Alert::function).distinct().count();
    Alert first = alerts.get(0);
    String rule = rules == 1 ? first.rule() : rules + " rules";
    return rule + ": " + (functions == 1 ? first.function() : functions + " functions");
  }

  private Message.Item item(Alert alert) {
    Alert.Example example = alert.example();
    return new Message.Item(
        alert.rule(),
        alert.kind(),
        alert.function(),
        alert.resolvedMs() == null ? Alert.FIRING : Alert.RESOLVED,
        alert.severity(),
        alert.finding(),
        alert.condition(),
        alert.value(),
        alert.pendingMs(),
        alert.sinceMs(),
        alert.resolvedMs(),
        alert.late(),
        alert.runbook(),
        links.function(alert),
        example == null
            ? null
            : new Message.Example(
                example.traceId(),
                example.requestId(),
                example.openCall(),
                example.topFrame(),
                example.cause(),
                links.trace(example.traceId())));
  }
}
