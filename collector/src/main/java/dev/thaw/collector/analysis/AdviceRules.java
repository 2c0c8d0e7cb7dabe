package dev.thaw.collector.analysis;

import dev.thaw.collector.analysis.InitProfile.Node;
import java.util.List;
import java.util.function.Predicate;

/**
 * The patterns that make starts slow, and what to do about each. A rule's place in the list is its
 * precedence: what a rule has taken, a later one does not count again.
 */
final class AdviceRules {

  private AdviceRules() {}

  /**
   * One pattern.
   *
   * @param id for links and tests
   * @param title what was seen
   * @param text what to do
   * @param entry the frame with which the pattern begins; all that it calls counts
   * @param merged whether its places make one advice, or each place its own
   */
  record Rule(String id, String title, String text, Predicate<Node> entry, boolean merged) {}

  static final List<Rule> ALL =
      List.of(
          new Rule(
              "network-in-init",
              "The network is waited for before the first request",
              "A start that waits for the network is as slow as the network, and fails with it. Connect when the first request"
                  + " needs it, or use SnapStart or provisioned concurrency if every request does.",
              type(
                  "java.net.InetAddress",
                  "java.net.Inet4AddressImpl",
                  "java.net.Inet6AddressImpl",
                  "sun.security.ssl.SSLSocketImpl",
                  "sun.security.ssl.TransportContext",
                  "sun.nio.ch.NioSocketImpl",
                  "sun.nio.ch.Net",
                  "java.net.Socket"),
              true),
          new Rule(
              "component-scan",
              "Classes are searched for at every start",
              "A scan reads every class of the package from its jar. Name the components (@Import, explicit @Bean methods, or"
                  + " functional registration), or have the index made when you build (spring-context-indexer, AOT processing).",
              type(
                  "org.springframework.context.annotation.ClassPathBeanDefinitionScanner",
                  "org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider",
                  "org.springframework.core.io.support.PathMatchingResourcePatternResolver",
                  "org.reflections.",
                  "io.github.classgraph."),
              true),
          new Rule(
              "schema-in-init",
              "A schema is compiled at every start",
              "Validate against it only where input is not trusted, compile it on first use, or keep what it describes as code"
                  + " that the build generates.",
              type(
                  "javax.xml.validation.SchemaFactory",
                  "com.sun.org.apache.xerces.internal.jaxp.validation.",
                  "com.networknt.schema.",
                  "org.everit.json.schema."),
              true),
          new Rule(
              "connection-pool",
              "A connection pool is filled before the first request",
              "An environment serves one request at a time: one connection is enough. Set the pool's minimum to 0 or 1, let it"
                  + " connect on first use, or put a proxy such as RDS Proxy in front of the database.",
              type(
                  "com.zaxxer.hikari.",
                  "org.apache.commons.dbcp",
                  "org.apache.tomcat.jdbc.pool.",
                  "com.mchange.v2.c3p0.",
                  "oracle.ucp."),
              true),
          new Rule(
              "sdk-client-in-init",
              "AWS SDK clients are built before the first request",
              "Give the builder its region, credentials provider and HTTP client (UrlConnectionHttpClient, or the CRT client), so"
                  + " that it need not look for them, and build at start only those clients that every request uses. The rest of"
                  + " the time is class loading, which a class archive or SnapStart takes away.",
              type(
                  "software.amazon.awssdk.",
                  "com.amazonaws.client.",
                  "com.amazonaws.auth.",
                  "com.amazonaws.http."),
              true),
          new Rule(
              "object-mapper-in-init",
              "An object mapper learns its types at start",
              "Make one mapper and share it. Register the modules that you use by name: findAndRegisterModules searches all"
                  + " jars. For a few small types, read the tree or write the JSON by hand; else have the code generated"
                  + " (Jackson with a compile-time processor, Moshi codegen, kotlinx.serialization).",
              type(
                  "com.fasterxml.jackson.",
                  "tools.jackson.",
                  "com.google.gson.",
                  "com.squareup.moshi."),
              true),
          new Rule(
              "data-file-in-init",
              "A data file is read and parsed at start",
              "Turn it into the form in which it is used when you build (a compact binary, generated code), read only the part"
                  + " that is needed, or read it when the first request asks for it.",
              AdviceRules::readsData,
              false));

  /** What is left of the function's own work, each place for itself. */
  static final Rule OWN_WORK =
      new Rule(
          "work-in-static-initialiser",
          "Work in a static initialiser or constructor",
          "It runs before every first request, needed or not. Do it when it is first used (a holder class, or a memoised"
              + " supplier), or when you build.",
          node -> false,
          false);

  /**
   * The Lambda runtime's own serialiser, for handlers whose event or answer is an object. It
   * belongs to the runtime, but the function chooses it.
   */
  static final Rule RUNTIME_SERIALISER =
      new Rule(
          "runtime-serialiser",
          "The runtime makes its own object mapper for the handler’s types",
          "Implement RequestStreamHandler and read the event from the stream, with the mapper that the function has or a small"
              + " parser: the runtime then makes none. A handler that takes a Map or a String pays for it, too.",
          type("com.amazonaws.services.lambda.runtime.serialization."),
          true);

  /** A jar's classes are loaded, and little else. */
  static Rule loading(String jar) {
    return new Rule(
        "class-loading",
        "Loading the classes that " + jar + " asks for",
        "Little of this time runs code: the JVM finds, reads and verifies classes. Keep them in a class archive (JDK 17:"
            + " -XX:ArchiveClassesAtExit; JDK 25: an AOT cache), use SnapStart, or leave out what is not needed.",
        node -> node.jar().name().equals(jar),
        true);
  }

  private static Predicate<Node> type(String... prefixes) {
    return node -> {
      for (String prefix : prefixes) {
        if (node.type().startsWith(prefix)) {
          return true;
        }
      }
      return false;
    };
  }

  /** A method that reads lines or bytes itself, or through the JDK's helpers. */
  private static boolean readsData(Node node) {
    if (node.isJdk() || node.method().isEmpty()) {
      return false;
    }
    for (Node child : node.children()) {
      if (child.isJdk() && isRead(child)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRead(Node frame) {
    String type = frame.type();
    String method = frame.method();
    return (type.startsWith("java.io.") && method.startsWith("read"))
        || (type.startsWith("java.io.") && type.endsWith("Reader"))
        || type.startsWith("java.nio.file.Files")
        || (type.equals("java.util.Properties") && method.startsWith("load"))
        || (type.equals("java.util.Scanner"))
        || (type.equals("java.lang.Class") && method.startsWith("getResource"))
        || (type.equals("java.lang.ClassLoader") && method.startsWith("getResource"));
  }
}
