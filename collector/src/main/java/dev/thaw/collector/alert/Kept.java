package dev.thaw.collector.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives a restart, as one JSON file that is replaced as a whole: alerts, who was told of
 * them, silences, and messages that nobody has taken yet.
 *
 * @param evaluatedMs when rules were evaluated last, milliseconds since the Unix epoch
 */
record Kept(
    long evaluatedMs,
    List<Alert> alerts,
    List<Notifier.Group> groups,
    List<Silence> silences,
    List<Outbox.Delivery> deliveries) {

  private static final Logger LOG = LoggerFactory.getLogger(Kept.class);
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          // A name that is damaged is one that is missing.
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  static final Kept NOTHING = new Kept(0, List.of(), List.of(), List.of(), List.of());

  /** A file that can't be read is set aside: alerts begin anew, and are told again. */
  static Kept read(Path file) {
    if (!Files.exists(file)) {
      return NOTHING;
    }
    try {
      return JSON.readValue(Files.readAllBytes(file), Kept.class);
    } catch (IOException e) {
      Path aside =
          file.resolveSibling(file.getFileName() + ".damaged-" + System.currentTimeMillis());
      LOG.error("The states of alerts in {} can't be read; it is now {}", file, aside, e);
      try {
        Files.move(file, aside);
      } catch (IOException cannot) {
        throw new IllegalArgumentException(
            file + " can't be read nor set aside: " + cannot.getMessage(), cannot);
      }
      return NOTHING;
    }
  }

  void write(Path file) throws IOException {
    replace(file, bytes());
  }

  private byte[] bytes() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Alerts are always JSON", e);
    }
  }

  /** All or nothing, also when the power goes. */
  static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
