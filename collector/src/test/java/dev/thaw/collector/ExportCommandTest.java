package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.model.Span;
import dev.thaw.collector.receive.OtlpWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code thaw export}, from a running collector, read back by another program's reader. */
class ExportCommandTest {

  private static final long MS = 1_000_000;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Collector collector;
  private Path file;
  private long nowNs;

  @BeforeEach
  void start() {
    collector = CollectorForTests.in(folder.resolve("data"));
    file = folder.resolve("day.parquet");
    nowNs = System.currentTimeMillis() * MS;
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private int export(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(file.toString(), "--url", "http://127.0.0.1:" + collector.port() + "/"));
    all.addAll(List.of(arguments));
    return new CommandLine(new ExportCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(new String[0]));
  }

  private void send(List<Span> spans) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + collector.port() + "/v1/traces"))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(OtlpWriter.write(spans)))
            .build();
    assertThat(
            HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(200);
    collector.settled().join();
  }

  private Spans ago(int number, long minutes) {
    return Spans.invocation("checkout", number).startingAt(nowNs - minutes * 60_000 * MS);
  }

  @Test
  void everySpanOfTheTimeIsInTheFileOnceOldestFirst() throws Exception {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      // Many at the same time, so that pages end among them.
      spans.add(ago(i, 59 - i / 7 * 7).with("number", (long) i).build());
    }
    send(spans);
    send(List.of(ago(100, 200).build(), ago(0, 59).with("number", 0L).build()));
    assertThat(export("--since", "60m", "--page", "3")).isZero();
    assertThat(out.toString()).contains("day.parquet: 50 spans");
    assertThat(Parquet.column(file, "trace_id || ' ' || epoch_ns(start)"))
        .containsExactlyElementsOf(
            spans.stream().map(span -> span.traceId() + " " + span.startEpochNs()).toList());
  }

  @Test
  void aRowHasAllThatASpanHas() throws Exception {
    Span call =
        Spans.invocation("checkout", 1)
            .startingAt(nowNs)
            .in("cloud.region", "eu-central-1")
            .with("note", "€ and \"quotes\"")
            .outcome("error")
            .build();
    send(List.of(call));
    assertThat(export()).isZero();
    assertThat(
            Parquet.column(
                file,
                "concat_ws('|', span_id, parent_span_id IS NULL, kind, name, function, duration_ns, status)"))
        .containsExactly(
            call.spanId() + "|true|server|checkout|checkout|" + call.durationNs() + "|error");
    assertThat(Parquet.column(file, "attributes").get(0))
        .contains("\"note\":\"€ and \\\"quotes\\\"\"");
    assertThat(Parquet.column(file, "resource").get(0))
        .contains("\"cloud.region\":\"eu-central-1\"");
  }

  @Test
  void theQuestionInTheDocumentationHasAnAnswer() throws Exception {
    send(List.of(ago(1, 5).cold(2).build(), ago(2, 5).cold(4).build(), ago(3, 5).build()));
    assertThat(export()).isZero();
    String page = Files.readString(Path.of("../docs/reference/export.md"));
    String sql = page.replaceAll("(?s).*```sql\n(.*?)```.*", "$1");
    assertThat(Parquet.rows(sql.replace("day.parquet", file.toString())))
        .containsExactly("checkout 2 3.9");
  }

  @Test
  void onlyOneEnvironmentWhenThatIsAsked() throws Exception {
    send(
        List.of(
            ago(1, 5).in("deployment.environment.name", "live").build(),
            ago(2, 5).in("deployment.environment.name", "test").build()));
    assertThat(export("--environment", "live")).isZero();
    assertThat(Parquet.column(file, "span_id")).containsExactly(ago(1, 5).build().spanId());
  }

  @Test
  void aFileThatIsThereIsLeftAsItIs() throws Exception {
    Files.writeString(file, "mine");
    assertThat(export()).isEqualTo(2);
    assertThat(err.toString()).contains("day.parquet exists already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void withoutACollectorNothingIsLeftBehind() throws Exception {
    assertThat(export("--url", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(
            new CommandLine(new ExportCommand())
                .setErr(new PrintWriter(err, true))
                .execute(file.toString(), "--url", "http://127.0.0.1:1"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("no collector answers at http://127.0.0.1:1");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("data");
    }
  }

  @Test
  void aWrongTimeIsExplained() {
    assertThat(export("--since", "yesterday")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--since is 'yesterday'; write 30m, 24h or 7d, or a time such as 2026");
  }
}
