package dev.thaw.agent.coldstart;

import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * A profile as it is sent: lines of text, deflated (RFC 1950), in Base64.
 * docs/reference/attributes.md describes the lines.
 */
final class ProfileText {

  /** What one attribute may hold, characters of Base64. */
  static final int MOST_CHARS = 48 * 1024;

  /** Each attempt to make it smaller leaves out stacks with twice as much time. */
  private static final int MOST_ATTEMPTS = 12;

  private final StringBuilder lines = new StringBuilder(64 * 1024);
  private final Map<String, Integer> jarOfClass = new HashMap<>();

  private ProfileText() {}

  /**
   * @param loaded where the classes of the stacks are found
   */
  static String encoded(StackTree tree, long periodNs, Class<?>[] loaded) {
    ProfileText text = new ProfileText();
    text.collectClasses(tree.root, 0);
    List<String> jars = text.findJars(loaded);
    long total = tree.root.totalNs();
    String encoded = "";
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      text.write(tree, periodNs, jars, attempt == 0 ? 0 : (total >> 12) << attempt);
      encoded = text.deflated();
      if (encoded.length() <= MOST_CHARS) {
        break;
      }
    }
    return encoded;
  }

  /** The lines as they are before they are deflated. */
  static String plain(StackTree tree, long periodNs, Class<?>[] loaded) {
    ProfileText text = new ProfileText();
    text.collectClasses(tree.root, 0);
    text.write(tree, periodNs, text.findJars(loaded), 0);
    return text.lines.toString();
  }

  private void write(StackTree tree, long periodNs, List<String> jars, long leaveOutBelowNs) {
    lines.setLength(0);
    lines.append("thaw-init-profile 1\nperiod_us ").append(periodNs / 1000);
    lines.append("\nsamples ").append(tree.samples).append('\n');
    for (int i = 0; i < jars.size(); i++) {
      lines.append("jar ").append(jars.get(i)).append('\n');
    }
    children(tree.root, 0, leaveOutBelowNs);
  }

  /** Depths 0 and 1 are the phase and the thread. */
  private void collectClasses(StackTree.Node of, int depth) {
    for (StackTree.Node at = of.firstChild; at != null; at = at.nextSibling) {
      if (depth > 1) {
        jarOfClass.put(hostOf(at.type), 0);
      }
      collectClasses(at, depth + 1);
    }
  }

  /** The class that a generated one, such as a lambda's, was made for. */
  private static String hostOf(String type) {
    int generated = type.indexOf("$$Lambda");
    return generated < 0 ? type : type.substring(0, generated);
  }

  /**
   * Finds out which jar each class came from.
   *
   * @return the jars, as name and version, in the order of their numbers, which begin with 1
   */
  private List<String> findJars(Class<?>[] loaded) {
    List<String> jars = new ArrayList<>();
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < loaded.length; i++) {
      Class<?> type = loaded[i];
      if (type.isArray() || type.isPrimitive() || !jarOfClass.containsKey(type.getName())) {
        continue;
      }
      String jar = jar(type);
      Integer number = numbers.get(jar);
      if (number == null) {
        Package ofType = type.getPackage();
        String version = ofType == null ? null : ofType.getImplementationVersion();
        jars.add(jar + '\t' + (version == null || jar.equals("jdk") ? "" : version));
        number = jars.size();
        numbers.put(jar, number);
      }
      jarOfClass.put(type.getName(), number);
    }
    return jars;
  }

  /** The jar's file name; a folder's name with a slash; {@code jdk} for the JDK's own classes. */
  private static String jar(Class<?> type) {
    String module = type.getModule().getName();
    if (module != null && (module.startsWith("java.") || module.startsWith("jdk."))) {
      return "jdk";
    }
    String path = location(type);
    if (path == null) {
      return type.getName().startsWith("dev.thaw.agent.") ? "thaw-agent.jar" : "";
    }
    // A jar inside another one is written as jar:file:/a.jar!/lib/b.jar!/
    boolean nested = path.endsWith("!/");
    boolean folder = path.endsWith("/") && !nested;
    String bare =
        nested
            ? path.substring(0, path.length() - 2)
            : folder ? path.substring(0, path.length() - 1) : path;
    String name = bare.substring(bare.lastIndexOf('/') + 1);
    return folder ? name + '/' : name;
  }

  private static @Nullable String location(Class<?> type) {
    ProtectionDomain domain = type.getProtectionDomain();
    CodeSource source = domain == null ? null : domain.getCodeSource();
    return source == null || source.getLocation() == null ? null : source.getLocation().toString();
  }

  private void children(StackTree.Node of, int depth, long leaveOutBelowNs) {
    for (StackTree.Node at = of.firstChild; at != null; at = at.nextSibling) {
      boolean whole = leaveOutBelowNs == 0 || at.totalNs() >= leaveOutBelowNs;
      if (!whole) {
        continue;
      }
      long self = at.selfNs;
      for (StackTree.Node child = at.firstChild; child != null; child = child.nextSibling) {
        if (leaveOutBelowNs > 0 && child.totalNs() < leaveOutBelowNs) {
          self += child.totalNs();
        }
      }
      lines.append(depth).append(' ').append(self / 1000).append(' ');
      if (depth > 1) {
        Integer jar = jarOfClass.get(hostOf(at.type));
        lines.append(jar == null ? 0 : jar.intValue()).append(' ').append(at.type);
        lines.append('.').append(at.method);
        if (at.line > 0) {
          lines.append(':').append(at.line);
        }
      } else {
        lines.append("0 ").append(at.type.replace('\n', ' '));
      }
      lines.append('\n');
      children(at, depth + 1, leaveOutBelowNs);
    }
  }

  private String deflated() {
    byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
    byte[] packed = new byte[text.length + 64];
    Deflater deflater = new Deflater();
    deflater.setInput(text);
    deflater.finish();
    int length = deflater.deflate(packed);
    deflater.end();
    byte[] exact = new byte[length];
    System.arraycopy(packed, 0, exact, 0, length);
    return Base64.getEncoder().encodeToString(exact);
  }
}
