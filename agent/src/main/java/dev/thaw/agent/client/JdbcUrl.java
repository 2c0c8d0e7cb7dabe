package dev.thaw.agent.client;

import org.jspecify.annotations.Nullable;

/**
 * What a JDBC URL says of the database, in the words of OpenTelemetry's database conventions.
 * Immutable; never the user or the password.
 */
final class JdbcUrl {

  /** A value of {@code db.system.name}. */
  final String system;

  final @Nullable String host;

  /** 0 when it is not said. */
  final long port;

  /** The database's name. */
  final @Nullable String namespace;

  private JdbcUrl(String system, @Nullable String host, long port, @Nullable String namespace) {
    this.system = system;
    this.host = host;
    this.port = port;
    this.namespace = namespace;
  }

  /** Whether it speaks MySQL's dialect. */
  boolean isMySql() {
    return system.equals("mysql") || system.equals("mariadb");
  }

  static JdbcUrl parse(@Nullable String url) {
    if (url == null || !url.startsWith("jdbc:")) {
      return new JdbcUrl("other_sql", null, 0, null);
    }
    int end = url.indexOf(':', 5);
    String driver = end < 0 ? url.substring(5) : url.substring(5, end);
    String rest = end < 0 ? "" : url.substring(end + 1);
    String system = system(driver);
    int slashes = rest.indexOf("//");
    if (slashes < 0) {
      int at = rest.indexOf('@');
      return at >= 0
          ? server(system, rest.substring(at + 1), ':')
          : new JdbcUrl(system, null, 0, name(rest));
    }
    return server(system, rest.substring(slashes + 2), '/');
  }

  /**
   * @param rest {@code user@host:port/name?more} or {@code host:port;databaseName=name}
   */
  private static JdbcUrl server(String system, String rest, char beforeName) {
    String address = rest;
    String name = null;
    int semicolon = rest.indexOf(';');
    if (semicolon >= 0) {
      address = rest.substring(0, semicolon);
      int at = rest.toLowerCase(java.util.Locale.ROOT).indexOf("databasename=");
      if (at >= 0) {
        int to = rest.indexOf(';', at);
        name = rest.substring(at + "databasename=".length(), to < 0 ? rest.length() : to);
      }
    }
    int slash = address.indexOf('/');
    if (slash >= 0) {
      name = name(address.substring(slash + 1));
      address = address.substring(0, slash);
    }
    address = address.substring(address.lastIndexOf('@') + 1);
    // Of several hosts the first.
    int comma = address.indexOf(',');
    address = comma < 0 ? address : address.substring(0, comma);
    int colon = address.indexOf(':', Math.max(0, address.indexOf(']')));
    String host = colon < 0 ? address : address.substring(0, colon);
    long port = 0;
    if (colon >= 0) {
      String digits = address.substring(colon + 1);
      int more = digits.indexOf(beforeName == ':' ? ':' : '/');
      if (more >= 0) {
        name = digits.substring(more + 1);
        digits = digits.substring(0, more);
      }
      try {
        port = Long.parseLong(digits);
      } catch (NumberFormatException e) {
        // Not said in a form that is known.
      }
    }
    return new JdbcUrl(system, host.isEmpty() ? null : host, port, name);
  }

  private static @Nullable String name(String text) {
    int end = 0;
    while (end < text.length() && "?;&".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end == 0 ? null : text.substring(0, end);
  }

  private static String system(String driver) {
    switch (driver) {
      case "postgresql":
      case "mysql":
      case "mariadb":
      case "sqlite":
      case "hsqldb":
        return driver;
      case "h2":
        return "h2database";
      case "oracle":
        return "oracle.db";
      case "sqlserver":
        return "microsoft.sql_server";
      default:
        return "other_sql";
    }
  }
}
