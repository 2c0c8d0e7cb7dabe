package dev.thaw.agent.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/** One Kafka broker as a process of its own, from client-libraries/kafka. */
final class KafkaBroker implements AutoCloseable {

  private static final String ANY_ID = "AAAAAAAAAAAAAAAAAAAAAw";

  private final Process process;
  private final int port;

  KafkaBroker(Path work) throws IOException, InterruptedException {
    port = freePort();
    int controller = freePort();
    Path folder = Files.createTempDirectory(work, "kafka");
    Path properties =
        Files.writeString(
            folder.resolve("server.properties"),
            """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:%d
            listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
            advertised.listeners=PLAINTEXT://127.0.0.1:%d
            controller.listener.names=CONTROLLER
            log.dirs=%s
            offsets.topic.replication.factor=1
            num.partitions=1
            """
                .formatted(controller, port, controller, port, folder.resolve("data")));
    Process format =
        java(folder, "kafka.tools.StorageTool", "format", "-t", ANY_ID, "-c", properties);
    if (!format.waitFor(60, TimeUnit.SECONDS) || format.exitValue() != 0) {
      throw new IOException(
          "Kafka's storage could not be laid out: "
              + Files.readString(folder.resolve("kafka.log")));
    }
    process = java(folder, "kafka.Kafka", properties);
    awaitReady(folder);
  }

  /** The function that is tested waits for a broker, but not for one that is still starting. */
  private void awaitReady(Path folder) throws IOException, InterruptedException {
    try (AdminClient admin =
        AdminClient.create(Map.<String, Object>of("bootstrap.servers", address()))) {
      admin.describeCluster().nodes().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      close();
      throw new IOException(
          "Kafka did not start: " + Files.readString(folder.resolve("kafka.log")), e);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Process java(Path folder, Object... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-cp",
                Path.of("client-libraries/kafka/target/lib").toAbsolutePath() + "/*"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("kafka.log").toFile()))
        .start();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** The header of a record; empty when it has none of that name. */
  String header(String topic, long offset, String name) {
    Header header = record(topic, offset).headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** What Lambda gives a function for a record (its developer guide, «Using Lambda with Kafka»). */
  Map<String, Object> lambdaEvent(String topic, long offset) {
    ConsumerRecord<String, String> record = record(topic, offset);
    List<Map<String, int[]>> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      int[] bytes = new int[header.value().length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = header.value()[i];
      }
      headers.add(Map.of(header.key(), bytes));
    }
    byte[] value = record.value().getBytes(StandardCharsets.UTF_8);
    return Map.of(
        "eventSource",
        "SelfManagedKafka",
        "bootstrapServers",
        address(),
        "records",
        Map.of(
            topic + "-" + record.partition(),
            List.of(
                Map.of(
                    "topic", topic,
                    "partition", record.partition(),
                    "offset", record.offset(),
                    "timestamp", record.timestamp(),
                    "timestampType", "CREATE_TIME",
                    "value", Base64.getEncoder().encodeToString(value),
                    "headers", headers))));
  }

  private ConsumerRecord<String, String> record(String topic, long offset) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", address());
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seek(partition, offset);
      for (int i = 0; i < 20; i++) {
        for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofSeconds(1))) {
          if (found.offset() == offset) {
            return found;
          }
        }
      }
    }
    throw new IllegalStateException("no record at " + offset);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
