package dev.thaw.collector;

import dev.thaw.collector.rollup.Prices;
import dev.thaw.collector.serve.Login;
import dev.thaw.collector.serve.People;
import dev.thaw.collector.store.Keep;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every option of the collector, declared once: its name in the environment, its default, and one
 * sentence. The page docs/reference/configuration.md is made from {@link #OPTIONS}. Immutable.
 *
 * <p>A wrong value is an IllegalArgumentException with one clear line: a collector must not run
 * other than its operator meant.
 */
public final class Settings {

  /** One option as the documentation shows it. */
  public record Option(String name, String defaultValue, String description) {}

  private static final String SECRETS = "secrets";
  private static final String EMAILS = "emails";
  private static final int MOST_PRICE = 1_000_000;
  private static final List<Option> ALL = new ArrayList<>();

  static final Option BIND =
      option(
          "THAW_BIND",
          "127.0.0.1",
          "Address to listen on; 0.0.0.0 for all. Another one than this machine's own needs THAW_TOKENS, or THAW_OPEN=true.");
  static final Option TOKENS =
      option(
          "THAW_TOKENS",
          "",
          "File of tokens, made with ./thaw token; with it everybody who sends or reads needs one.");
  static final Option OIDC_ISSUER =
      option(
          "THAW_OIDC_ISSUER",
          "",
          "Address of an OpenID Connect provider with which people log in to the dashboard, such as https://accounts.example.com; needs THAW_TOKENS, because functions can't log in.");
  static final Option OIDC_CLIENT_ID =
      option(
          "THAW_OIDC_CLIENT_ID",
          "",
          "As what the provider knows this collector. It sends people back to THAW_URL with /api/v1/oidc/callback.");
  static final Option OIDC_CLIENT_SECRET =
      option(
          "THAW_OIDC_CLIENT_SECRET",
          "",
          "What the provider gave for it; empty for a public client.");
  static final Option OIDC_SCOPES =
      option(
          "THAW_OIDC_SCOPES",
          "openid email profile",
          "What is asked of the provider, with spaces; some want groups as well.");
  static final Option OIDC_READERS =
      option(
          "THAW_OIDC_READERS",
          "",
          "Who may read, with commas: e-mail addresses, @example.com for all of a domain, group:NAME, or * for everybody whom the provider lets in.");
  static final Option OIDC_EDITORS =
      option("THAW_OIDC_EDITORS", "", "Who may also change rules and silences, in the same form.");
  static final Option TLS_CERTIFICATE =
      option(
          "THAW_TLS_CERTIFICATE",
          "",
          "PEM file with the certificate and those that it rests on; with it both ports speak TLS only.");
  static final Option TLS_KEY =
      option(
          "THAW_TLS_KEY",
          "",
          "PEM file with the certificate's private key, PKCS 8, without a password.");
  static final Option OPEN =
      option(
          "THAW_OPEN",
          "false",
          "true when everybody who reaches the collector may read and write without a token, because a network or a proxy keeps others away.");
  static final Option HOSTS =
      option(
          "THAW_HOSTS",
          "",
          "Names by which browsers reach the dashboard, with commas; localhost and addresses always do.");
  static final Option PORT =
      option("THAW_PORT", "4318", "Port for OTLP/HTTP, API and dashboard; 0 for any free one.");
  static final Option GRPC_PORT =
      option(
          "THAW_GRPC_PORT",
          "4317",
          "Port for OTLP/gRPC; 0 for any free one. The other port takes it, too.");
  static final Option STORE = option("THAW_STORE", "duckdb", "Where spans are kept: duckdb.");
  static final Option DATA =
      option("THAW_DATA", ".thaw/data", "Folder of the embedded store; made when it is missing.");
  static final Option ALERTS =
      option(
          "THAW_ALERTS",
          "",
          "YAML file with alert rules and channels, read again when it changes; see docs/alerts.md.");
  static final Option URL =
      option(
          "THAW_URL",
          "",
          "Address by which people reach the dashboard, for links in messages; http://localhost with the port when it is empty.");
  static final Option PRICE_GB_SECOND =
      option(
          "THAW_PRICE_GB_SECOND",
          "0.0000166667",
          "US dollars for a gigabyte of configured memory in a second; the default is AWS Lambda's on x86, as of 2026.");
  static final Option PRICE_MILLION =
      option(
          "THAW_PRICE_MILLION",
          "0.20",
          "US dollars for a million invocations; the default is AWS Lambda's, as of 2026.");
  static final Option ALERT_INTERVAL =
      option(
          "THAW_ALERT_INTERVAL",
          "5",
          "Seconds between two evaluations of the alert rules, 1 to 3600.");
  static final Option VERDICT_GRACE =
      option(
          "THAW_VERDICT_GRACE",
          "30",
          "Seconds after its deadline for which a record of an announced invocation may still come; then it is taken for killed, 1 to 3600.");
  static final Option REDACT =
      option(
          "THAW_REDACT",
          "secrets,emails",
          "What is taken out of attributes, events and log lines before they are written: secrets (passwords, tokens, keys), emails, both with a comma, or none.");
  static final Option REDACT_KEYS =
      option(
          "THAW_REDACT_KEYS",
          "",
          "Words, with commas, such as iban: the value of each attribute whose key holds one of them is taken out.");
  static final Option MAX_REQUEST =
      option(
          "THAW_MAX_REQUEST_MB",
          "64",
          "Largest request in MB, before and after decompression, 1 to 1024.");
  static final Option REQUEST_SECONDS =
      option(
          "THAW_REQUEST_SECONDS",
          "60",
          "Seconds that a request may take to come in and to be answered, 1 to 3600.");
  static final Option MAX_CONNECTIONS =
      option(
          "THAW_MAX_CONNECTIONS",
          "10000",
          "How many connections may be open at once; more are closed, 10 to 1000000.");
  static final Option MAX_QUEUE =
      option(
          "THAW_MAX_QUEUE_MB",
          "64",
          "How many MB of requests may wait for the disk or the store before senders are told to come back, 1 to 65536.");
  static final Option JOURNAL =
      option(
          "THAW_JOURNAL_MB",
          "512",
          "How many MB of requests are kept as they came, from which a damaged database is rebuilt, 16 to 1048576.");
  static final Option MIN_FREE =
      option(
          "THAW_MIN_FREE_MB",
          "512",
          "Free MB of the disk below which nothing more is taken until there is room again, 1 to 1048576.");

  static final Option QUERY_SECONDS =
      option(
          "THAW_QUERY_SECONDS",
          "10",
          "Seconds that the answer to one question of the dashboard or the API may take, 1 to 3600.");
  static final Option KEEP_DAYS =
      option(
          "THAW_KEEP_DAYS",
          "7",
          "Days for which ordinary traces are kept, 1 to 3650, from when they came.");
  static final Option KEEP_NOTABLE_DAYS =
      option(
          "THAW_KEEP_NOTABLE_DAYS",
          "30",
          "Days for which traces with a cold start, an error, a timeout, a crash or a throttle are kept, 1 to 3650; not fewer than THAW_KEEP_DAYS.");
  static final Option KEEP_PERCENT =
      option(
          "THAW_KEEP_PERCENT",
          "5",
          "Of a hundred ordinary traces, how many are kept as long as the notable ones, 0 to 100.");
  static final Option KEEP_ROLLUP_DAYS =
      option(
          "THAW_KEEP_ROLLUP_DAYS",
          "400",
          "Days for which counts and percentiles by function and version, minute and hour, are kept, 1 to 3650; they stay exact when traces go.");
  static final Option KEEP_GB =
      option(
          "THAW_KEEP_GB",
          "20",
          "GB that the database may take on the disk; beyond it the oldest traces go earlier, ordinary ones first, 1 to 100000.");

  /** All options, in the order in which the documentation shows them. */
  public static final List<Option> OPTIONS = Collections.unmodifiableList(ALL);

  public final String bind;
  public final @Nullable Path tokens;

  /** Null when people log in with tokens only. */
  public final @Nullable Login login;

  /** Null, as the key is, when there is no TLS. */
  public final @Nullable Path tlsCertificate;

  public final @Nullable Path tlsKey;

  /** In lower case. */
  public final Set<String> hosts;

  public final int port;
  public final int grpcPort;
  public final String store;
  public final Path data;
  public final @Nullable Path alerts;
  public final int alertIntervalSeconds;

  /** Without a slash at its end. */
  public final String url;

  public final Prices prices;
  public final int verdictGraceSeconds;
  public final boolean redactsSecrets;
  public final boolean redactsEmails;

  /** In lower case, letters and digits only. */
  public final List<String> redactKeys;

  public final long maxRequestBytes;
  public final int requestSeconds;
  public final int maxConnections;
  public final long maxQueueBytes;
  public final long journalBytes;
  public final long minFreeBytes;
  public final Duration queryLimit;
  public final Keep keep;

  private Settings(Map<String, String> environment) {
    bind = text(environment, BIND);
    String open = text(environment, OPEN);
    if (!open.equals("true") && !open.equals("false")) {
      throw new IllegalArgumentException("THAW_OPEN is '" + open + "'; it must be true or false");
    }
    tokens = path(environment, TOKENS);
    if (!isLoopback(bind) && open.equals("false") && tokens == null) {
      throw new IllegalArgumentException(
          "THAW_BIND is '"
              + bind
              + "': everybody who reaches it could read and write. Make tokens with ./thaw token and name their file in"
              + " THAW_TOKENS, or set THAW_OPEN=true if a network keeps others away");
    }
    tlsCertificate = path(environment, TLS_CERTIFICATE);
    tlsKey = path(environment, TLS_KEY);
    if ((tlsCertificate == null) != (tlsKey == null)) {
      throw new IllegalArgumentException(
          "TLS needs both THAW_TLS_CERTIFICATE and THAW_TLS_KEY, or neither");
    }
    hosts = Set.copyOf(words(text(environment, HOSTS).toLowerCase(Locale.ROOT)));
    port = number(environment, PORT, 0, 65535);
    grpcPort = number(environment, GRPC_PORT, 0, 65535);
    store = text(environment, STORE);
    data = Path.of(text(environment, DATA)).toAbsolutePath();
    alerts = path(environment, ALERTS);
    alertIntervalSeconds = number(environment, ALERT_INTERVAL, 1, 3600);
    url = url(text(environment, URL));
    login = login(environment);
    prices = new Prices(price(environment, PRICE_GB_SECOND), price(environment, PRICE_MILLION));
    verdictGraceSeconds = number(environment, VERDICT_GRACE, 1, 3600);
    Set<String> redact = redact(text(environment, REDACT));
    redactsSecrets = redact.contains(SECRETS);
    redactsEmails = redact.contains(EMAILS);
    redactKeys =
        words(text(environment, REDACT_KEYS)).stream()
            .map(word -> word.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", ""))
            .filter(word -> !word.isEmpty())
            .toList();
    maxRequestBytes = number(environment, MAX_REQUEST, 1, 1024) * 1024L * 1024;
    requestSeconds = number(environment, REQUEST_SECONDS, 1, 3600);
    maxConnections = number(environment, MAX_CONNECTIONS, 10, 1000000);
    maxQueueBytes = number(environment, MAX_QUEUE, 1, 65536) * 1024L * 1024;
    journalBytes = number(environment, JOURNAL, 16, 1048576) * 1024L * 1024;
    minFreeBytes = number(environment, MIN_FREE, 1, 1048576) * 1024L * 1024;
    queryLimit = Duration.ofSeconds(number(environment, QUERY_SECONDS, 1, 3600));
    int days = number(environment, KEEP_DAYS, 1, 3650);
    int notableDays = number(environment, KEEP_NOTABLE_DAYS, 1, 3650);
    if (notableDays < days) {
      throw new IllegalArgumentException(
          "THAW_KEEP_NOTABLE_DAYS is "
              + notableDays
              + " and THAW_KEEP_DAYS is "
              + days
              + "; notable traces can't be kept for a shorter time than ordinary ones");
    }
    keep =
        new Keep(
            Duration.ofDays(days),
            Duration.ofDays(notableDays),
            number(environment, KEEP_PERCENT, 0, 100) / 100.0,
            Duration.ofDays(number(environment, KEEP_ROLLUP_DAYS, 1, 3650)),
            number(environment, KEEP_GB, 1, 100000) * 1_000_000_000L);
  }

  /**
   * @throws IllegalArgumentException when a value is wrong; the message names it and says what to
   *     write
   */
  public static Settings read(Map<String, String> environment) {
    return new Settings(environment);
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("::1") || address.equals("localhost");
  }

  private static Option option(String name, String defaultValue, String description) {
    Option option = new Option(name, defaultValue, description);
    ALL.add(option);
    return option;
  }

  private static String text(Map<String, String> environment, Option option) {
    String value = environment.get(option.name());
    return value == null || value.isBlank() ? option.defaultValue() : value.trim();
  }

  private static @Nullable Path path(Map<String, String> environment, Option option) {
    String value = text(environment, option);
    return value.isEmpty() ? null : Path.of(value).toAbsolutePath();
  }

  /** What stands between commas. */
  private static Set<String> words(String given) {
    return Arrays.stream(given.split(","))
        .map(String::trim)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Set<String> redact(String given) {
    Set<String> kinds = words(given);
    if (!Set.of(SECRETS, EMAILS).containsAll(kinds) && !kinds.equals(Set.of("none"))) {
      throw new IllegalArgumentException(
          "THAW_REDACT is '" + given + "'; write secrets, emails, secrets,emails or none");
    }
    return kinds;
  }

  private String url(String given) {
    if (given.isEmpty()) {
      return (tlsKey == null ? "http" : "https") + "://localhost:" + port;
    }
    if (!given.startsWith("http://") && !given.startsWith("https://")) {
      throw new IllegalArgumentException(
          "THAW_URL is '" + given + "'; write an address such as https://thaw.example.com");
    }
    return given.replaceAll("/+$", "");
  }

  private @Nullable Login login(Map<String, String> environment) {
    String issuer = text(environment, OIDC_ISSUER);
    if (issuer.isEmpty()) {
      return null;
    }
    URI address = URI.create(issuer);
    boolean isLocal = address.getHost() != null && isLoopback(address.getHost());
    if (!issuer.startsWith("https://") && !(issuer.startsWith("http://") && isLocal)) {
      throw new IllegalArgumentException(
          "THAW_OIDC_ISSUER is '" + issuer + "'; it must begin with https://");
    }
    String clientId = text(environment, OIDC_CLIENT_ID);
    People readers = people(environment, OIDC_READERS);
    People editors = people(environment, OIDC_EDITORS);
    if (tokens == null || clientId.isEmpty() || readers.isEmpty() && editors.isEmpty()) {
      throw new IllegalArgumentException(
          "THAW_OIDC_ISSUER needs THAW_TOKENS (functions can't log in), THAW_OIDC_CLIENT_ID, and"
              + " THAW_OIDC_READERS or THAW_OIDC_EDITORS");
    }
    String scopes = text(environment, OIDC_SCOPES);
    if (!List.of(scopes.split(" +")).contains("openid")) {
      throw new IllegalArgumentException(
          "THAW_OIDC_SCOPES is '" + scopes + "'; openid must be one of them");
    }
    return new Login(
        address,
        clientId,
        text(environment, OIDC_CLIENT_SECRET),
        scopes,
        URI.create(url + Login.CALLBACK),
        readers,
        editors);
  }

  private static People people(Map<String, String> environment, Option option) {
    try {
      return new People(words(text(environment, option)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option.name() + ": " + e.getMessage(), e);
    }
  }

  private static double price(Map<String, String> environment, Option option) {
    String value = text(environment, option);
    try {
      double price = Double.parseDouble(value);
      if (price >= 0 && price <= MOST_PRICE) {
        return price;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        option.name()
            + " is '"
            + value
            + "'; it must be a number from 0 to "
            + MOST_PRICE
            + ", in US dollars");
  }

  private static int number(Map<String, String> environment, Option option, int least, int most) {
    String value = text(environment, option);
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        option.name()
            + " is '"
            + value
            + "'; it must be a whole number from "
            + least
            + " to "
            + most);
  }
}
