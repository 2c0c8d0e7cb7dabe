package dev.thaw.collector.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Segments as files of one folder. */
public final class DiskFiles implements JournalFiles {

  private static final String SUFFIX = ".journal";

  private final Path folder;

  /**
   * @throws IOException when the folder is not there and can't be made
   */
  public DiskFiles(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
  }

  private Path file(String name) {
    return folder.resolve(name + SUFFIX);
  }

  @Override
  public Appending create(String name) throws IOException {
    return new OnDisk(
        FileChannel.open(
            file(name),
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING));
  }

  @Override
  public ByteBuffer read(String name) throws IOException {
    try (FileChannel channel = FileChannel.open(file(name), StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  @Override
  public long freeBytes() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  private final class OnDisk implements Appending {
    private final FileChannel channel;
    private boolean named;

    OnDisk(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
      long left = 0;
      for (ByteBuffer buffer : buffers) {
        left += buffer.remaining();
      }
      while (left > 0) {
        left -= channel.write(buffers);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
      if (!named) {
        // The file's entry in its folder is data of the folder (fsync(2)).
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
          names.force(true);
        }
        named = true;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
