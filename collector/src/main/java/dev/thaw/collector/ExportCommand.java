package dev.thaw.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.receive.OtlpTraces;
import dev.thaw.collector.store.duckdb.ParquetFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./thaw export FILE}: what a running collector has, as a Parquet file. */
@Command(
    name = "thaw export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the spans that a running collector has into a Parquet file, oldest first.",
      "Exit code: 0 when the file is whole, 1 when it could not be made, 2 when the command is wrong."
    })
public final class ExportCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern AGO = Pattern.compile("(\\d{1,5})([mhd])");
  private static final Duration TOLD_EVERY = Duration.ofSeconds(5);

  @Parameters(paramLabel = "FILE", description = "The file to make, such as day.parquet")
  private Path file = Path.of("");

  @Option(
      names = "--since",
      defaultValue = "24h",
      paramLabel = "TIME",
      description =
          "From when: so long ago (30m, 24h, 7d), or a time such as 2026-01-31T08:00Z; default ${DEFAULT-VALUE}")
  private String since = "";

  @Option(
      names = "--until",
      defaultValue = "0m",
      paramLabel = "TIME",
      description = "Until when, in the same forms; default: now")
  private String until = "";

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "Only traces of this deployment environment; default: all")
  private @Nullable String environment;

  @Option(
      names = "--page",
      defaultValue = "10000",
      hidden = true,
      description = "How many spans are asked for at once")
  private int page;

  @Mixin private Remote remote = new Remote();

  @Spec private @Nullable CommandSpec spec;

  private final HttpClient http = HttpClient.newHttpClient();

  /** The command can't go on; the message says why. */
  private static final class Failed extends Exception {
    Failed(String why) {
      super(why);
    }
  }

  ExportCommand() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new ExportCommand()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    Instant now = Instant.now();
    String range =
        "from=%d&to=%d"
            .formatted(
                time("--since", since, now).toEpochMilli(),
                time("--until", until, now).toEpochMilli());
    if (environment != null) {
      range += "&environment=" + URLEncoder.encode(environment, StandardCharsets.UTF_8);
    }
    if (Files.exists(file)) {
      throw wrong(file + " exists already; give another name, or remove it");
    }
    try (ParquetFile to = ParquetFile.create(file)) {
      write(range, to, command.getErr());
      command
          .getOut()
          .printf(
              Locale.ROOT, "%s: %,d spans, %,d kB%n", file, to.spans(), Files.size(file) / 1024);
      command.getOut().flush();
      return 0;
    } catch (Failed | IOException e) {
      command.getErr().println("thaw export: " + e.getMessage());
      return 1;
    }
  }

  private Instant time(String option, String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long number = Long.parseLong(ago.group(1));
      return now.minus(
          switch (ago.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
          });
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw wrong(
          option + " is '" + text + "'; write 30m, 24h or 7d, or a time such as 2026-01-31T08:00Z");
    }
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  private void write(String range, ParquetFile to, PrintWriter progress)
      throws Failed, IOException, InterruptedException {
    long told = System.nanoTime();
    String cursor = "";
    do {
      HttpResponse<byte[]> answer = ask("/api/v1/spans?limit=" + page + "&" + range + cursor);
      List<Span> spans = OtlpTraces.decode(answer.body()).spans();
      to.append(spans);
      if (System.nanoTime() - told > TOLD_EVERY.toNanos() && !spans.isEmpty()) {
        told = System.nanoTime();
        progress.printf(
            Locale.ROOT,
            "%,d spans, up to %s%n",
            to.spans(),
            Instant.ofEpochSecond(0, spans.get(spans.size() - 1).startEpochNs()));
        progress.flush();
      }
      cursor = answer.headers().firstValue("thaw-next").map(next -> "&cursor=" + next).orElse("");
    } while (!cursor.isEmpty());
    to.finish();
  }

  private HttpResponse<byte[]> ask(String path) throws Failed, InterruptedException {
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(remote.request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new Failed("no collector answers at " + remote.url() + " (" + e + ")");
    }
    if (answer.statusCode() != 200) {
      throw new Failed(message(answer));
    }
    return answer;
  }

  private static String message(HttpResponse<byte[]> answer) {
    String status = "the collector answered with status " + answer.statusCode();
    try {
      JsonNode body = JSON.readTree(answer.body());
      return body.path("message").asText(status);
    } catch (IOException e) {
      return status;
    }
  }
}
