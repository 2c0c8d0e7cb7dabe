package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.thaw.agent.Invoke;
import dev.thaw.agent.OtlpSink;
import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers in other languages, compiled by their own compilers, on the real runtime. */
class LanguagesIT {

  enum Language {
    KOTLIN("KotlinHandler.kt", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-no-stdlib"),
    SCALA("ScalaHandler.scala", "dotty.tools.dotc.Main"),
    GROOVY("GroovyHandler.groovy", "org.codehaus.groovy.tools.FileSystemCompiler");

    final String source;
    final String compiler;
    final List<String> options;

    Language(String source, String compiler, String... options) {
      this.source = source;
      this.compiler = compiler;
      this.options = List.of(options);
    }

    String word() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** Lambda's notation; a method only where no interface says which. */
    String handler() {
      String type = "dev.thaw.languages." + word() + "Handler";
      return this == GROOVY ? type + "::handle" : type;
    }
  }

  private static final Path PLATFORM =
      Path.of(System.getProperty("thaw.platform")).toAbsolutePath().normalize();
  private static final Path LIBRARIES =
      Path.of("client-libraries/languages/target/lib").toAbsolutePath();

  @TempDir private Path work;

  /** As a deployment package is laid out: classes, and the language's library under lib/. */
  private Path compiled(Language language) throws Exception {
    Path root = Files.createDirectory(work.resolve("task"));
    Path lib = Files.createDirectory(root.resolve("lib"));
    List<Path> libraries = jars(LIBRARIES);
    for (Path jar : libraries) {
      if (jar.getFileName()
          .toString()
          .matches("(kotlin-stdlib|scala-library|scala3-library|groovy)[-_].*")) {
        Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
      }
    }
    List<Path> classes = new ArrayList<>(libraries);
    classes.addAll(jars(PLATFORM.resolve("runtime/aws-lambda")));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", joined(libraries), language.compiler));
    command.addAll(language.options);
    command.addAll(List.of("-classpath", joined(classes), "-d", root.toString()));
    command.add(Path.of("src/test/languages", language.source).toString());
    Path output = work.resolve("compiler.log");
    Process compiler =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(compiler.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(compiler.exitValue()).as(() -> read(output)).isZero();
    return root;
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  private static String joined(List<Path> jars) {
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void aHandlerInAnotherLanguageIsSeenAsOneInJava(Language language) throws Exception {
    Path file =
        Files.writeString(
            work.resolve("functions.yaml"),
            "functions: { handler: { handler: \"%s\", code: [\"%s\"], timeout: 60s } }"
                .formatted(language.handler(), compiled(language)));
    try (OtlpSink sink = new OtlpSink();
        LocalPlatform platform =
            LocalPlatform.start(
                FunctionsFile.read(file),
                PlatformOptions.defaults(
                        PLATFORM.resolve("runtime/aws-lambda"), work.resolve("platform"))
                    .withAgent(Path.of(System.getProperty("thaw.agent")))
                    .withEnvironment(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url())))) {
      assertThat(invoke(platform, "{}")).isEqualTo("\"written in " + language.word() + "\"");
      assertThat(invoke(platform, "{\"fail\":true}")).contains("asked to");

      await().until(() -> sink.invocations("handler").size() == 2);
      OtlpSink.Received fine = withOutcome(sink, "ok");
      OtlpSink.Received failed = withOutcome(sink, "error");
      assertThat(fine.attribute("faas.coldstart")).isEqualTo("true");
      assertThat(failed.attribute("error.type")).isEqualTo("java.lang.IllegalStateException");
      assertThat(failed.event("exception", "exception.stacktrace")).contains(language.source + ":");
    }
  }

  private static OtlpSink.Received withOutcome(OtlpSink sink, String outcome) {
    return sink.invocations("handler").stream()
        .filter(span -> span.attribute("thaw.outcome").equals(outcome))
        .findFirst()
        .orElseThrow();
  }

  private static String invoke(LocalPlatform platform, String payload) throws Exception {
    return Invoke.function(platform, "handler", payload).body();
  }
}
