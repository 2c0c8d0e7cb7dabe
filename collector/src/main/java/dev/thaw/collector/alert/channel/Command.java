package dev.thaw.collector.alert.channel;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program of this machine with the message as JSON on its standard input. It has 30 seconds;
 * another exit code than 0 means that it did not take the message. No shell is involved.
 */
final class Command implements Channel {

  private static final int SECONDS = 30;
  private static final int MOST_SHOWN = 300;

  private final String name;
  private final List<String> command;

  Command(Options options) {
    name = options.name();
    command = options.texts("run");
    if (command.isEmpty()) {
      throw options.wrong("run is missing; write run: [/path/to/program, argument]");
    }
    Path program = Path.of(command.get(0));
    if (!program.isAbsolute() || !Files.isExecutable(program)) {
      throw options.wrong(program + " is no program; name one with its whole path");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return "command";
  }

  @Override
  public String target() {
    return command.get(0);
  }

  @Override
  public void deliver(Message message) throws NotDelivered {
    Process process = null;
    Path output = null;
    try {
      output = Files.createTempFile("thaw-command", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("THAW_STATUS", message.status());
      builder.environment().put("THAW_TITLE", title(message));
      process = builder.start();
      write(process, Webhook.json(message));
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new NotDelivered(command.get(0) + " did not end within " + SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new NotDelivered(
            command.get(0) + " ended with " + process.exitValue() + ": " + shown(output));
      }
    } catch (IOException e) {
      throw new NotDelivered(command.get(0) + " can't be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotDelivered("the collector stops");
    } finally {
      end(process);
      delete(output);
    }
  }

  /** As the environment can hold it. */
  private static String title(Message message) {
    String title = message.title().replace('\0', ' ');
    return title.length() > MOST_SHOWN ? title.substring(0, MOST_SHOWN) : title;
  }

  /** A program that does not read what it is given has its reasons. */
  private static void write(Process process, String json) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Its exit code says how it went.
    }
  }

  private static String shown(Path output) throws IOException {
    byte[] bytes = Files.readAllBytes(output);
    String text = new String(bytes, 0, Math.min(bytes.length, MOST_SHOWN), StandardCharsets.UTF_8);
    return text.strip();
  }

  private static void end(@org.jspecify.annotations.Nullable Process process) {
    if (process != null && process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void delete(@org.jspecify.annotations.Nullable Path output) {
    try {
      if (output != null) {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      // It is a small file in the folder for such.
    }
  }
}
