package dev.thaw.collector.analysis;

import dev.thaw.collector.analysis.InitProfile.Node;
import java.util.List;

/** The kinds of work that a start's time goes into. */
public enum Work {
  CLASS_LOADING("class loading"),
  LINKING("lambdas and method handles"),
  REFLECTION("reflection and proxies"),
  CRYPTO("cryptography and TLS"),
  NETWORK("network"),
  BINDING("JSON and XML binding"),
  FILES("reading files"),
  GC("garbage collection"),
  CODE("other code");

  private final String words;

  Work(String words) {
    this.words = words;
  }

  /** As people read it. */
  public String words() {
    return words;
  }

  /** What a class of the JDK works at, by the beginning of its name. The first that fits counts. */
  private static final String[][] OF_JDK = {
    {"java.lang.invoke.", "LINKING"},
    {"java.lang.ClassLoader", "CLASS_LOADING"},
    {"jdk.internal.loader.", "CLASS_LOADING"},
    {"java.net.URLClassLoader", "CLASS_LOADING"},
    {"java.security.SecureClassLoader", "CLASS_LOADING"},
    {"java.util.ServiceLoader", "CLASS_LOADING"},
    {"sun.instrument.", "CLASS_LOADING"},
    {"java.lang.reflect.", "REFLECTION"},
    {"jdk.internal.reflect.", "REFLECTION"},
    {"sun.reflect.", "REFLECTION"},
    {"java.security.AccessController", ""},
    {"java.security.ProtectionDomain", ""},
    {"java.security.CodeSource", ""},
    {"java.security.Privileged", ""},
    {"java.security.", "CRYPTO"},
    {"sun.security.", "CRYPTO"},
    {"javax.crypto.", "CRYPTO"},
    {"javax.net.ssl.", "CRYPTO"},
    {"com.sun.crypto.", "CRYPTO"},
    {"java.net.InetAddress", "NETWORK"},
    {"java.net.Inet", "NETWORK"},
    {"java.net.Socket", "NETWORK"},
    {"java.net.http.", "NETWORK"},
    {"jdk.internal.net.http.", "NETWORK"},
    {"sun.net.www.", "NETWORK"},
    {"sun.nio.ch.N", "NETWORK"},
    {"sun.nio.ch.Socket", "NETWORK"},
    {"sun.nio.ch.E", "NETWORK"},
    {"javax.xml.", "BINDING"},
    {"com.sun.org.apache.", "BINDING"},
    {"jdk.xml.", "BINDING"},
    {"java.io.FileInputStream", "FILES"},
    {"java.io.RandomAccessFile", "FILES"},
    {"java.io.UnixFileSystem", "FILES"},
    {"java.io.File", "FILES"},
    {"java.io.BufferedReader", "FILES"},
    {"java.nio.file.", "FILES"},
    {"sun.nio.fs.", "FILES"},
    {"java.util.zip.", "FILES"},
    {"java.util.jar.", "FILES"},
  };

  private static final String[] BINDING_LIBRARIES = {
    "com.fasterxml.jackson.",
    "tools.jackson.",
    "com.google.gson.",
    "com.squareup.moshi.",
    "org.yaml.snakeyaml.",
    "jakarta.xml.bind.",
    "com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.",
    "software.amazon.awssdk.thirdparty.jackson."
  };

  /**
   * What a stack worked at: the outermost frame of the JDK that says so, below the innermost frame
   * of any other code; else what that code is known for.
   *
   * @param stack outermost first
   */
  static Work of(List<Node> stack) {
    Work found = null;
    int i = stack.size() - 1;
    for (; i >= 0 && stack.get(i).isJdk(); i--) {
      Work work = ofJdk(stack.get(i));
      if (work != null) {
        found = work;
      }
    }
    if (found != null) {
      return found;
    }
    if (i >= 0) {
      for (String library : BINDING_LIBRARIES) {
        if (stack.get(i).type().startsWith(library)) {
          return BINDING;
        }
      }
    }
    return CODE;
  }

  private static Work ofJdk(Node frame) {
    if (frame.type().equals("java.lang.Class")) {
      return frame.method().startsWith("forName") ? CLASS_LOADING : REFLECTION;
    }
    for (String[] row : OF_JDK) {
      if (frame.type().startsWith(row[0])) {
        return row[1].isEmpty() ? null : valueOf(row[1]);
      }
    }
    return null;
  }
}
