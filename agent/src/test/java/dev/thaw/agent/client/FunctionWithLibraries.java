package dev.thaw.agent.client;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.agent.Invoke;
import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A function of the tests with one set of libraries, on the real Lambda runtime with the packaged
 * agent.
 */
final class FunctionWithLibraries implements AutoCloseable {

  private static final Path HOME =
      Path.of(System.getProperty("thaw.platform")).toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final LocalPlatform platform;
  private final HttpClient http = HttpClient.newHttpClient();
  private String requestId = "";

  /**
   * @param type the class's name without the package
   * @param settings the agent's variables and those of the libraries
   */
  FunctionWithLibraries(Path work, String type, Libraries libraries, Map<String, String> settings)
      throws IOException {
    name = type.substring(type.indexOf('$') + 1).toLowerCase(java.util.Locale.ROOT);
    Path root = layOut(work, libraries);
    Path file =
        Files.writeString(
            work.resolve("functions.yaml"),
            """
            functions:
              %s: { handler: "dev.thaw.agent.functions.%s::handle", code: ["%s"], timeout: 30s, concurrency: 1, memory: 1024 }
            queues: { work: {} }
            """
                .formatted(name, type, root));
    platform =
        LocalPlatform.start(
            FunctionsFile.read(file),
            PlatformOptions.defaults(HOME.resolve("runtime/aws-lambda"), work.resolve("platform"))
                .withAgent(Path.of(System.getProperty("thaw.agent")))
                .withEnvironment(settings));
  }

  /** Classes and lib/, as a deployment package has them. */
  private static Path layOut(Path work, Libraries libraries) throws IOException {
    Path root = work.resolve("task");
    Path types = Files.createDirectories(root.resolve("dev/thaw/agent/functions"));
    Path lib = Files.createDirectories(root.resolve("lib"));
    try (Stream<Path> files = Files.list(Path.of("target/test-classes/dev/thaw/agent/functions"))) {
      for (Path file : files.toList()) {
        Files.copy(file, types.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    for (Path jar : libraries.jars()) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
    }
    return root;
  }

  String name() {
    return name;
  }

  /**
   * Once its one environment is free again.
   *
   * @return what it answered, or the error that it ended with
   */
  String invoke(Map<String, ?> event) throws IOException, InterruptedException {
    String payload = JSON.writeValueAsString(event);
    HttpResponse<String> response =
        await()
            .until(
                () -> Invoke.function(platform, name, payload),
                answer -> answer.statusCode() != 429);
    requestId = response.headers().firstValue("x-amzn-requestid").orElseThrow();
    return response.body();
  }

  /** The request id of its last invocation. */
  String requestId() {
    return requestId;
  }

  LocalPlatform platform() {
    return platform;
  }

  Path logs() {
    return platform.logs();
  }

  @Override
  public void close() throws IOException {
    platform.close();
  }
}
