package dev.thaw.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tries alert rules on what a running collector knows of the past. */
@Command(
    name = "thaw alerts",
    mixinStandardHelpOptions = true,
    description = "Alert rules, tried before they count.",
    subcommands = AlertsCommand.Test.class)
public final class AlertsCommand {

  AlertsCommand() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new AlertsCommand()).execute(args));
  }

  /** When each rule of a file would have fired, and what would have been sent. */
  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = {
        "Asks a running collector when each rule of a file would have fired, and what it would have sent.",
        "Exit code: 0 when it could be tried, 1 when the collector could not be asked, 2 when the file is wrong."
      })
  static final class Test implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SHOWN = 20;
    private static final Pattern DAYS_OR_HOURS = Pattern.compile("(\\d{1,3})([hd])");
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

    @Option(
        names = "--rule",
        required = true,
        paramLabel = "FILE",
        description = "YAML file with rules, such as THAW_ALERTS names")
    private Path file;

    @Option(
        names = "--since",
        defaultValue = "24h",
        paramLabel = "TIME",
        description = "How far back: 1h to 7d; default ${DEFAULT-VALUE}")
    private String since;

    @Mixin private Remote remote = new Remote();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
      PrintWriter out = spec.commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      long fromMs = System.currentTimeMillis() - backMs();
      String rules;
      try {
        rules = Files.readString(file);
      } catch (IOException e) {
        err.println("thaw alerts test: " + file + " can't be read: " + e.getMessage());
        return 2;
      }
      HttpResponse<String> answer;
      JsonNode body;
      try {
        HttpRequest request =
            remote
                .request("/api/v1/alerts/test?from=" + fromMs)
                .POST(HttpRequest.BodyPublishers.ofString(rules))
                .build();
        answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        body = JSON.readTree(answer.body());
      } catch (IOException e) {
        err.println("thaw alerts test: no collector answers at " + remote.url() + " (" + e + ")");
        return 1;
      }
      if (answer.statusCode() == 400) {
        explain(body, err);
        return 2;
      }
      if (answer.statusCode() != 200) {
        err.println(
            "thaw alerts test: " + body.path("message").asText("status " + answer.statusCode()));
        return 1;
      }
      body.path("results").forEach(result -> print(result, out));
      out.flush();
      return 0;
    }

    private long backMs() {
      Matcher matcher = DAYS_OR_HOURS.matcher(since);
      long hours =
          matcher.matches()
              ? Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("d") ? 24 : 1)
              : 0;
      if (hours < 1 || hours > 7 * 24) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--since is '" + since + "'; write 1h to 7d");
      }
      return hours * 3_600_000;
    }

    private void explain(JsonNode body, PrintWriter err) {
      for (JsonNode problem : body.path("problems")) {
        String place =
            problem.path("line").asInt() == 0
                ? ""
                : ":" + problem.path("line").asInt() + ":" + problem.path("column").asInt();
        err.println(file + place + ": " + problem.path("message").asText());
      }
      if (body.path("problems").isEmpty()) {
        err.println(file + ": " + body.path("message").asText());
      }
    }

    private static void print(JsonNode result, PrintWriter out) {
      out.printf("%n%s: %s%n", result.path("rule").asText(), result.path("sentence").asText());
      int firings = result.path("firings").asInt();
      out.printf(
          "  %d functions looked at since %s: %s%n",
          result.path("functions").asInt(),
          TIME.format(Instant.ofEpochMilli(result.path("fromMs").asLong())),
          firings == 0
              ? "would not have fired"
              : "would have fired %d times, and sent %d messages"
                  .formatted(firings, result.path("sent").asInt()));
      int shown = 0;
      for (JsonNode period : result.path("periods")) {
        if (shown++ == MOST_SHOWN) {
          out.printf("  and %d more%n", firings - MOST_SHOWN);
          break;
        }
        long fromMs = period.path("fromMs").asLong();
        out.printf(
            Locale.ROOT,
            "  %s  %-9s %s: %s%n",
            TIME.format(Instant.ofEpochMilli(fromMs)),
            period.path("untilMs").isNull()
                ? "still"
                : (period.path("untilMs").asLong() - fromMs) / 60_000 + " min",
            period.path("function").asText(),
            period.path("finding").asText());
      }
    }
  }
}
