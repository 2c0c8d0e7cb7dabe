package dev.thaw.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every option of the agent, declared once: its name in the environment, its default, and one
 * sentence. The page docs/reference/configuration.md is made from {@link #OPTIONS}.
 *
 * <p>A wrong value never stops a function: the default is used and one line says so. Immutable.
 */
public final class Settings {

  /** One option as the documentation shows it. */
  public static final class Option {
    public final String name;
    public final String defaultValue;
    public final String description;

    Option(String name, String defaultValue, String description) {
      this.name = name;
      this.defaultValue = defaultValue;
      this.description = description;
      ALL.add(this);
    }
  }

  private static final ArrayList<Option> ALL = new ArrayList<>();

  static final Option ENDPOINT =
      new Option(
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "http://localhost:4318",
          "Base address of the collector; /v1/traces is appended. http or https.");
  static final Option TRACES_ENDPOINT =
      new Option(
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
          "",
          "Full address for traces, used as it stands; overrides the base address.");
  static final Option HEADERS =
      new Option(
          "OTEL_EXPORTER_OTLP_HEADERS",
          "",
          "Headers for every request to the collector, as name=value,name=value.");
  static final Option SERVICE_NAME =
      new Option("OTEL_SERVICE_NAME", "the function's name", "Value of service.name.");
  static final Option RESOURCE_ATTRIBUTES =
      new Option(
          "OTEL_RESOURCE_ATTRIBUTES",
          "",
          "Attributes for everything that is sent, as name=value,name=value.");
  static final Option PROPAGATORS =
      new Option(
          "OTEL_PROPAGATORS",
          "tracecontext",
          "The headers that carry a trace to and from others, in the order in which they are looked at: tracecontext, b3, b3multi, xray,"
              + " with commas; none for no header. AWS's own services are always sent its X-Ray header. baggage is accepted and does"
              + " nothing.");
  static final Option DISABLED =
      new Option("OTEL_SDK_DISABLED", "false", "true switches the agent off: nothing is hooked.");
  static final Option EXPORT_BUDGET =
      new Option(
          "THAW_EXPORT_BUDGET",
          "200ms",
          "The longest that sending may hold the environment after a response, 10ms to 10s. What could not be sent goes with the next"
              + " invocation.");
  static final Option EXPORT =
      new Option(
          "THAW_EXPORT",
          "otlp",
          "otlp sends to the collector; stdout writes each batch as one line to standard output, for environments that may only log."
              + " ./thaw import reads such lines back.");
  static final Option EXPORT_BUFFER =
      new Option(
          "THAW_EXPORT_BUFFER",
          "2MB",
          "How much may wait for the collector in one environment, 64KB to 64MB. Over it the oldest traces are dropped, and counted.");
  static final Option SPOOL =
      new Option(
          "THAW_SPOOL",
          "the temporary folder",
          "The folder for a file with what the collector has not confirmed yet: the next process of a killed environment sends it. off"
              + " keeps it in memory only.");
  static final Option EXTENSION =
      new Option(
          "THAW_EXTENSION",
          "auto",
          "Whether the agent registers with the platform, so that an environment that is shut down or timed out has half a second to send"
              + " what it has. It costs some 10 ms of processor time at the start: auto does it when the start takes longer than a"
              + " second, on always, off never.");
  static final Option ANNOUNCE_AFTER =
      new Option(
          "THAW_ANNOUNCE_AFTER",
          "1s",
          "An invocation that runs longer is announced as running, so that one that is killed without warning leaves a record, 100ms to"
              + " 15m.");
  static final Option DEADLINE_MARGIN =
      new Option(
          "THAW_DEADLINE_MARGIN",
          "2% of the timeout, 50ms to 500ms",
          "How long before the kill an unfinished invocation is sent as timed out.");
  static final Option INIT_PROFILE =
      new Option(
          "THAW_INIT_PROFILE",
          "on",
          "Whether a cold start carries a profile of its stacks, which says why it was slow: on or off.");
  static final Option INIT_PROFILE_PERIOD =
      new Option(
          "THAW_INIT_PROFILE_PERIOD",
          "10ms",
          "The time between two looks at the starting thread, 1ms to 1s; it grows as the start goes on.");
  static final Option LOG =
      new Option(
          "THAW_LOG", "info", "What the agent writes to standard error: info, debug or off.");

  /** All options, in the order in which the documentation shows them. */
  public static final List<Option> OPTIONS = Collections.unmodifiableList(ALL);

  public final String tracesEndpoint;
  public final Map<String, String> headers;
  public final @Nullable String serviceName;
  public final Map<String, String> resourceAttributes;

  /** Some of tracecontext, b3, b3multi and xray. */
  public final String[] propagators;

  public final boolean disabled;
  public final long exportBudgetMs;

  /** Whether lines on standard output take the place of requests. */
  public final boolean exportToStdout;

  /** Bytes. */
  public final long exportBufferBytes;

  /** A folder; empty for none. */
  public final String spool;

  /** How long after its start the agent registers with the platform, milliseconds; -1 for never. */
  public final long registerAfterMs;

  public final long announceAfterMs;

  /** Milliseconds; -1 when the default share of the timeout applies. */
  public final long deadlineMarginMs;

  /** Whether a cold start is profiled. */
  public final boolean initProfile;

  public final long initProfilePeriodMs;

  public final String logLevel;

  /** What was wrong with the values given, one sentence each. */
  public final List<String> complaints = new ArrayList<>();

  private final Map<String, String> environment;

  private Settings(Map<String, String> environment) {
    this.environment = environment;
    String traces = text(TRACES_ENDPOINT);
    tracesEndpoint = traces.isEmpty() ? join(endpoint(text(ENDPOINT))) : endpoint(traces);
    headers = pairs(HEADERS);
    String name = environment.get(SERVICE_NAME.name);
    serviceName = name == null || name.isEmpty() ? null : name;
    resourceAttributes = pairs(RESOURCE_ATTRIBUTES);
    propagators = propagators();
    disabled = text(DISABLED).equalsIgnoreCase("true");
    exportBudgetMs = millis(EXPORT_BUDGET, 200, 10, 10_000);
    announceAfterMs = millis(ANNOUNCE_AFTER, 1000, 100, 900_000);
    deadlineMarginMs = millis(DEADLINE_MARGIN, -1, 1, 10_000);
    exportToStdout = oneOf(EXPORT, "otlp", "stdout").equals("stdout");
    exportBufferBytes = bytes(EXPORT_BUFFER, 2L << 20, 64L << 10, 64L << 20);
    String folder = environment.get(SPOOL.name);
    spool =
        folder == null || folder.isEmpty()
            ? System.getProperty("java.io.tmpdir", "/tmp")
            : folder.equals("off") ? "" : folder;
    String extension = oneOf(EXTENSION, "auto", "on", "off");
    registerAfterMs = extension.equals("off") ? -1 : extension.equals("on") ? 0 : 1000;
    initProfile = oneOf(INIT_PROFILE, "on", "off").equals("on");
    initProfilePeriodMs = millis(INIT_PROFILE_PERIOD, 10, 1, 1000);
    logLevel = oneOf(LOG, "info", "debug", "off");
  }

  public static Settings read(Map<String, String> environment) {
    return new Settings(environment);
  }

  private String text(Option option) {
    String value = environment.get(option.name);
    return value == null || value.isEmpty() ? option.defaultValue : value.trim();
  }

  /** One of the words; the first is the default. */
  private String oneOf(Option option, String... words) {
    String value = text(option);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals(value)) {
        return value;
      }
      all.append(i == 0 ? "use " : i == words.length - 1 ? " or " : ", ").append(words[i]);
    }
    complain(option, value, all.toString());
    return words[0];
  }

  private String[] propagators() {
    List<String> known = new ArrayList<>();
    String value = text(PROPAGATORS);
    int at = 0;
    while (at <= value.length()) {
      int comma = value.indexOf(',', at);
      String name = value.substring(at, comma < 0 ? value.length() : comma).trim();
      switch (name) {
        case "tracecontext":
        case "b3":
        case "b3multi":
        case "xray":
          known.add(name);
          break;
        case "":
        case "none":
        case "baggage":
          break;
        default:
          complain(PROPAGATORS, name, "use tracecontext, b3, b3multi, xray or none");
          return new String[] {PROPAGATORS.defaultValue};
      }
      at = comma < 0 ? value.length() + 1 : comma + 1;
    }
    return known.toArray(new String[0]);
  }

  private static String join(String base) {
    return base.endsWith("/") ? base + "v1/traces" : base + "/v1/traces";
  }

  private String endpoint(String value) {
    if (value.startsWith("http://") || value.startsWith("https://")) {
      return value;
    }
    complain(ENDPOINT, value, "write it as http://host:4318 or https://host");
    return ENDPOINT.defaultValue;
  }

  private Map<String, String> pairs(Option option) {
    String value = text(option);
    if (value.isEmpty()) {
      return Collections.emptyMap();
    }
    Map<String, String> pairs = new java.util.LinkedHashMap<>();
    int at = 0;
    while (at <= value.length()) {
      int comma = value.indexOf(',', at);
      String pair = value.substring(at, comma < 0 ? value.length() : comma);
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(
            pair.substring(0, equals).trim(), percentDecoded(pair.substring(equals + 1).trim()));
      } else if (!pair.trim().isEmpty()) {
        complain(option, pair, "write name=value,name=value");
      }
      at = comma < 0 ? value.length() + 1 : comma + 1;
    }
    return pairs;
  }

  /**
   * OpenTelemetry, «OTLP exporter configuration» and «Resource SDK»: values are written as in W3C
   * baggage. What is no escape stays as it is.
   */
  private static String percentDecoded(String value) {
    if (value.indexOf('%') < 0) {
      return value;
    }
    byte[] in = value.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      if (low >= 0) {
        out[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        out[length++] = in[i];
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  private long millis(Option option, long whenUnset, long least, long most) {
    String value = environment.get(option.name);
    if (value == null || value.trim().isEmpty()) {
      return whenUnset;
    }
    long millis = parseMillis(value.trim());
    if (millis < least || millis > most) {
      complain(
          option, value, "write it as 200ms, 3s or 2m, between " + least + "ms and " + most + "ms");
      return whenUnset;
    }
    return millis;
  }

  private long bytes(Option option, long whenUnset, long least, long most) {
    String value = environment.get(option.name);
    if (value == null || value.trim().isEmpty()) {
      return whenUnset;
    }
    String trimmed = value.trim();
    int digits = digits(trimmed);
    String unit = trimmed.substring(digits);
    long factor = unit.equals("KB") ? 1L << 10 : unit.equals("MB") ? 1L << 20 : -1;
    long bytes =
        digits == 0 || digits > 9 ? -1 : Long.parseLong(trimmed.substring(0, digits)) * factor;
    if (bytes < least || bytes > most) {
      complain(option, value, "write it as 512KB or 2MB, between 64KB and 64MB");
      return whenUnset;
    }
    return bytes;
  }

  private static int digits(String value) {
    int digits = 0;
    while (digits < value.length() && Character.isDigit(value.charAt(digits))) {
      digits++;
    }
    return digits;
  }

  /** -1 when it is not a duration. */
  private static long parseMillis(String value) {
    int digits = digits(value);
    if (digits == 0 || digits > 9) {
      return -1;
    }
    long amount = Long.parseLong(value.substring(0, digits));
    switch (value.substring(digits)) {
      case "ms":
        return amount;
      case "s":
        return amount * 1000;
      case "m":
        return amount * 60_000;
      default:
        return -1;
    }
  }

  private void complain(Option option, String value, String advice) {
    complaints.add(
        option.name
            + " is '"
            + value
            + "': "
            + advice
            + ". The default is used: "
            + option.defaultValue);
  }
}
