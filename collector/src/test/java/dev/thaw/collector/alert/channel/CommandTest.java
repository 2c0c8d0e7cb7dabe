package dev.thaw.collector.alert.channel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest extends ChannelContract {

  @TempDir Path folder;

  private Path program;

  @Override
  protected Channel open() throws IOException {
    write("cat > " + folder + "/$(date +%s%N).taken");
    return Channels.open(options("command", Map.of("run", List.of(program.toString(), "x"))));
  }

  private void write(String line) throws IOException {
    program = folder.resolve("page");
    Files.writeString(program, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Override
  protected void refuse() throws IOException {
    write("echo the pager is broken; exit 3");
  }

  @Override
  protected List<String> taken() throws IOException {
    List<String> taken = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".taken")).sorted().toList()) {
        taken.add(Files.readString(file));
      }
    }
    return taken;
  }

  @Test
  void whatTheProgramSaidIsPassedOn() throws Exception {
    Channel channel = open();
    refuse();
    assertThatThrownBy(() -> channel.deliver(firing("checkout")))
        .hasMessage(program + " ended with 3: the pager is broken");
  }

  @Test
  void aProgramThatReadsNothingIsNoFault() throws Exception {
    Channel channel = open();
    write("exit 0");
    channel.deliver(firing("x".repeat(1_000_000)));
  }
}
