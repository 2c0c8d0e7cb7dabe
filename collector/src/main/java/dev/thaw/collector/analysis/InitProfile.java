package dev.thaw.collector.analysis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The stacks of a cold start as the agent sends them in {@code thaw.init.profile}; the lines are
 * described in docs/reference/attributes.md.
 *
 * @param periodUs between two looks, at first, microseconds
 * @param samples how often was looked
 * @param jars by their number; number 0 is an unknown one
 * @param phases the outermost nodes, one for each phase; below each its threads
 */
public record InitProfile(long periodUs, int samples, List<Jar> jars, List<Node> phases) {

  /** A profile of the agent is 48 KiB deflated; more than this inflated is not one. */
  private static final int MOST_CHARS = 16 * 1024 * 1024;

  private static final int DEEPEST = 1000;

  /**
   * Where classes came from.
   *
   * @param name the file's name; a folder's with a slash; {@code jdk}; or empty
   * @param version of its manifest, or empty
   */
  public record Jar(String name, String version) {}

  /** A frame in its place; mutable only while it is read. */
  public static final class Node {
    private final String type;
    private final String method;
    private final int line;
    private final Jar jar;
    private final long selfUs;
    private final List<Node> children = new ArrayList<>();
    private long totalUs;

    Node(String type, String method, int line, Jar jar, long selfUs) {
      this.type = type;
      this.method = method;
      this.line = line;
      this.jar = jar;
      this.selfUs = selfUs;
    }

    /** The class, or the name of a phase or thread. */
    public String type() {
      return type;
    }

    /** Empty for a phase or thread. */
    public String method() {
      return method;
    }

    /** The line inside a static initialiser; 0 elsewhere. */
    public int line() {
      return line;
    }

    public Jar jar() {
      return jar;
    }

    public long selfUs() {
      return selfUs;
    }

    public long totalUs() {
      return totalUs;
    }

    public List<Node> children() {
      return children;
    }

    public boolean isInitialiser() {
      return method.equals("<clinit>");
    }

    /** Whether it belongs to the JDK. */
    public boolean isJdk() {
      return jar.name().equals("jdk");
    }

    /** Such as {@code com.example.Handler.<clinit>:31}. */
    public String text() {
      return method.isEmpty() ? type : type + "." + method + (line > 0 ? ":" + line : "");
    }
  }

  /**
   * @param encoded deflated text in Base64
   * @throws IllegalArgumentException when it is no such profile
   */
  public static InitProfile decode(String encoded) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(Base64.getDecoder().decode(encoded));
      StringBuilder text = new StringBuilder();
      byte[] part = new byte[64 * 1024];
      while (!inflater.finished()) {
        int length = inflater.inflate(part);
        if (length == 0) {
          throw new IllegalArgumentException("the profile is cut off");
        }
        if (text.length() + length > MOST_CHARS) {
          throw new IllegalArgumentException("the profile is longer than " + MOST_CHARS);
        }
        // Names that are not ASCII may be cut in two here; a frame's name is only shown.
        text.append(new String(part, 0, length, StandardCharsets.UTF_8));
      }
      return parse(text.toString());
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("the profile is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /**
   * @throws IllegalArgumentException when it is no such profile
   */
  static InitProfile parse(String text) {
    String[] lines = text.split("\n");
    if (!lines[0].equals("thaw-init-profile 1")) {
      throw new IllegalArgumentException("not a profile of version 1: " + lines[0]);
    }
    long period = 0;
    int samples = 0;
    List<Jar> jars = new ArrayList<>(List.of(new Jar("", "")));
    List<Node> path = new ArrayList<>(List.of(new Node("", "", 0, jars.get(0), 0)));
    try {
      for (int i = 1; i < lines.length; i++) {
        String line = lines[i];
        if (line.startsWith("period_us ")) {
          period = Long.parseLong(line.substring(10));
        } else if (line.startsWith("samples ")) {
          samples = Integer.parseInt(line.substring(8));
        } else if (line.startsWith("jar ")) {
          int tab = line.indexOf('\t');
          jars.add(new Jar(line.substring(4, tab), line.substring(tab + 1)));
        } else {
          read(line, jars, path);
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("the profile is damaged: " + e.getMessage(), e);
    }
    Node root = path.get(0);
    sum(root);
    return new InitProfile(period, samples, List.copyOf(jars), root.children);
  }

  private static void read(String line, List<Jar> jars, List<Node> path) {
    String[] fields = line.split(" ", 4);
    int depth = Integer.parseInt(fields[0]);
    if (depth >= path.size() || depth > DEEPEST) {
      throw new IllegalArgumentException("the profile is damaged: a frame without its caller");
    }
    Jar jar = jars.get(Integer.parseInt(fields[2]));
    Node node = node(fields[3], depth, jar, Long.parseLong(fields[1]));
    path.get(depth).children.add(node);
    path.subList(depth + 1, path.size()).clear();
    path.add(node);
  }

  private static Node node(String text, int depth, Jar jar, long selfUs) {
    if (depth < 2) {
      return new Node(text, "", 0, jar, selfUs);
    }
    int colon = text.lastIndexOf(':');
    String frame = colon < 0 ? text : text.substring(0, colon);
    int dot = frame.lastIndexOf('.');
    return new Node(
        frame.substring(0, dot),
        frame.substring(dot + 1),
        colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1)),
        jar,
        selfUs);
  }

  private static void sum(Node node) {
    node.totalUs = node.selfUs;
    for (Node child : node.children) {
      sum(child);
      node.totalUs += child.totalUs;
    }
  }

  /** The thread that starts, below its phase; the others are its helpers. */
  public Node startingThread(Node phase) {
    Node most = phase;
    for (Node thread : phase.children) {
      if (most == phase || thread.totalUs > most.totalUs) {
        most = thread;
      }
    }
    return most;
  }
}
