package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.thaw.collector.model.Span;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

/** Batches in a log. */
class LogLinesTest {

  private static final LogLines.Taking NOWHERE = (bytes, decoded) -> {};

  private static String line() throws Exception {
    ExportTraceServiceRequest.Builder example = ExportTraceServiceRequest.newBuilder();
    TextFormat.merge(
        Files.readString(Path.of("../docs/reference/examples/timeout.textproto")), example);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(example.build().toByteArray());
    }
    return "thaw-otlp 1 " + Base64.getEncoder().encodeToString(packed.toByteArray());
  }

  @Test
  void batchesAreFoundAmongOtherLinesAndBehindATime() throws Exception {
    List<List<Span>> taken = new ArrayList<>();
    LogLines.Read read =
        LogLines.read(
            "START RequestId: 1\n2026-11-21T10:00:00Z\t" + line() + "\nhello\n" + line() + " \n",
            1 << 20,
            (bytes, decoded) -> taken.add(decoded.spans()));
    assertThat(read.batches()).isEqualTo(2);
    assertThat(read.unreadable()).isZero();
    assertThat(taken).hasSize(2).allSatisfy(spans -> assertThat(spans).hasSizeGreaterThan(1));
    assertThat(read.spans()).isEqualTo(taken.stream().mapToInt(List::size).sum());
  }

  @Test
  void aLineThatWasCutOffIsCountedAndTheOthersAreRead() throws Exception {
    String whole = line();
    LogLines.Read read =
        LogLines.read(
            whole.substring(0, whole.length() / 2) + "\n" + whole + "\n", 1 << 20, NOWHERE);
    assertThat(read.batches()).isEqualTo(1);
    assertThat(read.unreadable()).isEqualTo(1);
  }

  @Test
  void aBatchThatGrowsBeyondTheLimitIsNotInflated() throws Exception {
    assertThat(LogLines.read(line(), 100, NOWHERE).unreadable()).isEqualTo(1);
  }
}
