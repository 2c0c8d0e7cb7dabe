package dev.thaw.collector.model;

/** Where in a function's own code a stack stands. */
public final class Stack {

  /** Longer names of methods say nothing more. */
  private static final int MOST_TEXT = 300;

  /** Frames of the JDK, of the runtime and of the usual libraries say how it waits, not why. */
  private static final String[] NOT_OWN = {
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.amazonaws.",
    "software.amazon.",
    "io.netty.",
    "okhttp3.",
    "org.apache.http",
    "dev.thaw.agent.",
    "process.processTicksAndRejections"
  };

  private Stack() {}

  /**
   * The innermost frame of the function's own code, or of any code when none of it is there.
   *
   * @param stack one frame a line, the innermost first; with or without «at» before each
   */
  public static String ownFrame(String stack) {
    String first = "";
    for (String line : stack.split("\n")) {
      String frame = line.strip().replaceFirst("^at ", "");
      if (frame.contains("$$Lambda") || frame.contains("LambdaForm$")) {
        // Made by the JVM, with an address for a name; the code of the lambda is a frame of its
        // own.
        continue;
      }
      // A frame may name its module or loader first: java.base@17.0.15/jdk.internal...
      String method = frame.substring(frame.lastIndexOf('/', Math.max(0, frame.indexOf('('))) + 1);
      if (first.isEmpty()) {
        first = method;
      }
      if (!method.isEmpty() && isOwn(method)) {
        return method;
      }
    }
    return first;
  }

  private static boolean isOwn(String method) {
    for (String prefix : NOT_OWN) {
      if (method.startsWith(prefix)) {
        return false;
      }
    }
    return true;
  }

  /** Where a failed invocation stood: of an exception where it was thrown; empty when not known. */
  static String placeOf(Span invocation, Outcome outcome) {
    if (!outcome.isFailure()) {
      return "";
    }
    String place = ownFrame(first(invocation, "thaw.stack", "code.stacktrace"));
    if (place.isEmpty()) {
      place = ofException(first(invocation, "exception", "exception.stacktrace"));
    }
    return place.length() <= MOST_TEXT ? place : place.substring(0, MOST_TEXT);
  }

  private static String first(Span invocation, String event, String attribute) {
    return invocation.events().stream()
        .filter(one -> one.name().equals(event))
        .map(one -> String.valueOf(one.attributes().getOrDefault(attribute, "")))
        .findFirst()
        .orElse("");
  }

  /** Java's and JavaScript's begin with the innermost frame, Python's end with it. */
  private static String ofException(String stack) {
    StringBuilder frames = new StringBuilder();
    String ofPython = "";
    for (String line : stack.split("\n")) {
      String frame = line.strip();
      if (frame.startsWith("Caused by:") && frames.length() > 0) {
        break;
      }
      if (frame.startsWith("at ")) {
        frames.append(frame).append('\n');
      } else if (frame.startsWith("File \"")) {
        ofPython = frame;
      }
    }
    return frames.length() > 0 ? ownFrame(frames.toString()) : ofPython;
  }
}
