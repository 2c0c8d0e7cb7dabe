package dev.thaw.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads functions.yaml. Every mistake is reported with the file, the function and what to write
 * instead.
 *
 * @param functions in the order of the file
 * @param queues by name
 * @param topics by name, the queues that each delivers to
 * @param tables by name, the attribute that is the key
 * @param buckets by name
 */
public record FunctionsFile(
    List<FunctionConfig> functions,
    Map<String, Queue> queues,
    Map<String, List<String>> topics,
    Map<String, String> tables,
    List<String> buckets) {

  /**
   * A queue to create.
   *
   * @param visibilityTimeout how long a received message stays hidden
   * @param deadLetter where messages go that failed too often, or null
   * @param maxReceives how often a message is delivered before that
   */
  public record Queue(Duration visibilityTimeout, @Nullable String deadLetter, int maxReceives) {}

  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m)");

  /**
   * @throws IllegalArgumentException when the file is wrong; the message says where and what to do
   * @throws IOException when it cannot be read
   */
  public static FunctionsFile read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "No functions file at " + file + ". Name one with --functions FILE.");
    }
    FileEntry entry;
    try {
      entry = YAML.readValue(file.toFile(), FileEntry.class);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
      throw new IllegalArgumentException(file + where + ": " + e.getOriginalMessage(), e);
    }
    if (entry == null || entry.functions.isEmpty()) {
      throw new IllegalArgumentException(
          file + ": declare at least one function under 'functions:'");
    }
    Path folder = file.toAbsolutePath().getParent();
    List<FunctionConfig> functions = new ArrayList<>();
    entry.functions.forEach(
        (name, function) -> {
          try {
            functions.add(function.toConfig(name, folder, entry));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                file + ": function '" + name + "': " + e.getMessage(), e);
          }
        });
    Map<String, Queue> queues = new LinkedHashMap<>();
    entry.queues.forEach((name, queue) -> queues.put(name, queue.toQueue(name, entry.queues)));
    Map<String, List<String>> topics = new LinkedHashMap<>();
    entry.topics.forEach(
        (name, topic) -> {
          for (String queue : topic.queues) {
            declared(
                file + ": topic '" + name + "': queue", queue, entry.queues.keySet(), "queues:");
          }
          topics.put(name, List.copyOf(topic.queues));
        });
    Map<String, String> tables = new LinkedHashMap<>();
    entry.tables.forEach((name, table) -> tables.put(name, table.key));
    return new FunctionsFile(
        List.copyOf(functions),
        Map.copyOf(queues),
        Map.copyOf(topics),
        Map.copyOf(tables),
        List.copyOf(entry.buckets));
  }

  /** Parses {@code 250ms}, {@code 3s} or {@code 2m}. */
  public static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write it as 250ms, 3s or 2m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }

  private static void declared(String what, String name, Collection<String> known, String under) {
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          what + " '" + name + "' is not declared under '" + under + "'");
    }
  }

  private static int between(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + " is " + value + "; it must lie between " + least + " and " + most);
    }
    return value;
  }

  private static final class FileEntry {
    @JsonProperty Map<String, FunctionEntry> functions = new LinkedHashMap<>();
    @JsonProperty Map<String, QueueEntry> queues = new LinkedHashMap<>();
    @JsonProperty Map<String, TopicEntry> topics = new LinkedHashMap<>();
    @JsonProperty Map<String, TableEntry> tables = new LinkedHashMap<>();
    @JsonProperty List<String> buckets = List.of();
  }

  private static final class TopicEntry {
    @JsonProperty List<String> queues = List.of();
  }

  private static final class TableEntry {
    @JsonProperty String key = "id";
  }

  private static final class QueueEntry {
    @JsonProperty("visibility-timeout")
    String visibilityTimeout = "30s";

    @JsonProperty("dead-letter")
    @Nullable String deadLetter;

    @JsonProperty("max-receives")
    int maxReceives = 3;

    Queue toQueue(String name, Map<String, QueueEntry> all) {
      if (deadLetter != null && !all.containsKey(deadLetter)) {
        throw new IllegalArgumentException(
            "queue '" + name + "': its dead-letter queue '" + deadLetter + "' is not declared");
      }
      return new Queue(duration(visibilityTimeout), deadLetter, maxReceives);
    }
  }

  private static final class TriggerEntry {
    @JsonProperty @Nullable String http;
    @JsonProperty @Nullable String queue;
    @JsonProperty @Nullable String table;
    @JsonProperty @Nullable String bucket;
    @JsonProperty @Nullable String schedule;

    @JsonProperty("batch-size")
    int batchSize = 10;
  }

  private static final class FunctionEntry {
    @JsonProperty @Nullable String handler;
    @JsonProperty List<String> code = List.of();
    @JsonProperty int memory = 512;
    @JsonProperty String timeout = "3s";
    @JsonProperty int concurrency = 10;
    @JsonProperty Map<String, String> environment = Map.of();
    @JsonProperty List<TriggerEntry> triggers = List.of();

    FunctionConfig toConfig(String name, Path folder, FileEntry file) {
      if (handler == null || handler.isBlank()) {
        throw new IllegalArgumentException("handler is missing; write handler: package.Class");
      }
      if (code.isEmpty()) {
        throw new IllegalArgumentException(
            "code is missing; write code: [folder] or code: [a.jar, b.jar]");
      }
      List<Path> paths = new ArrayList<>();
      for (String path : code) {
        Path resolved = folder.resolve(path).normalize();
        if (!Files.exists(resolved)) {
          throw new IllegalArgumentException("code: " + resolved + " does not exist");
        }
        paths.add(resolved);
      }
      if (paths.size() > 1 && paths.stream().anyMatch(Files::isDirectory)) {
        throw new IllegalArgumentException("code: give one folder, or jars, not both");
      }
      Duration limit = duration(timeout);
      between("timeout in seconds", (int) limit.toSeconds(), 1, 900);
      String httpPath = null;
      List<FunctionConfig.QueueTrigger> fromQueues = new ArrayList<>();
      List<String> fromTables = new ArrayList<>();
      List<String> fromBuckets = new ArrayList<>();
      List<Duration> schedules = new ArrayList<>();
      for (TriggerEntry trigger : triggers) {
        if (trigger.http != null) {
          httpPath = trigger.http.startsWith("/") ? trigger.http : "/" + trigger.http;
        } else if (trigger.queue != null) {
          declared("trigger: queue", trigger.queue, file.queues.keySet(), "queues:");
          fromQueues.add(
              new FunctionConfig.QueueTrigger(
                  trigger.queue, between("batch-size", trigger.batchSize, 1, 10)));
        } else if (trigger.table != null) {
          declared("trigger: table", trigger.table, file.tables.keySet(), "tables:");
          fromTables.add(trigger.table);
        } else if (trigger.bucket != null) {
          declared("trigger: bucket", trigger.bucket, file.buckets, "buckets:");
          fromBuckets.add(trigger.bucket);
        } else if (trigger.schedule != null) {
          schedules.add(duration(trigger.schedule));
        } else {
          throw new IllegalArgumentException(
              "a trigger is one of http: /path, queue: name, table: name, bucket: name and schedule: 20s");
        }
      }
      return new FunctionConfig(
          name,
          handler,
          paths,
          between("memory in MB", memory, 128, 10240),
          limit,
          between("concurrency", concurrency, 1, 1000),
          environment,
          httpPath,
          fromQueues,
          fromTables,
          fromBuckets,
          schedules);
    }
  }
}
