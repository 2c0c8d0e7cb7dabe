package dev.thaw.agent.export;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** On what kind of file system a folder lies: proc(5), {@code /proc/self/mounts}. */
final class Mounts {

  /**
   * A page of a file that has its blocks can be changed in place here, whatever else is full. Where
   * a change is a copy, a full disk makes of a store an error that the JVM throws somewhere else.
   */
  private static final List<String> IN_PLACE =
      Arrays.asList("ext2", "ext3", "ext4", "xfs", "tmpfs");

  private Mounts() {}

  /** Whether what is stored into a mapped page of a file in this folder arrives there. */
  static boolean changeInPlace(File folder) throws IOException {
    try (FileInputStream mounts = new FileInputStream("/proc/self/mounts")) {
      String text = new String(mounts.readAllBytes(), StandardCharsets.UTF_8);
      return IN_PLACE.contains(type(text, folder.getCanonicalPath()));
    }
  }

  /**
   * @param mounts a line each: device, mount point, type; of two at one point the later counts
   * @param path absolute, without links
   * @return empty when none is known
   */
  static String type(String mounts, String path) {
    String found = "";
    int longest = 0;
    for (String line : mounts.split("\n")) {
      String[] words = line.split(" ");
      if (words.length < 3) {
        continue;
      }
      String point = words[1].replace("\\040", " ");
      boolean isAbove =
          point.equals("/") || path.equals(point) || path.startsWith(point.concat("/"));
      if (isAbove && point.length() >= longest) {
        longest = point.length();
        found = words[2];
      }
    }
    return found;
  }
}
