package dev.thaw.collector;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A program on a file system of its own, in memory, that is soon full. */
public final class SmallDisk {

  private SmallDisk() {}

  /**
   * The test is passed over, with a loud line, where this machine does not allow it.
   *
   * @param at where only the program sees the file system
   * @param program its class and its arguments, run by this JVM's java with this class path
   */
  public static ProcessBuilder java(Path at, int megabytes, String... program)
      throws IOException, InterruptedException {
    return on(at, "size=" + megabytes + "m", program);
  }

  /** The same on one to which nobody may write. */
  public static ProcessBuilder readOnlyJava(Path at, String... program)
      throws IOException, InterruptedException {
    return on(at, "ro", program);
  }

  private static ProcessBuilder on(Path at, String options, String... program)
      throws IOException, InterruptedException {
    String namespace =
        "root".equals(System.getProperty("user.name")) ? "unshare -m" : "unshare -rm";
    String inside =
        "%s sh -c 'mount --make-rprivate / && mount -t tmpfs -o %s none %s"
            .formatted(namespace, options, at);
    boolean isAllowed =
        new ProcessBuilder("sh", "-c", inside + "'").redirectErrorStream(true).start().waitFor()
            == 0;
    if (!isAllowed) {
      System.err.println(
          "\n*** NO MOUNT NAMESPACES: a disk that is full, or read-only, was NOT tested. Run as root, or allow user"
              + " namespaces. ***\n");
    }
    Assumptions.assumeTrue(isAllowed, "no mount namespaces");
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "exec " + inside + " && exec \"$0\" \"$@\"' \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(program));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }
}
