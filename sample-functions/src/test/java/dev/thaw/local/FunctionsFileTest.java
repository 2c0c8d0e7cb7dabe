package dev.thaw.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionsFileTest {

  @TempDir Path folder;

  private FunctionsFile read(String yaml) throws Exception {
    return FunctionsFile.read(Files.writeString(folder.resolve("functions.yaml"), yaml));
  }

  @Test
  void aFunctionHasLambdasDefaults() throws Exception {
    FunctionConfig function =
        read("functions: { f: { handler: a.B, code: [.] } }").functions().get(0);
    assertThat(function.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(function.concurrency()).isEqualTo(10);
    assertThat(function.code()).containsExactly(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "functions: {} | declare at least one function",
        "functions: { f: { code: [.] } } | handler is missing",
        "functions: { f: { handler: a.B } } | code is missing",
        "functions: { f: { handler: a.B, code: [nowhere] } } | does not exist",
        "functions: { f: { handler: a.B, code: [.], timeout: fast } } | write it as 250ms, 3s or 2m",
        "functions: { f: { handler: a.B, code: [.], timeout: 16m } } | between 1 and 900",
        "functions: { f: { handler: a.B, code: [.], memory: 1 } } | between 128 and 10240",
        "functions: { f: { handler: a.B, code: [.], colour: red } } | colour",
        "functions: { f: { handler: a.B, code: [.], triggers: [{ queue: q }] } } | not declared under",
        "functions: { f: { handler: a.B, code: [.], triggers: [{ table: t }] } } | not declared under 'tables:'",
        "functions: { f: { handler: a.B, code: [.], triggers: [{ bucket: b }] } } | not declared under 'buckets:'",
        "functions: { f: { handler: a.B, code: [.], triggers: [{ schedule: often }] } } | is not a duration",
        "{ functions: { f: { handler: a.B, code: [.] } }, topics: { t: { queues: [q] } } } | not declared under 'queues:'",
        "functions: { 'a b': { handler: a.B, code: [.] } } | 1 to 64 letters",
      })
  void aMistakeIsNamedWithWhatToDo(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("functions.yaml")
        .hasMessageContaining(message);
  }
}
